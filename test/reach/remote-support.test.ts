import { existsSync } from 'node:fs';
import { writeFileAtomic } from '../../src/base/atomic-file.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ReachError } from '../../src/reach/errors.ts';
import type { RemoteSupport } from '../../src/reach/remote-support.ts';
import type { ComputerState } from '../../src/reach/support-state.ts';
import { settle } from '../helpers/fake-clock.ts';
import { CALL_TIMEOUT, eventually } from './call-clock.ts';
import { House, reaches, STUDY, TENANT, TOKEN, type HouseOptions } from './house.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const HOUR = 3_600_000;
let house: House;

async function build(options?: HouseOptions): Promise<RemoteSupport> {
  house = await House.build(options);
  return house.open();
}

afterEach(async () => {
  await house.tearDown();
});

async function failure(promise: Promise<unknown>): Promise<ReachError> {
  const error: unknown = await promise.then(
    () => 'it succeeded',
    (reason: unknown) => reason,
  );
  if (!(error instanceof ReachError)) throw new Error(String(error));
  return error;
}

const received = (call: string, since = 0): number =>
  house.happenings.since(since).filter((one) => one.event === 'received' && one.call === call).length;

const answered = (call: string, since: number) =>
  house.happenings.waitFor(`${call} answered`, (one) => one.event === 'answered' && one.call === call, {
    since,
  });

/** Lets time pass until the backend gets another call to unregister. @returns how long that was. */
async function nextTry(): Promise<number> {
  const before = house.happenings.mark();
  const wait = await house.clock.toNext();
  await answered('unregister', before);
  return wait;
}

describe('support of a computer', () => {
  it('goes from on to a link that opens once, to off', async () => {
    const support = await build();
    expect(support.list()).toEqual([
      {
        name: 'Study',
        phase: 'closed',
        accessOpen: false,
        platform: 'windows',
        controlTypes: [],
        since: undefined,
        until: undefined,
        endingSoon: false,
        possiblyOrphaned: 0,
        problem: undefined,
      },
    ]);
    const on = await support.rollout('Study');
    expect(on).toMatchObject({
      phase: 'open',
      accessOpen: true,
      controlTypes: ['attended'],
      since: house.clock.now(),
    });
    expect(house.target.keyIds).toHaveLength(1);

    const link = await support.link('Study');
    expect(await house.verify(link)).toEqual({
      accepted: true,
      remotecontrol_id: STUDY,
      control_type: 'attended',
    });
    expect(await house.verify(link)).toEqual({ accepted: false, reason: 'the link was used before' });
    expect(await support.link('Study')).not.toBe(link);

    expect(await support.revoke('Study')).toMatchObject({ phase: 'closed', accessOpen: false });
    expect(house.target.keyIds).toEqual([]);
    expect(await failure(support.link('Study'))).toMatchObject({
      code: 'NOT_REGISTERED',
      outcome: 'not sent',
    });
    expect(house.links).toEqual([
      { name: 'Study', at: house.clock.now(), controlType: 'attended' },
      { name: 'Study', at: house.clock.now(), controlType: 'attended' },
    ]);
  });

  it('can be turned on again and again: the rollout file is new each time', async () => {
    const support = await build();
    for (let round = 0; round < 3; round++) {
      expect((await support.rollout('Study')).phase).toBe('open');
      expect((await support.revoke('Study')).phase).toBe('closed');
    }
    expect(received('createdevicekey')).toBe(3);
  });

  it('is what the vault says after a restart', async () => {
    const support = await build();
    await support.rollout('Study');
    await support.close();
    const again = await house.open();
    expect(again.state('Study').phase).toBe('open');
    expect(await house.verify(await again.link('Study'))).toMatchObject({ accepted: true });
    expect(house.log.lines).toContain('info Study: support access is open');
    await again.revoke('Study');
    await again.close();
    expect((await house.open()).state('Study').phase).toBe('closed');
  });

  it('takes repeated writes for one', async () => {
    const support = await build();
    await Promise.all([support.rollout('Study'), support.rollout('Study'), support.rollout('Study')]);
    await support.rollout('Study');
    expect(received('createdevicekey')).toBe(1);
    await Promise.all([support.revoke('Study'), support.revoke('Study')]);
    await support.revoke('Study');
    expect(received('unregister')).toBe(1);
    expect(support.state('Study').phase).toBe('closed');
  });

  it.each(['snake_case', 'camelCase', 'PascalCase'] as const)(
    'works with answers in %s',
    async (caseStyle) => {
      const support = await build({ backend: { caseStyle } });
      await support.rollout('Study');
      expect(await house.verify(await support.link('Study'))).toMatchObject({ accepted: true });
      expect((await support.revoke('Study')).phase).toBe('closed');
    },
  );

  it.each(['pkcs1', 'pkcs8'] as const)('works with keys in %s, and the 2018 path', async (keyFormat) => {
    const support = await build({
      backend: {
        unregisterPath: '2018',
        targets: [
          { remotecontrolId: STUDY, keyFormat, keyBits: 1024, permissions: ['view_only', 'unattended'] },
        ],
      },
      support: { unregisterPath: '2018' },
      computer: { rolloutData: undefined, permissions: ['unattended', 'view_only'] },
    });
    await support.rolloutWith('Study', house.typed);
    for (const type of ['unattended', 'view_only']) {
      expect(await house.verify(await support.link('Study', type))).toMatchObject({
        accepted: true,
        control_type: type,
      });
    }
    expect(await failure(support.link('Study', 'attended'))).toMatchObject({
      code: 'INVALID',
      outcome: 'not sent',
    });
    expect((await support.revoke('Study')).phase).toBe('closed');
  });

  it('tells every change', async () => {
    const support = await build();
    const phases: string[] = [];
    support.changed.on(({ phase }) => phases.at(-1) === phase || phases.push(phase));
    await support.rollout('Study');
    await support.revoke('Study');
    await settle();
    expect(phases).toEqual(['opening', 'open', 'revoking', 'closed']);
  });

  it('is unknown by another name', async () => {
    const support = await build();
    for (const call of [support.rollout('Attic'), support.link('Attic'), support.revoke('Attic')]) {
      const error = await failure(call);
      expect(error.code).toBe('UNKNOWN_COMPUTER');
      expect(error.message).toContain('There are: Study.');
    }
  });
});

