import { vi } from 'vitest';
import type { ChannelClient } from '../../src/channel/client.ts';
import { connectChannel } from '../../src/channel/connect.ts';

/** Does something with a connection to the running plugin, as the command line would. */
export async function withChannel<Result>(
  storage: string,
  use: (channel: ChannelClient) => Promise<Result>,
): Promise<Result> {
  // It listens soon after Homebridge has said that it runs.
  const channel = await vi.waitFor(() => connectChannel(storage), 10_000);
  try {
    return await use(channel);
  } finally {
    await channel.close();
  }
}
