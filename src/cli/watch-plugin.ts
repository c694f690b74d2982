import type { Clock } from '../base/clock.ts';
import { isObject, own } from '../base/json.ts';
import type { ChannelClient } from '../channel/client.ts';
import { ChannelError } from '../channel/errors.ts';
import type { Gate } from './gate.ts';
import type { Happening } from './watch.ts';

/**
 * Tells what the running plugin puts into its journal about these devices, until the signal is aborted.
 * @throws ChannelError when the plugin ends.
 */
export async function watchPlugin(
  client: ChannelClient,
  gates: readonly Gate[],
  tell: (happening: Happening) => void,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<void> {
  const notifications = client.notifications({ signal });
  await client.call('subscribe', { topics: ['journal'] });
  for (const gate of gates) tell(await presentOf(gate, clock.now()));
  const names = new Set(gates.map(({ name }) => name.toLowerCase()));
  for await (const { topic, data } of notifications) {
    const happening = topic === 'journal' ? happeningOf(data) : undefined;
    if (happening && (happening.device === undefined || names.has(happening.device.toLowerCase()))) {
      tell(happening);
    }
  }
  if (!signal.aborted) throw new ChannelError('DISCONNECTED', 'The plugin ended; is Homebridge restarting?');
}

async function presentOf(gate: Gate, now: number): Promise<Happening> {
  const { state, sensor, problem } = await gate.status();
  const online = state === 'online';
  const how = online ? `connected${sensor === undefined ? '' : `: ${sensor}`}` : 'not connected';
  const why = problem ? `: ${problem.message} ${problem.remedy}` : '';
  return {
    at: now,
    device: gate.name,
    kind: online ? 'online' : 'offline',
    line: `${gate.name} is ${how}${why}`,
    old: false,
  };
}

/** A line of the journal as the plugin sends it; undefined when it is not one. */
export function happeningOf(data: unknown): Happening | undefined {
  const entry = isObject(data) ? own(data, 'entry') : undefined;
  const line = isObject(data) ? own(data, 'line') : undefined;
  if (!isObject(entry) || typeof line !== 'string') return undefined;
  const [at, kind, device, by, detail] = ['at', 'kind', 'device', 'by', 'detail'].map((key) =>
    own(entry, key),
  );
  if (typeof kind !== 'string') return undefined;
  const name = isObject(device) ? own(device, 'name') : undefined;
  return {
    at: typeof at === 'number' ? at : undefined,
    device: typeof name === 'string' ? name : undefined,
    kind,
    line: line.replace(/ \(time unknown\)$/, ''),
    old: own(entry, 'old') === true,
    by: isObject(by) ? by : undefined,
    detail: isObject(detail) ? detail : undefined,
  };
}