describe('rollout data', () => {
  it('by a command', async () => {
    const support = await build({
      computer: {
        rolloutCommand: [
          process.execPath,
          '-e',
          'fetch(process.argv[1],{method:"POST",body:process.argv[2]}).then((r)=>r.text()).then(console.log)',
        ],
      },
    });
    const { config } = { config: house.config };
    await support.close();
    const command = [
      ...(config.computers[0]!.source as unknown as { command: string[] }).command,
      `${house.apiBase}/simulator/rollout-data`,
      JSON.stringify({ remotecontrol_id: STUDY }),
    ];
    const again = await house.open({
      config: {
        ...config,
        computers: [{ ...config.computers[0]!, source: { kind: 'command', command, timeout: 30_000 } }],
      },
    });
    expect((await again.rollout('Study')).phase).toBe('open');
  });

  it('that was typed in serves one rollout, also after a restart', async () => {
    const support = await build({ computer: { rolloutData: undefined } });
    const typed = house.typed;
    await support.rolloutWith('Study', typed);
    await support.revoke('Study');
    expect((await failure(support.rolloutWith('Study', typed))).code).toBe('ROLLOUT_DATA_USED');
    await support.close();
    const again = await house.open();
    expect((await failure(again.rolloutWith('Study', typed))).code).toBe('ROLLOUT_DATA_USED');
    expect(received('createdevicekey')).toBe(1);
    expect((await again.rolloutWith('Study', house.typed)).phase).toBe('open');
  });

  it('that was refused for the token can still serve', async () => {
    const support = await build({ computer: { rolloutData: undefined } });
    house.backend.faults.add({ kind: 'status', status: 401, times: 1 });
    expect((await failure(support.rolloutWith('Study', house.typed))).code).toBe('UNAUTHORIZED');
    expect((await support.rolloutWith('Study', house.typed)).phase).toBe('open');
  });

  it('of another computer is refused before any call', async () => {
    const support = await build({ computer: { remotecontrolId: 'r999' } });
    expect(await failure(support.rollout('Study'))).toMatchObject({ code: 'NO_ROLLOUT_DATA' });
    expect(received('createdevicekey')).toBe(0);
  });

  it('that is not configured is asked for', async () => {
    const support = await build({ computer: { rolloutFile: undefined, rolloutData: undefined } });
    const error = await failure(support.rollout('Study'));
    expect(error.code).toBe('NO_ROLLOUT_DATA');
    expect(error.message).toMatch(/set rolloutCommand or rolloutFile/);
    expect((await failure(support.rolloutWith('Study', { rolloutKey: 'x' }))).message).toMatch(
      /lacks the GUID/,
    );
  });
});

