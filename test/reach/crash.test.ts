import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { isObject, own } from '../../src/base/json.ts';
import type { RemoteSupport } from '../../src/reach/remote-support.ts';
import type { KeyRecord } from '../../src/reach/vault-records.ts';
import { Child } from '../helpers/child.ts';
import { House, reaches } from './house.ts';

const SCRIPT = fileURLToPath(new URL('crash-child.ts', import.meta.url));
/** More points than there are: the loop ends where the child comes through. */
const MOST_POINTS = 60;

let house: House | undefined;
const children = new Set<Child>();

afterEach(async () => {
  for (const child of children) await child.stop('SIGKILL');
  children.clear();
  await house?.tearDown();
  house = undefined;
});

function start(at: House, stopAt: number): Child {
  const child = new Child({
    name: `crash-child ${stopAt}`,
    args: [SCRIPT, at.folder, JSON.stringify(at.rawConfig()), String(stopAt)],
  });
  children.add(child);
  return child;
}

/** Runs the child up to the point, and kills it there. @returns where it stood; undefined if it came through. */
async function killAt(at: House, stopAt: number): Promise<string | undefined> {
  const child = start(at, stopAt);
  const message = await child.messages.waitFor('a message', isObject, { within: 30_000 });
  await child.stop('SIGKILL');
  children.delete(child);
  const where = isObject(message) ? own(message, 'standsAt') : undefined;
  return typeof where === 'string' ? where : undefined;
}

function keysIn(at: House): readonly KeyRecord[] {
  if (!existsSync(at.vaultPath)) return [];
  return (JSON.parse(at.vaultText) as { value: { keys: KeyRecord[] } }).value.keys;
}

/**
 * What must be true at any start: each key of the backend is in the vault under its ID, or is one of the
 * possible orphans; an orphan holds nothing that it could be used with; what is open works.
 */
async function check(at: House, support: RemoteSupport): Promise<void> {
  const keys = keysIn(at);
  const named = keys.flatMap((key) =>
    key.state === 'rolling-out' || key.deviceKeyId === undefined ? [] : [key.deviceKeyId],
  );
  const orphans = keys.filter(({ state }) => state === 'possibly-orphaned');
  const unnamed = at.target.keyIds.filter((id) => !named.includes(id));
  expect(unnamed.length).toBeLessThanOrEqual(orphans.length);
  for (const orphan of orphans) expect(Object.keys(orphan).sort()).not.toContain('deviceKey');
  expect(keys.filter(({ state }) => state === 'rolling-out')).toEqual([]);
  expect(at.otherFiles.filter(({ name }) => name.endsWith('.tmp'))).toEqual([]);
  const { phase, possiblyOrphaned } = support.state('Study');
  expect(possiblyOrphaned).toBe(orphans.length);
  if (phase === 'open') {
    expect(await at.verify(await support.link('Study'))).toMatchObject({ accepted: true });
  } else {
    await expect(support.link('Study')).rejects.toMatchObject({ code: /REVOKING|NOT_REGISTERED/ });
  }
}

describe('a process that is killed', () => {
  it(
    'at any point of on, link and off leaves a vault that knows of every key',
    { timeout: 240_000 },
    async () => {
      const stood: string[] = [];
      const outcomes = new Set<string>();
      for (let point = 1; point <= MOST_POINTS; point++) {
        house = await House.build();
        const where = await killAt(house, point);
        const support = await house.open();
        await check(house, support);
        const { phase, possiblyOrphaned } = support.state('Study');
        outcomes.add(possiblyOrphaned > 0 ? 'possibly orphaned' : phase);
        // Whatever was left, on and off work again, and only what was lost stays behind.
        if (phase === 'revoking') await reaches(support, 'closed');
        await support.rollout('Study');
        await check(house, support);
        await support.revoke('Study');
        await reaches(support, 'closed');
        expect(house.target.keyIds.length).toBeLessThanOrEqual(possiblyOrphaned);
        await house.tearDown();
        house = undefined;
        if (where === undefined) break;
        stood.push(where);
      }
      expect(stood.length).toBeLessThan(MOST_POINTS);
      expect(new Set(stood)).toEqual(
        new Set([
          'opened',
          'rollout data read',
          'before a write',
          'after a write',
          'rollout intent stored',
          'createdevicekey answered',
          'device key stored',
          'rolled out',
          'link made',
          'revoke intent stored',
          'unregister answered',
          'key removed',
          'revoked',
        ]),
      );
      expect(outcomes).toEqual(new Set(['closed', 'open', 'revoking', 'possibly orphaned']));
    },
  );

  it('again and again, in one house, leaves nothing that nobody knows of', { timeout: 240_000 }, async () => {
    house = await House.build();
    for (let point = 1; point <= 16; point++) await killAt(house, point);
    const support = await house.open();
    await check(house, support);
    await support.revoke('Study');
    await reaches(support, 'closed');
    await check(house, support);
    // What is left on the computer are the orphans, and no link was ever refused that should have worked.
    expect(house.target.keyIds.length).toBeLessThanOrEqual(support.state('Study').possiblyOrphaned);
    expect(house.target.keyIds.length).toBeGreaterThan(0);
  });

  it.each([
    ['createdevicekey', 'received', 'possibly orphaned'],
    ['createdevicekey', 'carried out', 'possibly orphaned'],
    ['unregister', 'received', 'revoking'],
    ['unregister', 'carried out', 'revoking'],
  ] as const)('while %s is %s by the backend', { timeout: 60_000 }, async (call, event, expected) => {
    house = await House.build();
    const child = start(house, 0);
    house.backend.happened.on((one) => {
      if (one.call === call && one.event === event) process.kill(child.pid, 'SIGKILL');
    });
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    house.backend.happened.clear();
    const states = keysIn(house).map(({ state }) => state);
    expect(states).toEqual([expected === 'revoking' ? 'revoking' : 'rolling-out']);
    const support = await house.open();
    await check(house, support);
    const { possiblyOrphaned } = await reaches(support, 'closed');
    expect(possiblyOrphaned).toBe(expected === 'revoking' ? 0 : 1);
    if (expected === 'revoking') expect(house.target.keyIds).toEqual([]);
  });
});
