import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columns, hasColours, plain, wrap } from '../../src/cli/terminal.ts';
import { has } from '../helpers/needs.ts';
import { Home, MAIN } from './gatehouse.ts';

describe('colours', () => {
  it.each([
    ['on a terminal', true, {}, true],
    ['nowhere else', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['again where NO_COLOR is empty', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_what, isTTY, environment, expected) => {
    expect(hasColours({ isTTY, environment })).toBe(expected);
  });
});

describe('columns', () => {
  it('stand under one another, whatever their style', () => {
    const rows = [['a', { text: 'bcd', style: 'red' as const }, 'e'], ['fgh', 'i', 'j'], ['k']];
    expect(columns(rows, (_style, text) => `<${text}>`)).toEqual(['a    <bcd>  e', 'fgh  i    j', 'k']);
  });
});

describe('a long text', () => {
  it.each([
    ['a bc def', 5, ['a bc', 'def']],
    ['a bc def', 8, ['a bc def']],
    ['much too long', 3, ['much', 'too', 'long']],
    ['any', Infinity, ['any']],
  ])('%j within %i', (text, width, lines) => expect(wrap(text, width)).toEqual(lines));
});

describe('what others wrote', () => {
  it.each([
    ['\u001b[31mred\u0007', '[31mred'],
    ['two\nlines\r', 'two lines'],
    ['\u202egnol', 'gnol'],
    ['Straße ⛩', 'Straße ⛩'],
  ])('%j', (text, shown) => expect(plain(text)).toBe(shown));
});

/** A real pseudo-terminal: what is shown on it, with what is typed when a question stands there. */
async function onTerminal(
  args: readonly string[],
  answers: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly shown: string; readonly code: number | null }> {
  const clean = { ...process.env, NO_COLOR: '', FORCE_COLOR: undefined };
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...clean, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  const left = new Map(Object.entries(answers));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
    for (const [question, answer] of left) {
      if (!shown.includes(question)) continue;
      left.delete(question);
      child.stdin.write(answer);
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { shown, code };
}

describe.skipIf(!has('script'))('on a real terminal', { timeout: 30_000 }, () => {
  let home: Home;

  beforeEach(async () => {
    home = await Home.build({ Garage: { serialNumber: 'abc' } });
  });
  afterEach(() => home.demolish());

  it('is coloured, unless NO_COLOR', async () => {
    const [coloured, plainly] = await Promise.all([
      onTerminal(['status', ...home.here]),
      onTerminal(['migrate', ...home.here], {}, { NO_COLOR: '1' }),
    ]);
    expect(coloured.shown).toContain('\u001b[32m●\u001b[39m  \u001b[1mGarage\u001b[22m  closed  online');

    expect(plainly.shown).not.toMatch(/\u001b/);
  });

  it.each([
    ['each after its question', (secret: string, auth: string) => [`${secret}\r`, `${auth}\r`]],
    ['both pasted at once', (secret: string, auth: string) => [`${secret}\n${auth}\n`, '']],
  ])('asks for keys without showing them: %s', async (_what, typed) => {
    const { secretKey, authKey, port } = home.device('Garage');
    const other = new Home();
    other.write({});
    const address = ['--host', '127.0.0.1', '--port', String(port), ...other.here];
    const [first, second] = typed(secretKey, authKey);
    const { shown, code } = await onTerminal(['query', ...address], {
      'API Secret Key (not shown): ': first!,
      'API Auth Key (not shown): ': second!,
    });
    await other.demolish();
    expect([code, shown.replace(/\s*\r?\n/g, '|')]).toEqual([
      0,
      'API Secret Key (not shown):|API Auth Key (not shown):|127.0.0.1: closed|',
    ]);
  });

  it.each([
    ['a yes', 'y\r', 0, /Restart Garage\? \[y\/N\] .*Garage: restarts/s],
    ['a no', '\r', 1, /Nothing was done\./],
    ['Ctrl-C', '\u0003', 1, /It was given up\./],
  ])('restarts after a question: %s', async (_what, answer, code, shown) => {
    const ended = await onTerminal(['restart', 'Garage', ...home.here], { '[y/N]': answer });
    expect(ended.code).toBe(code);
    expect(ended.shown).toMatch(shown);
  });
});