describe('a rollout that fails', () => {
  it.each([
    [{ kind: 'status', status: 401 }, 'UNAUTHORIZED'],
    [{ kind: 'status', status: 403 }, 'FORBIDDEN'],
    [{ kind: 'status', status: 404 }, 'NOT_FOUND'],
    [{ kind: 'status', status: 429 }, 'RATE_LIMITED'],
    [{ kind: 'redirect' }, 'REDIRECTED'],
  ] as const)('by %j leaves nothing behind, and is not repeated', async (fault, code) => {
    const support = await build();
    house.backend.faults.add({ ...fault, times: 1 });
    expect((await failure(support.rollout('Study'))).code).toBe(code);
    expect(support.state('Study')).toMatchObject({ phase: 'closed', possiblyOrphaned: 0 });
    expect(received('createdevicekey')).toBe(1);
    expect(JSON.parse(house.vaultText)).toMatchObject({ value: { keys: [] } });
    expect((await support.rollout('Study')).phase).toBe('open');
  });

  it('because the computer is off leaves nothing behind', async () => {
    const support = await build();
    house.target.online = false;
    expect(await failure(support.rollout('Study'))).toMatchObject({
      error: 'device_offline',
      outcome: 'refused',
    });
    expect(support.state('Study')).toMatchObject({ phase: 'closed', possiblyOrphaned: 0 });
  });

  it('because nobody listens leaves nothing behind', async () => {
    const support = await build({ support: { apiBase: 'http://127.0.0.1:1' } });
    expect((await failure(support.rollout('Study'))).code).toBe('NOT_CONNECTED');
    expect(support.state('Study')).toMatchObject({ phase: 'closed', possiblyOrphaned: 0 });
  });

  it('because there is no token leaves nothing behind', async () => {
    const support = await build({ support: { scriptToken: undefined } });
    const error = await failure(support.rollout('Study'));
    expect(error.code).toBe('TOKEN_MISSING');
    expect(error.message).toContain('GATEHOUSE_SCRIPT_TOKEN');
    expect(support.state('Study')).toMatchObject({ phase: 'closed', possiblyOrphaned: 0 });
  });

  it.each([
    [{ kind: 'status after', status: 500 }, 'SERVER_ERROR', 1],
    [{ kind: 'status', status: 503 }, 'SERVER_ERROR', 0],
    [{ kind: 'close' }, 'NO_ANSWER', 0],
    [{ kind: 'close after' }, 'NO_ANSWER', 1],
    [{ kind: 'cut' }, 'NO_ANSWER', 1],
    [{ kind: 'not json' }, 'BAD_ANSWER', 1],
    [{ kind: 'missing fields', fields: ['decommission_token'] }, 'BAD_ANSWER', 1],
    [{ kind: 'missing fields', fields: ['device_key_id', 'device_key'] }, 'BAD_ANSWER', 1],
  ] as const)('by %j may leave an orphan: it is kept, said, and no use', async (fault, code, keys) => {
    const support = await build();
    house.backend.faults.add({ ...fault, fields: [...('fields' in fault ? fault.fields : [])], times: 1 });
    expect((await failure(support.rollout('Study'))).code).toBe(code);
    expect(house.target.keyIds).toHaveLength(keys);
    expect(support.state('Study')).toMatchObject({ phase: 'closed', accessOpen: false, possiblyOrphaned: 1 });
    expect(house.log.at('warn').join()).toContain('Study: a device key may be left on the computer');
    expect((await failure(support.link('Study'))).code).toBe('NOT_REGISTERED');
    await support.close();

    house.log.lines.length = 0;
    const again = await house.open();
    expect(again.state('Study').possiblyOrphaned).toBe(1);
    expect(house.log.at('warn').join()).toContain('Study: a device key may be left on the computer');
    expect((await failure(again.link('Study'))).code).toBe('NOT_REGISTERED');
    expect(received('createdevicekey')).toBe(1);

    // Dropped only when its owner says so.
    expect((await again.forget('Study')).possiblyOrphaned).toBe(0);
    await again.close();
    expect((await house.open()).state('Study').possiblyOrphaned).toBe(0);
  });

  it('because the key cannot be read has the key unregistered', async () => {
    const support = await build();
    house.backend.faults.add({ kind: 'missing fields', fields: ['device_key'], times: 1 });
    const closed = house.happenings.mark();
    expect((await failure(support.rollout('Study'))).message).toContain(
      'it lacks device_key. Received: device_key_id',
    );
    await answered('unregister', closed);
    await reaches(support, 'closed');
    expect(house.target.keyIds).toEqual([]);
    expect(support.state('Study').possiblyOrphaned).toBe(0);
  });

  it('because it is encrypted with another rollout key has the key unregistered', async () => {
    const support = await build({ computer: { rolloutData: undefined } });
    const { RolloutKey, ...rest } = house.typed;
    expect(
      (await failure(support.rolloutWith('Study', { ...rest, RolloutKey: `${RolloutKey}x` }))).code,
    ).toBe('KEY_NOT_READABLE');
    await reaches(support, 'closed');
    expect(house.target.keyIds).toEqual([]);
  });

  it('because the intent cannot be written sends nothing', async () => {
    house = await House.build();
    const support = await house.open({ writeVault: () => Promise.reject(new Error('disk full')) });
    expect((await failure(support.rollout('Study'))).code).toBe('VAULT_NOT_WRITTEN');
    expect(received('createdevicekey')).toBe(0);
    expect(support.state('Study').phase).toBe('closed');
  });

  it('because the key cannot be written has the key unregistered at once', async () => {
    house = await House.build();
    let writes = 0;
    const support = await house.open({
      // The intent can be written, and nothing after it.
      writeVault: (path, content) =>
        ++writes === 1 ? writeFileAtomic(path, content) : Promise.reject(new Error('disk full')),
    });
    const error = await failure(support.rollout('Study'));
    expect(error.code).toBe('VAULT_NOT_WRITTEN');
    expect(error.message).toContain('unregistered at once');
    expect((await failure(support.link('Study'))).code).toBe('REVOKING');
    await answered('unregister', 0);
    expect(house.target.keyIds).toEqual([]);
    // The intent is on disk still, and stays until it can be taken out.
    expect(house.vaultText).toContain('rolling-out');
    await support.close();
    expect((await house.open()).state('Study')).toMatchObject({ phase: 'closed', possiblyOrphaned: 1 });
  });

  it('because the key could not be written for a while ends clean once it can', async () => {
    house = await House.build();
    let writes = 0;
    const support = await house.open({
      writeVault: (path, content) =>
        [2, 3, 4].includes(++writes)
          ? Promise.reject(new Error('disk full'))
          : writeFileAtomic(path, content),
    });
    await failure(support.rollout('Study'));
    await answered('unregister', 0);
    await house.clock.toNext();
    await reaches(support, 'closed');
    expect(support.state('Study')).toMatchObject({ phase: 'closed', possiblyOrphaned: 0 });
    expect(received('unregister')).toBe(1);
    expect(house.target.keyIds).toEqual([]);
  });
});

