import { existsSync, mkdirSync, readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { ReachError } from '../../src/reach/errors.ts';
import { runRolloutCommand } from '../../src/reach/rollout-command.ts';
import { decodeText, parseRolloutObject, parseRolloutText } from '../../src/reach/rollout-data.ts';
import { readRolloutFile } from '../../src/reach/rollout-file.ts';
import { FakeClock, settle } from '../helpers/fake-clock.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { eventually } from './call-clock.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const GUID = '8c4fa1a7-9d1c-41e9-be17-70e95c289080';
const KEY = 'S3cr3t=Rollout+Key==';
const DATA = { rolloutKey: KEY, requestId: `{${GUID}}`, remotecontrolId: 'r124124124' };

let folder: string;
beforeEach(() => {
  folder = makeTempFolder('rollout');
});
afterEach(() => removeTempFolder(folder));

async function failure(promise: Promise<unknown>): Promise<ReachError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof ReachError)) throw new Error('it did not fail');
  expect(error.message).not.toContain(KEY);
  return error;
}

describe('a text of rollout data', () => {
  it.each([
    ['JSON, PascalCase', `{"RolloutKey":"${KEY}","GUID":"{${GUID}}","RemotecontrolID":"r124124124"}`],
    ['JSON, snake_case', `{"rollout_key":"${KEY}","request_id":"${GUID}","remotecontrol_id":"r124124124"}`],
    [
      'JSON, camelCase',
      `{"rolloutKey":"${KEY}","requestId":"{${GUID}}","remotecontrolId":"r124124124","more":1}`,
    ],
    ['JSON, upper case', `{"ROLLOUT_KEY":"${KEY}","GUID":"{${GUID}}","REMOTECONTROL_ID":"r124124124"}`],
    ['key=value', `RolloutKey=${KEY}\nGUID={${GUID}}\nRemotecontrolID=r124124124\n`],
    [
      'key=value of Windows',
      `[Rollout]\r\n; comment\r\nROK = ${KEY}\r\nRequestID=${GUID}\r\nTeamViewer ID=r124124124`,
    ],
    [
      'key=value in quotes',
      `rollout-key="${KEY}"\n# comment\nrequest-id='{${GUID}}'\nremotecontrol-id="r124124124"`,
    ],
  ])('%s', (_style, text) => expect(parseRolloutText(text, 'it')).toEqual(DATA));

  it('is read whatever case and separators its names have', () => {
    const word = (text: string) =>
      fc
        .tuple(
          ...Array.from(text).map((letter) =>
            fc
              .tuple(fc.boolean(), fc.constantFrom('', '', '_', '-', ' '))
              .map(([upper, separator]) => (upper ? letter.toUpperCase() : letter.toLowerCase()) + separator),
          ),
        )
        .map((letters) => letters.join('').trim());
    fc.assert(
      fc.property(
        word('rolloutkey'),
        word('guid'),
        word('remotecontrolid'),
        fc.boolean(),
        (key, guid, id, json) => {
          const fields = { [key]: KEY, [guid]: GUID, [id]: 'r124124124' };
          const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
          expect(parseRolloutText(json ? JSON.stringify(fields) : lines.join('\n'), 'it')).toEqual(DATA);
        },
      ),
    );
  });

  it.each([
    ['', 'lacks RolloutKey, the GUID (RequestID), RemotecontrolID', 'none of them'],
    ['{}', 'lacks RolloutKey, the GUID (RequestID), RemotecontrolID', 'none of them'],
    [`RolloutKey=${KEY}`, 'lacks the GUID (RequestID), RemotecontrolID', 'found RolloutKey.'],
    [`{"GUID":"${GUID}","ID":"r1"}`, 'lacks RolloutKey, RemotecontrolID', 'found GUID, ID.'],
    [KEY, 'lacks RolloutKey', '1 with other names'],
    [`RolloutKey=\nGUID=${GUID}\nRemotecontrolID=r1`, 'lacks RolloutKey.', ''],
    [`RolloutKey=x\nGUID=${KEY}\nRemotecontrolID=r1`, 'is not a GUID', ''],
    [`RolloutKey=x\nGUID=${GUID}\nRemotecontrolID=124`, 'must begin with the letter r', ''],
  ])('%j fails with what it looked for', (text, missing, found) => {
    let error: unknown;
    try {
      parseRolloutText(text, 'the rollout file');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'NO_ROLLOUT_DATA', outcome: 'not sent' });
    const { message } = error as Error;
    expect(message).toContain(missing);
    expect(message).toContain(found);
    expect(message).not.toContain(KEY.slice(0, 6));
  });

  it('never throws anything but a ReachError, whatever it is given', () => {
    const parse = (run: () => unknown): void => {
      try {
        run();
      } catch (error) {
        expect(error).toBeInstanceOf(ReachError);
      }
    };
    fc.assert(fc.property(fc.anything(), (value) => parse(() => parseRolloutObject(value, 'it'))));
    fc.assert(fc.property(fc.string(), (text) => parse(() => parseRolloutText(text, 'it'))));
  });

  it.each([
    ['UTF-8', Buffer.from('é=1')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFé=1')],
    ['UTF-16 with a mark', Buffer.from('\uFEFFé=1', 'utf16le')],
    ['UTF-16', Buffer.from('é=1', 'utf16le')],
  ])('is read as %s', (_encoding, bytes) => expect(decodeText(bytes)).toBe('é=1'));
});

