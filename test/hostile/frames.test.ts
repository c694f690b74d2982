import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { salvos, upgrades } from './attacks.ts';
import { sealed } from './hostile-peer.ts';
import { Siege } from './siege.ts';

const LONG = process.env['GATEHOUSE_LONG'] === '1';
const FRAMES = LONG ? 100_000 : 5_000;
const UPGRADES = LONG ? 5_000 : 300;
const SEED = 20_261_122;
/** fast-check keeps the state of a run to its end; so this is many runs. */
const CHUNK = 200;

/** What thousands of sessions may leave behind; each of them kept would be some 20 kB. */
const MOST_GROWTH = 4 * 1024 * 1024;
/** In the worst minute, which is the first: after it the log has said what there is to say. */
const MOST_LINES = 15;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function memory(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let siege: Siege;
const uncaught: unknown[] = [];
const catchIt = (error: unknown): unknown => uncaught.push(error);

beforeEach(async () => {
  process.on('uncaughtException', catchIt);
  process.on('unhandledRejection', catchIt);
  siege = await Siege.lay();
});

afterEach(async () => {
  await siege.lift();
  process.off('uncaughtException', catchIt);
  process.off('unhandledRejection', catchIt);
  expect(uncaught.splice(0)).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe('a peer that sends anything', () => {
  it(
    `${FRAMES} frames at every stage: closed or ignored, never answered, never believed`,
    async () => {
      const { victim } = siege;
      let before = 0;
      for (let chunk = 0; siege.shots < FRAMES; chunk++) {
        await fc.assert(
          fc.asyncProperty(salvos, (salvo) => siege.strike(salvo)),
          { seed: SEED + chunk, numRuns: CHUNK, endOnFailure: true },
        );
        expect(victim.linesInAMinute).toBeLessThanOrEqual(MOST_LINES);
        // The home never saw anything of it.
        expect(victim.door.view).toMatchObject({ target: 1, current: 1, obstruction: false });
        expect(victim.reports.every(({ sensor }) => sensor === 'closed')).toBe(true);
        victim.forget();
        // What is loaded and compiled on the way is there after the first chunk.
        if (chunk === 0) before = await memory();
      }
      expect((await memory()) - before).toBeLessThan(MOST_GROWTH);
    },
    LONG ? 30 * 60_000 : 60_000,
  );

  it(`${UPGRADES} answers to the upgrade that are none: nothing is sent, and the next attempt comes`, async () => {
    await fc.assert(
      fc.asyncProperty(upgrades, (answer) => siege.refuse(answer)),
      { seed: SEED, numRuns: UPGRADES, endOnFailure: true },
    );
    expect(siege.victim.linesInAMinute).toBeLessThanOrEqual(MOST_LINES);
    expect(siege.victim.shown).toBe(0);
  }, 60_000);
});

const FLOOD = 1_000;

describe('a flood', { timeout: 20_000 }, () => {
  it('of frames that are ignored: a few lines, no answer, and the session goes on', async () => {
    const conversation = await siege.reach('ready');
    const sent = conversation.received.length;
    const lines = siege.victim.lines.length;
    for (let n = 0; n < FLOOD; n++) {
      conversation.send(n % 2 ? `{"type":"FLOOD ${n}"}` : sealed({ flood: n }));
    }
    await siege.goOn();
    expect(siege.victim.lines.length - lines).toBeLessThanOrEqual(6);
    expect(conversation.received.length).toBe(sent);
  });

  it('before the session has begun: it is not waited for any longer than for silence', async () => {
    const conversation = await siege.reach('hello');
    for (let n = 0; n < FLOOD; n++) conversation.send(`{"type":"FLOOD ${n}"}`);
    expect(await conversation.probe()).toBe('alive');
    const began = siege.victim.clock.monotonic();
    siege.victim.clock.step();
    expect(siege.victim.clock.monotonic() - began).toBeLessThan(3_000);
    await conversation.closed;
    expect(conversation.received).toHaveLength(1);
  });

  it('of events before the first response: no more are kept than a device can have', async () => {
    const conversation = await siege.reach('verifying');
    for (let cnt = 1; cnt <= FLOOD; cnt++) {
      conversation.send(sealed({ event: { cnt, type: 'FLOOD', state: 'open', t100ms: 1 } }));
    }
    await siege.reach('ready');
    expect(siege.victim.events.length).toBeLessThanOrEqual(200);
    expect(siege.victim.door.view).toMatchObject({ target: 1, current: 1 });
  });

  it('of events with gaps between them: one question at a time, and a few lines', async () => {
    const conversation = await siege.reach('ready');
    const { lines, events } = siege.victim;
    const before = { sent: conversation.received.length, lines: lines.length };
    const t100ms = Math.round(siege.victim.clock.monotonic() / 100);
    for (let n = 0; n < FLOOD; n++) {
      conversation.send(sealed({ event: { cnt: 10 + 2 * n, type: 'FLOOD', state: 'closed', t100ms } }));
    }
    await siege.victim.until(() => events.length >= FLOOD);
    await conversation.heard(before.sent + 1);
    expect(await conversation.probe()).toBe('alive');
    expect(conversation.received.length).toBe(before.sent + 1);
    expect(lines.length - before.lines).toBeLessThanOrEqual(3);
  });

  it('of pings by a peer that reads nothing: what would have to be answered is not kept', async () => {
    const conversation = await siege.reach('ready');
    const before = await memory();
    conversation.deafen();
    const data = Buffer.alloc(125);
    // What the system itself holds is much less than that.
    for (let n = 0; n < 300_000 && siege.victim.link.state === 'ready'; n++) {
      conversation.ping(data);
      if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(siege.victim.link.state).not.toBe('ready');
    await conversation.end();
    expect((await memory()) - before).toBeLessThan(MOST_GROWTH);
  });
});