describe('a write with a deadline', () => {
  const DEADLINE = 8_000;

  it('fails when it has passed; the key that comes later is stored, and unregistered', async () => {
    house = await House.build();
    const answers: (() => void)[] = [];
    const support = await house.open({
      onStep: (step) =>
        step === 'createdevicekey answered'
          ? new Promise((resolve) => answers.push(resolve))
          : Promise.resolve(),
    });
    const started = house.clock.monotonic();
    const write = failure(support.rollout('Study', { deadline: started + DEADLINE }));
    await answered('createdevicekey', 0);
    await eventually(() => answers.length).toBe(1);
    await house.clock.advance(DEADLINE - 1);
    expect(support.state('Study').phase).toBe('opening');
    await house.clock.advance(1);
    expect(await write).toMatchObject({ code: 'DEADLINE' });
    expect(support.state('Study')).toMatchObject({ phase: 'revoking' });
    expect((await failure(support.link('Study'))).code).toBe('REVOKING');
    expect(house.target.keyIds).toHaveLength(1);
    const seen: ComputerState[] = [];
    support.changed.on((state) => seen.push(state));
    answers[0]!();
    await reaches(support, 'closed');
    expect(house.target.keyIds).toEqual([]);
    expect(seen.map(({ phase }) => phase)).not.toContain('open');
  });

  it('that passes while the key is being stored has it unregistered too', async () => {
    house = await House.build();
    const stored: (() => void)[] = [];
    const support = await house.open({
      onStep: (step) =>
        step === 'device key stored' ? new Promise((resolve) => stored.push(resolve)) : Promise.resolve(),
    });
    const write = failure(support.rollout('Study', { deadline: house.clock.monotonic() + DEADLINE }));
    await eventually(() => stored.length).toBe(1);
    await house.clock.advance(DEADLINE);
    expect((await write).code).toBe('DEADLINE');
    stored[0]!();
    await reaches(support, 'closed');
    expect(house.target.keyIds).toEqual([]);
  });

  it('that passes before the call sends nothing', async () => {
    const support = await build({
      computer: { rolloutCommand: [process.execPath, '-e', 'setInterval(() => {}, 1e6)'] },
    });
    const write = failure(support.rollout('Study', { deadline: house.clock.monotonic() + DEADLINE }));
    await house.clock.advance(DEADLINE);
    expect((await write).code).toBe('DEADLINE');
    await reaches(support, 'closed');
    expect(received('createdevicekey')).toBe(0);
  });

  it('is kept for another who waits longer', async () => {
    house = await House.build();
    const answers: (() => void)[] = [];
    const support = await house.open({
      onStep: (step) =>
        step === 'createdevicekey answered'
          ? new Promise((resolve) => answers.push(resolve))
          : Promise.resolve(),
    });
    const now = house.clock.monotonic();
    const first = failure(support.rollout('Study', { deadline: now + DEADLINE }));
    const second = support.rollout('Study', { deadline: now + 2 * DEADLINE });
    await eventually(() => answers.length).toBe(1);
    await house.clock.advance(DEADLINE);
    expect((await first).code).toBe('DEADLINE');
    answers[0]!();
    expect((await second).phase).toBe('open');
    expect(received('createdevicekey')).toBe(1);
  });

  it('leaves no timer when it is kept', async () => {
    const support = await build();
    await support.rollout('Study', { deadline: house.clock.monotonic() + DEADLINE });
    expect(house.clock.pending).toBe(0);
  });
});

