import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { ChannelClient } from '../channel/client.ts';
import { connectChannel, listInstances } from '../channel/connect.ts';
import { RemoteError } from '../channel/errors.ts';
import { RequestProblem } from './request.ts';

export interface Place {
  readonly storage: string;
  readonly clock: Clock;
}

/**
 * A connection to each plugin that runs on the storage: one for each bridge. Whoever gets them closes them.
 * @throws {@link RequestProblem} `UNREACHABLE` where one runs that cannot be talked to.
 */
export async function connectPlugins({ storage, clock }: Place): Promise<readonly ChannelClient[]> {
  const clients: ChannelClient[] = [];
  try {
    for (const { instance, state } of await listInstances(storage)) {
      if (state !== 'live' && state !== 'forbidden') continue;
      // An empty name asks for the one without.
      clients.push(await connectChannel(storage, { instance: instance ?? '', clock }));
    }
    return clients;
  } catch (error) {
    await closeAll(clients);
    throw new RequestProblem('UNREACHABLE', messageOf(error), { cause: error });
  }
}

/** Does something with the running plugins, if there are any, and lets go of them. */
export async function withPlugins<Result>(
  place: Place,
  use: (clients: readonly ChannelClient[]) => Promise<Result>,
): Promise<Result> {
  const clients = await connectPlugins(place);
  try {
    return await use(clients);
  } finally {
    await closeAll(clients);
  }
}

export async function closeAll(clients: readonly ChannelClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}

/** A refusal of the plugin in its own words; anything else stays what it is. */
export function asProblem(error: unknown): unknown {
  return error instanceof RemoteError
    ? new RequestProblem(error.code, error.message, { cause: error })
    : error;
}
