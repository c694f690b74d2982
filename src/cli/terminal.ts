import type { Command } from 'commander';

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

export type Style = keyof typeof STYLES;

/** Where a command writes. */
export interface Terminal {
  /** Whether somebody watches: progress is for eyes, not for files. */
  readonly live: boolean;
  /** Characters on a line; no end where nobody watches. */
  readonly width: number;
  /** One line of what was asked for, on standard output. */
  readonly out: (line: string) => void;
  /** One line beside it, on standard error. */
  readonly note: (line: string) => void;
  /** The text in a style, where the terminal has any. */
  readonly paint: (style: Style, text: string) => string;
}

interface TerminalFacts {
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const processFacts = (): TerminalFacts => ({
  // Typed as always there; undefined where it is no terminal.
  isTTY: process.stdout.isTTY,
  columns: process.stdout.columns,
  environment: process.env,
});

/** Writes where the program was told to write. */
export function terminalOf(command: Command, facts: TerminalFacts = processFacts()): Terminal {
  const output = command.configureOutput();
  const coloured = hasColours(facts);
  return {
    live: facts.isTTY,
    width: facts.isTTY && facts.columns ? facts.columns : Infinity,
    out: (line) => output.writeOut?.(`${line}\n`),
    note: (line) => output.writeErr?.(`${line}\n`),
    paint: (style, text) => (coloured ? paint(style, text) : text),
  };
}

/** https://no-color.org: any value that is not empty. */
export function hasColours({ isTTY, environment }: TerminalFacts): boolean {
  return isTTY && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** Names come from configs, devices and networks: nothing in them may steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** A text on lines of at most so many characters, broken between words; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** A piece of a line. */
export type Cell = string | { readonly text: string; readonly style: Style };

/** Rows with their columns under one another, two spaces apart. */
export function columns(
  rows: readonly (readonly Cell[])[],
  paintCell: Terminal['paint'] = (_style, text) => text,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, textOf(cell).length)));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const last = index === row.length - 1;
        const text = last ? textOf(cell) : textOf(cell).padEnd(widths[index] ?? 0);
        return typeof cell === 'string' ? text : paintCell(cell.style, text);
      })
      .join('  '),
  );
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function paint(style: Style, text: string): string {
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