describe('off while on is under way', () => {
  it('fails the one that waits, and has the key unregistered', async () => {
    house = await House.build();
    const answers: (() => void)[] = [];
    const support = await house.open({
      onStep: (step) =>
        step === 'createdevicekey answered'
          ? new Promise((resolve) => answers.push(resolve))
          : Promise.resolve(),
    });
    const on = failure(support.rollout('Study'));
    await eventually(() => answers.length).toBe(1);
    expect((await support.revoke('Study')).phase).toBe('revoking');
    expect((await on).code).toBe('CANCELLED');
    // On again: a rollout of its own, once the first has ended.
    const again = support.rollout('Study');
    answers[0]!();
    await eventually(() => answers.length).toBe(2);
    answers[1]!();
    expect((await again).phase).toBe('open');
    await eventually(() => house.target.keyIds.length).toBe(1);
    expect(await house.verify(await support.link('Study'))).toMatchObject({ accepted: true });
  });

  it('refuses the link that is being made at that moment', async () => {
    const support = await build();
    await support.rollout('Study');
    let off: Promise<unknown> | undefined;
    const stop = house.backend.happened.on((one) => {
      if (one.call === 'requestcontrol' && one.event === 'received') off = support.revoke('Study');
    });
    expect((await failure(support.link('Study'))).code).toBe('REVOKING');
    stop();
    await off;
    expect(support.state('Study').phase).toBe('closed');
    expect(house.links).toEqual([]);
  });
});

describe('off with the computer unreachable', () => {
  it('refuses links at once, shows revoking, and is tried until it works', async () => {
    const support = await build();
    await support.rollout('Study');
    house.target.online = false;
    const off = await support.revoke('Study');
    expect(off).toMatchObject({ phase: 'revoking', accessOpen: true, since: house.clock.now() });
    expect(off.problem).toContain('device_offline');
    expect((await failure(support.link('Study'))).code).toBe('REVOKING');
    for (let tries = 0; tries < 3; tries++) await nextTry();
    await house.clock.idle();
    // Said once, however often it is tried.
    expect(house.log.at('warn').filter((line) => line.includes('not unregistered yet'))).toHaveLength(1);
    house.target.online = true;
    await nextTry();
    expect(await reaches(support, 'closed')).toMatchObject({ accessOpen: false, problem: undefined });
    expect(house.target.keyIds).toEqual([]);
    expect(house.log.at('info')).toContain('Study: support has ended, the device key is unregistered');
  });

  it('does so too when the disk fails, and the key is unregistered all the same', async () => {
    house = await House.build();
    let broken = false;
    const support = await house.open({
      writeVault: (path, content) =>
        broken ? Promise.reject(new Error('disk full')) : writeFileAtomic(path, content),
    });
    await support.rollout('Study');
    broken = true;
    expect((await support.revoke('Study')).phase).toBe('revoking');
    expect(house.target.keyIds).toEqual([]);
    expect((await failure(support.link('Study'))).code).toBe('REVOKING');
    expect(house.log.at('error').join()).toContain('cannot be written (disk full)');
    broken = false;
    await house.clock.toNext();
    await reaches(support, 'closed');
    expect(house.vaultText).toContain('"keys":[]');
    expect(received('unregister')).toBe(1);
  });

  it('survives a restart, without the device key', async () => {
    const support = await build();
    await support.rollout('Study');
    expect(house.vaultText).toContain('PRIVATE KEY');
    house.target.online = false;
    await support.revoke('Study');
    expect(house.vaultText).not.toContain('PRIVATE KEY');
    await support.close();
    house.target.online = true;
    const again = await house.open();
    await reaches(again, 'closed');
    expect(house.target.keyIds).toEqual([]);
  });

  it('backs off to a quarter of an hour, and longer where the backend asks for it', async () => {
    const support = await build();
    house.clock.nextRandom = 0;
    await support.rollout('Study');
    house.target.online = false;
    await support.revoke('Study');
    const waits: number[] = [];
    for (let tries = 0; tries < 10; tries++) waits.push(await nextTry());
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900].map((seconds) => seconds * 1_000));
    house.backend.faults.add({ kind: 'status', status: 429, retryAfter: '1800', times: 1 });
    await nextTry();
    expect(await nextTry()).toBe(1_800_000);
  });

  it('is tried at once when it is turned off again', async () => {
    const support = await build();
    await support.rollout('Study');
    house.target.online = false;
    await support.revoke('Study');
    house.target.online = true;
    expect((await support.revoke('Study')).phase).toBe('closed');
  });

  it('does not keep it from being turned on anew', async () => {
    const support = await build();
    await support.rollout('Study');
    house.target.online = false;
    await support.revoke('Study');
    house.target.online = true;
    expect(await support.rollout('Study')).toMatchObject({ phase: 'open', accessOpen: true });
    expect(await house.verify(await support.link('Study'))).toMatchObject({ accepted: true });
    await nextTry();
    await eventually(() => house.target.keyIds.length).toBe(1);
    expect(support.state('Study').phase).toBe('open');
  });

  it('resolves by the deadline', async () => {
    const support = await build();
    await support.rollout('Study');
    house.backend.faults.add({ kind: 'timeout', call: 'unregister' });
    const off = support.revoke('Study', { deadline: house.clock.monotonic() + 8_000 });
    await answered('unregister', 0);
    await house.clock.advance(8_000);
    expect(await off).toMatchObject({ phase: 'revoking' });
    // Not registered any more on disk, whatever happens now.
    expect(house.vaultText).toContain('"state":"revoking"');
  });
});

