/**
 * One line of a table (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in
 * front: names of keys and devices are whatever somebody typed.
 */
export function csvLine(cells: readonly string[]): string {
  return cells
    .map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}