describe('the rollout file', () => {
  const path = (): string => join(folder, 'rollout.json');
  const text = (guid: string): string => JSON.stringify({ ...DATA, requestId: guid });
  const OTHER = '00000000-9d1c-41e9-be17-70e95c289080';

  it('is read', async () => {
    writeFileSync(path(), text(GUID));
    const clock = new FakeClock();
    expect(await readRolloutFile({ path: path(), patience: 10_000, used: () => false }, clock)).toEqual(DATA);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['written anew', (fresh: string) => writeFileSync(path(), fresh)],
    [
      'replaced',
      (fresh: string) => {
        writeFileSync(join(folder, 'new'), fresh);
        renameSync(join(folder, 'new'), path());
      },
    ],
  ])('that has served its request is waited for until it is %s', async (_how, rewrite) => {
    writeFileSync(path(), text(GUID));
    // On the real clock, whose polling comes too late to be what notices.
    const started = systemClock.monotonic();
    const reading = readRolloutFile(
      { path: path(), patience: 600_000, used: (id) => id === `{${GUID}}` },
      { ...systemClock, after: (delay, callback) => systemClock.after(delay + 60_000, callback) },
    );
    await settle();
    rewrite(text(OTHER));
    expect((await reading).requestId).toBe(`{${OTHER}}`);
    expect(systemClock.monotonic() - started).toBeLessThan(30_000);
  });

  it('is looked at again every second where nobody tells of changes', async () => {
    const clock = new FakeClock();
    writeFileSync(path(), text(GUID));
    let looked = 0;
    const reading = failure(
      readRolloutFile({ path: path(), patience: 5_000, used: () => ++looked > 0 }, clock),
    );
    for (let second = 0; second < 5; second++) {
      await new Promise<void>((resolve) => {
        const wait = (): void => {
          if (clock.pending > 0) resolve();
          else setImmediate(wait);
        };
        wait();
      });
      await clock.advance(1_000);
    }
    expect(await reading).toMatchObject({ code: 'ROLLOUT_DATA_USED', retry: true });
    expect(looked).toBe(6);
  });

  it('that is half written is waited for', async () => {
    writeFileSync(path(), text(GUID).slice(0, 40));
    const reading = readRolloutFile({ path: path(), patience: 600_000, used: () => false }, systemClock);
    await settle();
    writeFileSync(path(), text(GUID));
    expect(await reading).toEqual(DATA);
  });

  it('that is missing fails at once, and says who writes it', async () => {
    const clock = new FakeClock();
    const error = await failure(
      readRolloutFile({ path: path(), patience: 10_000, used: () => false }, clock),
    );
    expect(error.code).toBe('NO_ROLLOUT_DATA');
    expect(error.message).toBe(
      `the rollout file ${path()} does not exist; the TeamViewer client writes it at its start.`,
    );
    expect(clock.pending).toBe(0);
  });

  it('that is a folder fails', async () => {
    mkdirSync(path());
    const reading = readRolloutFile({ path: path(), patience: 10_000, used: () => false }, new FakeClock());
    expect((await failure(reading)).message).toContain('cannot be read (EISDIR)');
  });

  it('is not waited for once nobody wants it', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    writeFileSync(path(), text(GUID));
    const looked = new Promise<void>((resolve) => {
      void failure(
        readRolloutFile(
          {
            path: path(),
            patience: 600_000,
            used: () => (setImmediate(resolve), true),
            signal: abort.signal,
          },
          clock,
        ),
      ).then((error) => expect(error.code).toBe('ROLLOUT_DATA_USED'));
    });
    await looked;
    abort.abort();
    await settle();
    expect(clock.pending).toBe(0);
  });
});