describe('an unregister call without an answer', () => {
  it.each(['close after', 'cut', 'timeout after'] as const)(
    '(%s) is repeated, and "unknown key" is then gone',
    async (kind) => {
      const support = await build();
      await support.rollout('Study');
      house.backend.faults.add({ kind, call: 'unregister', times: 1 });
      const off = support.revoke('Study');
      await answered('unregister', 0);
      if (kind === 'timeout after') await house.clock.advance(CALL_TIMEOUT);
      expect((await off).phase).toBe('revoking');
      expect(house.target.keyIds).toEqual([]);
      await nextTry();
      expect((await reaches(support, 'closed')).possiblyOrphaned).toBe(0);
      expect(house.vaultText).toContain('"keys":[]');
    },
  );

  it('is remembered over refusals in between and a restart', async () => {
    const support = await build();
    await support.rollout('Study');
    house.backend.faults.add({ kind: 'close after', call: 'unregister', times: 1 });
    house.backend.faults.add({ kind: 'status', status: 401, call: 'unregister', times: 1 });
    await support.revoke('Study');
    await nextTry();
    await house.clock.idle();
    await support.close();
    await reaches(await house.open(), 'closed');
  });

  it('is not what a first "unknown key" is taken for: it is tried on, until the owner says so', async () => {
    const support = await build();
    await support.rollout('Study');
    const [keyId] = house.target.keyIds;
    // TeamViewer was installed anew: the key is gone, and nobody has told us.
    const token = (JSON.parse(house.vaultText) as { value: { keys: { decommissionToken: string }[] } }).value
      .keys[0]!;
    house.target.unregister(keyId!, token.decommissionToken, TENANT);
    expect((await failure(support.link('Study'))).code).toBe('UNKNOWN_KEY');
    expect(support.state('Study').problem).toContain('turn support off and on again');
    expect(await support.revoke('Study')).toMatchObject({ phase: 'revoking' });
    await nextTry();
    await house.clock.idle();
    expect(support.state('Study').phase).toBe('revoking');
    expect((await support.forget('Study')).phase).toBe('closed');
  });

  it('cannot be forgotten while the computer knows the key', async () => {
    const support = await build();
    await support.rollout('Study');
    house.target.online = false;
    await support.revoke('Study');
    await house.clock.idle();
    const forgetting = support.forget('Study');
    await nextTry();
    expect((await forgetting).phase).toBe('revoking');
  });

  it.each([
    [404, 'NOT_FOUND'],
    [403, 'FORBIDDEN'],
    [500, 'SERVER_ERROR'],
  ])('nor is a %i', async (status) => {
    const support = await build();
    await support.rollout('Study');
    house.backend.faults.add({ kind: 'status', status, call: 'unregister', times: 2 });
    expect((await support.revoke('Study')).phase).toBe('revoking');
    await nextTry();
    await house.clock.idle();
    expect(support.state('Study').phase).toBe('revoking');
    await nextTry();
    await reaches(support, 'closed');
  });
});

