import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { Child } from '../helpers/child.ts';

async function gatehouse(...args: readonly string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(args, { out: (text) => out.push(text), error: (text) => error.push(text) });
  return { code, out: out.join(''), error: error.join('') };
}

describe('the command line', () => {
  it('lists its commands, each with a summary', async () => {
    const { code, out, error } = await gatehouse('--help');
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: gatehouse /);
    expect(out).toMatch(/\n {2}simulate .*simulated Remootio devices\n/);
  });

  it('tells its version', async () => {
    const { code, out } = await gatehouse('--version');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.each([
    ['simulate', '--help'],
    ['help', 'simulate'],
  ])('explains a command: %s %s', async (...args) => {
    const { code, out } = await gatehouse(...args);
    expect(code).toBe(0);
    expect(out).toContain('--travel-ms');
    expect(out).toContain('authentication-error-after-challenge');
    expect(out).toContain('pushDoorbell');
  });

  it('shows its help as an error when it is given nothing to do', async () => {
    const { code, out, error } = await gatehouse();
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/^Usage: gatehouse /);
  });

  const KEY = 'ab'.repeat(31);

  it.each([
    ['an unknown command', ['dance'], "gatehouse: unknown command 'dance'"],
    [
      'an unknown option',
      ['simulate', '--prt', '1'],
      "gatehouse: unknown option '--prt' (Did you mean --port?)",
    ],
    [
      'an option without its value',
      ['simulate', '--port'],
      "gatehouse: option '--port <number>' argument missing",
    ],
    ['a word too many', ['simulate', 'now'], "gatehouse: too many arguments for 'simulate'."],
    ['a port that is none', ['simulate', '--port', '70000'], 'a whole number, 0 to 65535'],
    ['a time that is none', ['simulate', '--travel-ms', '-5'], 'a whole number, 1 or more'],
    ['a version that is none', ['simulate', '--api-version', '4'], 'Allowed choices are 1, 2, 3'],
    ['a mode that is none', ['simulate', '--mode', 'x'], 'Allowed choices are impulse, directional'],
    ['a fault that is none', ['simulate', '--fault', 'x'], 'There is no such fault; --help lists them'],
    [
      'ports past the end',
      ['simulate', '--port', '65530', '--devices', '10'],
      'gatehouse: --devices 10 needs ports past 65535: use a lower --port',
    ],
    [
      'half a key',
      ['simulate', '--secret-key', KEY],
      'gatehouse: --secret-key has 62 hex digits instead of 64',
    ],
    [
      'no key',
      ['simulate', '--auth-key', 'xyz'],
      'gatehouse: --auth-key holds characters other than the hex digits',
    ],
  ])('%s: one clear line and exit code 2', async (_what, args, message) => {
    const { code, out, error } = await gatehouse(...args);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/^gatehouse: [^\n]+\n$/);
    expect(error).toContain(message);
    expect(error).not.toContain(KEY);
  });
});

describe('gatehouse as a process', { timeout: 30_000 }, () => {
  const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

  it('ends with the exit code, and says why on standard error', async () => {
    const child = new Child({ name: 'gatehouse', args: [MAIN, 'dance'] });
    expect(await child.exited).toEqual({ code: 2, signal: null });
    expect(child.lines.since(0)).toMatchObject([
      { from: 'stderr', text: "gatehouse: unknown command 'dance'" },
    ]);
  });

  it('loads no websocket code for its help', async () => {
    const tellWhatIsLoaded = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) { console.error('loads', url); return next(url, context); } });`;
    const loadedBy = async (...args: readonly string[]): Promise<readonly string[]> => {
      const preload = `data:text/javascript,${encodeURIComponent(tellWhatIsLoaded)}`;
      const child = new Child({ name: 'gatehouse', args: ['--import', preload, MAIN, ...args] });
      expect(await child.exited).toMatchObject({ code: 0 });
      return child.lines
        .since(0)
        .filter(({ from, text }) => from === 'stderr' && text.startsWith('loads '))
        .map(({ text }) => text);
    };
    const websocket = /node_modules.ws.|src.simulator./;
    expect((await loadedBy('simulate', '--help')).filter((url) => websocket.test(url))).not.toEqual([]);
    const help = await loadedBy('--help');
    expect(help.filter((url) => url.includes('src/cli/program'))).not.toEqual([]);
    expect(help.filter((url) => websocket.test(url))).toEqual([]);
  });
});
