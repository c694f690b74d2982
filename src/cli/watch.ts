import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import type { ChannelClient } from '../channel/client.ts';
import { defineAction, untilInterrupted } from './action.ts';
import { defineDeviceOptions, type DeviceFlags } from './device-options.ts';
import { DirectGate } from './direct-gate.ts';
import type { Gate } from './gate.ts';
import { PluginGate } from './plugin-gate.ts';
import { reachGates } from './reach-gate.ts';
import { selectDevices } from './selection.ts';
import { plain, type Terminal } from './terminal.ts';
import { localTime } from './time.ts';
import { watchDevice } from './watch-device.ts';
import { watchPlugin } from './watch-plugin.ts';

/** Something that happened. Times are wall milliseconds. */
export interface Happening {
  /** Undefined where nobody knows when. */
  readonly at: number | undefined;
  readonly device: string | undefined;
  /** One of the journal's kinds. */
  readonly kind: string;
  /** For a person, without the time. */
  readonly line: string;
  /** It reached us late, or its time is unknown. */
  readonly old: boolean;
  readonly by?: object | undefined;
  readonly detail?: object | undefined;
}

export function define(command: Command): void {
  command
    .argument('[devices...]', 'names of devices; all of the config if left out')
    .description('Shows what happens, with its true time and who did it, until it is interrupted.');
  defineDeviceOptions(command);
  defineAction<DeviceFlags>(command, async ({ flags, terminal, json }, names) => {
    const gates = await reachGates(selectDevices(flags, names, terminal.note), flags);
    const tell = (happening: Happening): void => {
      if (flags.json) json(happening);
      else terminal.out(lineOf(happening, terminal));
    };
    try {
      await untilInterrupted((signal) => watchAll(gates, tell, signal));
    } finally {
      await Promise.all(gates.map((gate) => gate.close()));
    }
    return undefined;
  });
}

/** Each plugin is listened to once, whatever the number of its devices. */
async function watchAll(
  gates: readonly Gate[],
  tell: (happening: Happening) => void,
  signal: AbortSignal,
): Promise<void> {
  const byPlugin = new Map<ChannelClient, Gate[]>();
  for (const gate of gates) {
    if (gate instanceof PluginGate) byPlugin.set(gate.client, [...(byPlugin.get(gate.client) ?? []), gate]);
  }
  await Promise.all([
    ...gates
      .filter((gate) => gate instanceof DirectGate)
      .map((gate) => watchDevice(gate, tell, { signal, clock: systemClock })),
    ...[...byPlugin].map(([client, own]) => watchPlugin(client, own, tell, { signal, clock: systemClock })),
  ]);
}

function lineOf({ at, line, kind, old }: Happening, { paint }: Terminal): string {
  const time = at === undefined ? 'time unknown'.padEnd(19) : localTime(at);
  const text = plain(line);
  const late = old && at !== undefined ? paint('dim', ' (told late)') : '';
  const styled = kind === 'offline' ? paint('red', text) : old ? paint('dim', text) : text;
  return `${paint('dim', time)}  ${styled}${late}`;
}