describe('automatic revocation', () => {
  const options = { support: { revokeAfterHours: 2 } };

  it('ends support, with a warning before', async () => {
    const support = await build(options);
    const on = await support.rollout('Study');
    expect(on).toMatchObject({ until: house.clock.now() + 2 * HOUR, endingSoon: false });
    await house.clock.advance(2 * HOUR - 600_001);
    expect(house.log.at('warn')).toEqual([]);
    await house.clock.advance(1);
    expect(house.log.at('warn')).toEqual(['Study: support ends by itself in 10 min']);
    expect(support.state('Study')).toMatchObject({ phase: 'open', endingSoon: true });
    await house.clock.advance(599_999);
    expect(support.state('Study').phase).toBe('open');
    await house.clock.advance(1);
    await reaches(support, 'closed');
    expect(house.target.keyIds).toEqual([]);
    expect(house.log.at('warn')).toHaveLength(1);
    expect(house.clock.pending).toBe(0);
  });

  it('survives restarts', async () => {
    const support = await build(options);
    await support.rollout('Study');
    await house.clock.advance(HOUR);
    await support.close();
    const second = await house.open();
    expect(second.state('Study')).toMatchObject({ phase: 'open', until: house.clock.now() + HOUR });
    await second.close();
    await house.clock.advance(3 * HOUR);
    const third = await house.open();
    await house.clock.advance(0);
    await reaches(third, 'closed');
    expect(house.target.keyIds).toEqual([]);
  });

  it('is tried until it works', async () => {
    const support = await build(options);
    await support.rollout('Study');
    house.target.online = false;
    await house.clock.advance(2 * HOUR);
    await reaches(support, 'revoking');
    await answered('unregister', 0);
    expect((await failure(support.link('Study'))).code).toBe('REVOKING');
    house.target.online = true;
    await nextTry();
    await reaches(support, 'closed');
  });

  it('holds for a computer that is no longer in the config', async () => {
    const support = await build(options);
    await support.rollout('Study');
    await support.close();
    const again = await house.open({ config: { ...house.config, computers: [] } });
    expect(again.list()).toMatchObject([{ name: 'Study', platform: undefined, phase: 'open' }]);
    expect(house.log.at('warn').join()).toContain('not in the config any more');
    expect((await failure(again.link('Study'))).code).toBe('UNKNOWN_COMPUTER');
    expect((await failure(again.rollout('Study'))).code).toBe('UNKNOWN_COMPUTER');
    await house.clock.advance(2 * HOUR);
    await reaches(again, 'closed');
    expect(house.target.keyIds).toEqual([]);
  });

  it('notices a wall clock that was set forward', async () => {
    const support = await build(options);
    await support.rollout('Study');
    await house.clock.advance(1_000);
    house.clock.jumpWall(3 * HOUR);
    await house.clock.advance(600_000);
    await reaches(support, 'closed');
  });
});

describe('one call at a time', () => {
  it('goes to a computer', async () => {
    const support = await build();
    await support.rollout('Study');
    let under = 0;
    let most = 0;
    house.backend.happened.on(({ event }) => {
      if (event === 'received') most = Math.max(most, ++under);
      if (event === 'answered') under--;
    });
    await Promise.all([
      support.link('Study'),
      support.link('Study'),
      support.link('Study'),
      support.link('Study'),
    ]);
    expect(most).toBe(1);
  });

  it('and two processes never have the vault together', async () => {
    await build();
    expect(await failure(house.open({ lockPatience: 0 }))).toMatchObject({ code: 'VAULT_IN_USE' });
  });
});

describe('the end', () => {
  it('gives a rollout that is under way some seconds, then keeps it as possibly orphaned', async () => {
    const support = await build();
    house.backend.faults.add({ kind: 'timeout after', call: 'createdevicekey', times: 1 });
    const on = failure(support.rollout('Study'));
    await answered('createdevicekey', 0);
    const closing = support.close();
    await house.clock.advance(3_000);
    await closing;
    expect((await on).code).toMatch(/CANCELLED|NO_ANSWER/);
    expect((await failure(support.rollout('Study'))).code).toBe('CANCELLED');
    expect((await house.open()).state('Study').possiblyOrphaned).toBe(1);
  });

  it('can come twice', async () => {
    const support = await build();
    await Promise.all([support.close(), support.close()]);
    expect(house.clock.pending).toBe(0);
  });
});

describe('the app registration', () => {
  it('gives the IDs that the Android app needs, the same for the same key', async () => {
    const support = await build();
    const first = await support.registerApp('AB:'.repeat(31) + 'AB');
    expect(first.appKey).toBe('AB'.repeat(32));
    expect(first.appKeyId).toMatch(/./);
    expect(await support.registerApp('ab'.repeat(32))).toMatchObject({ appKeyId: first.appKeyId });
  });
});

