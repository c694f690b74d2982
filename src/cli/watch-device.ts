import type { Clock } from '../base/clock.ts';
import type { DeviceHealth } from '../device/types.ts';
import { describe } from '../journal/describe.ts';
import { DeviceEvents } from '../journal/device-events.ts';
import { makeEntry } from '../journal/entry.ts';
import type { DirectGate } from './direct-gate.ts';
import type { Happening } from './watch.ts';

/** Tells what happens on a device that we are connected to, until the signal is aborted. Never rejects. */
export async function watchDevice(
  { device, keyNames, name }: DirectGate,
  tell: (happening: Happening) => void,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<void> {
  const events = new DeviceEvents({ id: name, name }, keyNames);
  const offEvents = device.event.on((event) => {
    const { at, kind, old = false, by, detail, ...entry } = makeEntry(events.draft(event), clock.now());
    tell({
      at,
      device: name,
      kind,
      line: describe({ ...entry, at, kind, by, detail }, keyNames).replace(/ \(time unknown\)$/, ''),
      old,
      by,
      detail,
    });
  });
  let told: string | undefined;
  const look = (health: DeviceHealth): void => {
    const connection = connectionOf(name, health, told !== undefined);
    // What the sensor says later is told by its events.
    const key = `${connection?.kind ?? ''} ${health.diagnosis?.code ?? ''}`;
    if (!connection || key === told) return;
    told = key;
    tell({ ...connection, at: clock.now(), device: name, old: false });
  };
  const offHealth = device.healthChanged.on(look);
  look(device.health);
  try {
    await aborted(signal);
  } finally {
    offEvents();
    offHealth();
  }
}

/** What there is to say of the connection. A first attempt that failed says nothing yet. */
function connectionOf(
  name: string,
  { diagnosis, sensor, state }: DeviceHealth,
  known: boolean,
): Pick<Happening, 'kind' | 'line'> | undefined {
  if (state === 'online') {
    return sensor === undefined ? undefined : { kind: 'online', line: `${name} is connected: ${sensor}` };
  }
  if (state !== 'offline' || (!diagnosis && !known)) return undefined;
  const why = diagnosis ? `: ${diagnosis.message} ${diagnosis.remedy}` : '';
  return { kind: 'offline', line: `${name} is not connected${why}` };
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
