import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodesHelp, EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { CommandError } from '../../src/device/errors.ts';
import { ChannelError, RemoteError } from '../../src/channel/errors.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { Child } from '../helpers/child.ts';
import { gatehouse, MAIN } from './gatehouse.ts';

const COMMANDS = [
  ...['discover', 'status', 'watch', 'query', 'open', 'close', 'trigger', 'secondary', 'hold', 'restart'],
  ...['doctor', 'journal', 'migrate', 'simulate'],
];

describe('--help', { timeout: 30_000 }, () => {
  it('lists every command and every exit code', async () => {
    const { code, out } = await gatehouse('--help');
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`\\n  ${command} +\\w`));
    for (const exitCode of Object.values(EXIT_CODES))
      expect(out).toMatch(new RegExp(`\\n  ${exitCode}  \\w`));
    expect(out).toContain(exitCodesHelp());
  });

  it.each(COMMANDS)('teaches %s, which takes --json unless it prints nothing else', async (command) => {
    const { code, out } = await gatehouse(command, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: gatehouse ${command} `));
    expect(out.includes('--json')).toBe(command !== 'simulate');
  });

  it('is in docs/command-line.md: every command, option and exit code', async () => {
    const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
    const words = page.replace(/\s+/g, ' ');
    for (const command of COMMANDS) expect(words).toMatch(new RegExp(`\\| \`${command}\\b`));
    for (const command of COMMANDS.filter((each) => each !== 'simulate')) {
      const { out } = await gatehouse(command, '--help');
      const options = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
      for (const option of options.filter((each) => each !== '--version')) expect(words).toContain(option);
    }
    for (const line of exitCodesHelp().trim().split('\n').slice(1)) {
      const [, code, meaning] = /^ {2}(\d) {2}(.*)$/.exec(line)!;
      expect(words).toContain(`| ${code!} | ${meaning!} |`);
    }
  });

  it('loads next to nothing', async () => {
    const tell = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) { console.error('loads', url); return next(url, context); } });`;
    const preload = `data:text/javascript,${encodeURIComponent(tell)}`;
    const child = new Child({ name: 'gatehouse', args: ['--import', preload, MAIN, '--help'] });
    expect(await child.exited).toMatchObject({ code: 0 });
    const loaded = child.lines
      .since(0)
      .filter(({ from, text }) => from === 'stderr' && text.startsWith('loads file:'))
      .map(({ text }) => text.slice(6));
    expect(loaded.filter((url) => url.includes('/src/cli/program'))).toHaveLength(1);
    expect(loaded.filter((url) => !/\/src\/(base|cli)\/|\/test\/helpers\//.test(url))).toEqual([]);
    expect(loaded.length).toBeLessThan(10);
  });
});

describe('exit codes', () => {
  it.each([
    [new UsageError('x'), 2],
    [new CommandError('OFFLINE', 'x'), 3],
    [new CommandError('RELAY_BUSY', 'x'), 4],
    [new CommandError('NOT_SUPPORTED', 'x'), 4],
    [new CommandError('NO_ANSWER', 'x'), 5],
    [new CommandError('CONNECTION_LOST', 'x'), 5],
    [new ChannelError('NO_PLUGIN', 'x'), 3],
    [new RemoteError('x', { code: 'READ_ONLY', retry: false }), 4],
    [new RemoteError('x', { code: 'FAILED', retry: false, outcome: 'unknown' }), 5],
    [new Error('x'), 1],
    ['x', 1],
  ])('%s → %i', (error, code) => expect(exitCodeOf(error)).toBe(code));
});