describe('the token', () => {
  it('may be in the environment or in a file, which is read anew at each call', async () => {
    house = await House.build({ support: { scriptToken: undefined } });
    const support = await house.open({ environment: { GATEHOUSE_SCRIPT_TOKEN: ` ${TOKEN}\n` } });
    expect((await support.rollout('Study')).phase).toBe('open');
    await support.close();

    const file = `${house.folder}/token`;
    const again = await house.open({
      config: { ...house.config, scriptToken: { text: undefined, file, environment: 'NONE' } },
    });
    expect((await failure(again.link('Study'))).message).toContain(`${file} cannot be read (ENOENT)`);
    await writeFileAtomic(file, `${TOKEN}\n`);
    expect(await house.verify(await again.link('Study'))).toMatchObject({ accepted: true });
    await writeFileAtomic(file, '');
  });
});

describe('a passphrase', () => {
  it('from the environment encrypts the vault, and nothing works without it', async () => {
    house = await House.build();
    const environment = { GATEHOUSE_VAULT_PASSPHRASE: 'correct horse' };
    const support = await house.open({ environment });
    await support.rollout('Study');
    expect(house.vaultText).not.toMatch(/PRIVATE KEY|Study|registered/);
    await support.close();
    expect(await failure(house.open())).toMatchObject({ code: 'VAULT_LOCKED', retry: false });
    const again = await house.open({ environment });
    expect(await house.verify(await again.link('Study'))).toMatchObject({ accepted: true });
    expect((await again.revoke('Study')).phase).toBe('closed');
  });

  it('whose file is missing is an error, and not an unencrypted vault', async () => {
    house = await House.build({ support: { vaultPassphraseFile: '/does/not/exist' } });
    expect((await failure(house.open())).message).toBe('The file /does/not/exist cannot be read (ENOENT).');
    expect(existsSync(house.vaultPath)).toBe(false);
  });
});

describe('secrets', () => {
  it('are in the vault and nowhere else', async () => {
    const support = await build({ support: { revokeAfterHours: 1 } });
    const errors: unknown[] = [];
    const states: ComputerState[] = [];
    support.changed.on((state) => states.push(state));
    const secrets = new Set<string>([TOKEN]);
    const collect = (): void => {
      secrets.add(house.typed.RolloutKey);
      if (!existsSync(house.vaultPath)) return;
      const { keys } = (JSON.parse(house.vaultText) as { value: { keys: Record<string, string>[] } }).value;
      for (const key of keys) {
        if (key['decommissionToken']) secrets.add(key['decommissionToken']);
        for (const line of (key['deviceKey'] ?? '').split('\n')) if (line.length > 20) secrets.add(line);
      }
    };
    const attempt = async (work: Promise<unknown>): Promise<void> => {
      await work.catch((error: unknown) => errors.push(error));
    };
    collect();
    await attempt(support.rollout('Study'));
    collect();
    const link = await support.link('Study');
    secrets.add(link).add(/secret=([\w-]+)/.exec(link)![1]!);
    for (const status of [400, 401, 403, 404, 429, 500, 503]) {
      house.backend.faults.add({ kind: 'status', status, times: 1 });
      await attempt(support.link('Study'));
    }
    for (const kind of ['close after', 'cut', 'not json', 'redirect'] as const) {
      house.backend.faults.add({ kind, times: 1 });
      await attempt(support.link('Study'));
    }
    for (const fields of [['link'], ['target_nonce'], ['encrypted_device_secret']]) {
      house.backend.faults.add({ kind: 'missing fields', fields, times: 1 });
      await attempt(support.link('Study'));
    }
    house.target.online = false;
    await attempt(support.revoke('Study'));
    house.target.online = true;
    await attempt(support.revoke('Study'));
    for (const kind of ['cut', 'missing fields', 'close after'] as const) {
      house.backend.faults.add({ kind, fields: ['device_key'], times: 1 });
      await attempt(support.rollout('Study'));
      collect();
    }
    await attempt(support.rollout('Study'));
    collect();
    expect(secrets.size).toBeGreaterThan(30);
    expect(errors.length).toBeGreaterThan(15);

    const shown = [
      ...house.log.lines,
      ...house.otherFiles.map(({ name, text }) => `${name} ${text}`),
      JSON.stringify(states),
      JSON.stringify(support.list()),
      JSON.stringify(house.links),
      JSON.stringify(house.happenings.since(0)),
      ...errors.map(everything),
    ].join('\n');
    for (const secret of secrets) expect(shown.includes(secret)).toBe(false);
    expect(shown).not.toMatch(/teamviewerapi:\/\/remotecontrol|PRIVATE KEY/);
  });
});

/** An error with its causes, its stack and every property. */
function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const properties = JSON.stringify(error, Object.getOwnPropertyNames(error));
  return `${String(error)} ${error.stack ?? ''} ${properties} ${error.cause === undefined ? '' : everything(error.cause)}`;
}
