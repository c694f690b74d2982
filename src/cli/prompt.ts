import { on } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from './cli-error.ts';

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks on the terminal, one question after the other; what is typed is not shown, also what is typed or pasted
 * before its question stands there. Questions go to standard error: standard output may be piped.
 */
export async function askHidden(questions: readonly string[]): Promise<readonly string[]> {
  // From here to the end of the last answer the system does not echo.
  const lines = edited(new Writable({ write: (_chunk, _encoding, done) => done() }));
  const typed = typedLines(lines);
  try {
    const answers: string[] = [];
    for (const question of questions) {
      process.stderr.write(question);
      answers.push(await nextLine(typed));
      process.stderr.write('\n');
    }
    return answers;
  } finally {
    lines.close();
  }
}

/** Asks for a yes; anything else is a no. */
export async function confirm(question: string): Promise<boolean> {
  const lines = edited(process.stderr);
  const typed = typedLines(lines);
  try {
    lines.setPrompt(`${question} [y/N] `);
    lines.prompt();
    return /^y(es)?$/i.test((await nextLine(typed)).trim());
  } finally {
    lines.close();
  }
}

/** With `terminal` the line is edited here, and shown by nobody but the output. */
function edited(output: NodeJS.WritableStream): Interface {
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  lines.once('SIGINT', () => lines.close());
  return lines;
}

/** From now on, whenever they are read; ends with the interface. */
function typedLines(lines: Interface): AsyncIterator<unknown[]> {
  return on(lines, 'line', { close: ['close'] });
}

async function nextLine(typed: AsyncIterator<unknown[]>): Promise<string> {
  const next = await typed.next();
  if (next.done) throw new CliError('GIVEN_UP', 'It was given up.');
  return String(next.value[0]);
}