describe('the rollout command', () => {
  const run = (command: string | readonly string[], clock = new FakeClock(), more = {}) =>
    runRolloutCommand({ command, timeout: 30_000, withhold: ['GATEHOUSE_SCRIPT_TOKEN'], ...more }, clock);
  const node = (script: string): string[] => [process.execPath, '-e', script];

  it('is a program with arguments, of which no shell makes anything', async () => {
    const script = 'process.stdout.write(process.argv[1])';
    expect(String(await run([...node(script), '$HOME `id` "x"']))).toBe('$HOME `id` "x"');
  });

  it('is a line for the shell', async () => {
    expect(String(await run('echo one && echo two'))).toMatch(/one\r?\ntwo/);
  });

  it('does not see our secrets', async () => {
    process.env['GATEHOUSE_SCRIPT_TOKEN'] = 'token';
    try {
      const script =
        'process.stdout.write(JSON.stringify([process.env.GATEHOUSE_SCRIPT_TOKEN ?? null, !!process.env.PATH]))';
      expect(String(await run(node(script)))).toBe('[null,true]');
    } finally {
      delete process.env['GATEHOUSE_SCRIPT_TOKEN'];
    }
  });

  it.each([
    [
      'fails',
      node(`console.log('${KEY}'); console.error('${KEY}'); process.exitCode = 3`),
      'ended with code 3',
    ],
    ['is killed', node('process.kill(process.pid, "SIGTERM")'), 'ended with SIGTERM'],
    ['does not exist', ['/does/not/exist'], 'cannot be started (ENOENT)'],
    ['talks too much', node('for (;;) process.stdout.write("x".repeat(9999))'), 'wrote more than 64 kB'],
  ])('that %s is reported without its output', async (_what, command, message) => {
    const clock = new FakeClock();
    expect((await failure(run(command, clock))).message).toContain(message);
    expect(clock.pending).toBe(0);
  });

  it.skipIf(process.platform === 'win32')(
    'that does not end is ended, with what it has started',
    async () => {
      const clock = new FakeClock();
      const pidFile = join(folder, 'pid');
      const written = new Promise<void>((resolve) => {
        const watcher = watch(folder, () => {
          if (!existsSync(pidFile) || !readFileSync(pidFile, 'utf8').endsWith('\n')) return;
          watcher.close();
          resolve();
        });
      });
      const running = failure(run(`sleep 600 & echo $! > ${pidFile}; wait`, clock));
      await written;
      const pid = Number(readFileSync(pidFile, 'utf8'));
      expect(process.kill(pid, 0)).toBe(true);
      await clock.advance(30_000);
      expect((await running).message).toContain('did not end within 30 s');
      await eventually(() => isRunning(pid)).toBe(false);
    },
  );

  it('is stopped when nobody waits for it any more', async () => {
    const abort = new AbortController();
    const clock = new FakeClock();
    const running = failure(run(node('setInterval(() => {}, 1e6)'), clock, { signal: abort.signal }));
    abort.abort();
    expect((await running).message).toContain('nobody waits');
    expect(clock.pending).toBe(0);
  });
});

/** A process that nobody has reaped yet is dead all the same. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/status`;
    return !existsSync(status) || !/^State:\s*Z/m.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}
