import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** What the commands write into docs/reliability.md; the rest of it is written by hand. */
export type Section = 'matrix' | 'soak';

const PATH = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

export function readDocument(): string {
  return readFileSync(PATH, 'utf8');
}

export function writeDocument(text: string): void {
  writeFileSync(PATH, text);
}

/**
 * @returns `document` with another content in one of its sections, formatted as everything here is.
 * @throws Error when the document has no such section.
 */
export async function withSection(document: string, section: Section, content: string): Promise<string> {
  const [begin, end] = [`<!-- ${section} -->`, `<!-- end of ${section} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no section "${section}"`);
  const text = `${document.slice(0, from)}${begin}\n\n${content.trim()}\n\n${document.slice(to)}`;
  return format(text, { ...(await resolveConfig(PATH)), parser: 'markdown' });
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
