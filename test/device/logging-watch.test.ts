import { describe, expect, it } from 'vitest';
import type { DeviceHealth } from '../../src/device/types.ts';
import { plain, relayTrigger } from './fake-link.ts';
import { HOUR, online, SECOND } from './watched-device.ts';

describe('whether the API was enabled with logging', () => {
  type World = ReturnType<typeof online>;
  const command = (relayTriggered = true) => {
    return ({ link, device, now }: World): void => {
      device.open().catch(() => undefined);
      link.answer({ t100ms: now(), relayTriggered });
    };
  };
  const wait = (ms: number) => (world: World) => world.clock.advance(ms);
  const change = ({ link, now }: World): void => link.tell(plain('StateChange', 1, now(), 'open'));
  const relay = ({ link, now }: World): void => link.tell(relayTrigger(1, now()));
  const drop = ({ link }: World): void => link.drop();
  const reconnect = ({ connect }: World): void => connect();
  const refused = ({ link, device, now }: World): void => {
    device.open().catch(() => undefined);
    link.answer({ t100ms: now(), success: false, relayTriggered: true });
  };

  it.each<[string, ((world: World) => unknown)[], DeviceHealth['logging']]>([
    ['nothing happened', [wait(HOUR)], 'unknown'],
    ['the gate was moved by somebody else', [change, wait(HOUR)], 'unknown'],
    ['an event other than StateChange', [relay], 'on'],
    ['our command, and its RelayTrigger', [command(), wait(SECOND), relay, wait(HOUR)], 'on'],
    ['the RelayTrigger came before the response', [relay, command(), wait(HOUR)], 'on'],
    ['our command, and a StateChange alone, too early to tell', [command(), change, wait(4_999)], 'unknown'],
    ['our command, and a StateChange alone', [command(), change, wait(5_000)], 'off'],
    ['our command, and nothing', [command(), wait(5_000)], 'off'],
    ['two commands, and nothing', [command(), wait(3_000), command(), wait(2_000)], 'off'],
    ['our command moved nothing', [command(false), wait(HOUR)], 'unknown'],
    ['our command was refused', [refused, wait(HOUR)], 'unknown'],
    ['the connection was lost meanwhile', [command(), drop, reconnect, wait(HOUR)], 'unknown'],
    ['off, then an event', [command(), wait(5_000), relay], 'on'],
    ['on, then another session and nothing', [relay, drop, reconnect, wait(HOUR)], 'on'],
    ['on, then another session without', [relay, drop, reconnect, command(), wait(5_000)], 'off'],
  ])('%s', async (_, steps, expected) => {
    const world = online();
    for (const step of steps) await step(world);
    expect(world.device.health.logging).toBe(expected);
    expect(world.healths.at(-1)?.logging).toBe(expected);
  });
});
