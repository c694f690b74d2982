import type { Command } from 'commander';
import { duration } from '../journal/describe.ts';
import { defineAction } from './action.ts';
import { defineDeviceOptions, type DeviceFlags } from './device-options.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { DeviceStatus, Via } from './gate.ts';
import { withGates } from './reach-gate.ts';
import { selectDevices } from './selection.ts';
import { columns, plain, wrap, type Cell, type Terminal } from './terminal.ts';

type Row = DeviceStatus & { readonly via: Via };

export function define(command: Command): void {
  command
    .argument('[devices...]', 'names of devices; all of the config if left out')
    .description(
      'Shows how the gates are, and how they are reached. Ends with exit code 3 unless all are online.',
    );
  defineDeviceOptions(command);
  defineAction<DeviceFlags>(command, async ({ flags, terminal, json }, names) => {
    const selection = selectDevices(flags, names, terminal.note);
    const rows = await withGates(selection, flags, async (gate): Promise<Row> => ({
      ...(await gate.status()),
      via: gate.via,
    }));
    const ok = rows.every(({ state }) => state === 'online');
    if (flags.json) json({ ok, devices: rows });
    else for (const line of statusLines(rows, terminal)) terminal.out(line);
    return ok ? EXIT_CODES.ok : EXIT_CODES.offline;
  });
}

/** One line for each device, and two more for one with a problem. */
export function statusLines(rows: readonly Row[], terminal: Pick<Terminal, 'paint' | 'width'>): string[] {
  const lines = columns(rows.map(cellsOf), terminal.paint);
  return rows.flatMap(({ problem }, index) => [
    lines[index] ?? '',
    ...(problem ? [problem.message, `→ ${problem.remedy}`] : [])
      .flatMap((text) => wrap(plain(text), terminal.width - 2))
      .map((line) => `  ${line}`),
  ]);
}

function cellsOf(row: Row): readonly Cell[] {
  const online = row.state === 'online';
  return [
    { text: online ? '●' : '○', style: online ? 'green' : 'red' },
    { text: plain(row.name), style: 'bold' },
    doorCell(row),
    online ? 'online' : { text: awayFor(row), style: 'red' },
    { text: factsOf(row).join(', '), style: 'dim' },
  ];
}

/** What Apple Home shows, where the plugin tells it; else what the sensor says. */
function doorCell({ door, sensor, state }: Row): Cell {
  if (state !== 'online') return 'unknown';
  const text = plain((door?.unavailable === false ? door.current : sensor) ?? 'unknown');
  if (door?.obstruction) return { text: `${text}, obstructed`, style: 'red' };
  return text === 'closed' ? text : { text, style: 'yellow' };
}

function awayFor({ state, offlineFor }: Row): string {
  return offlineFor === undefined ? state : `${state} for ${duration(offlineFor)}`;
}

function factsOf({ apiVersion, logging, readOnly, remootioVersion, serialNumber, via }: Row): string[] {
  return [
    via === 'plugin' ? 'by the running plugin' : 'direct',
    remootioVersion,
    apiVersion === undefined ? undefined : `API ${apiVersion}`,
    serialNumber,
    logging === undefined || logging === 'unknown' ? undefined : `logging ${logging}`,
    readOnly ? 'read-only' : undefined,
  ].flatMap((fact) => (fact === undefined ? [] : [plain(fact)]));
}
