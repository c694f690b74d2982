import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { connectChannel } from '../channel/connect.ts';
import { describe } from '../journal/describe.ts';
import { JOURNAL_KINDS, timeOf, type JournalEntry } from '../journal/entry.ts';
import type { JournalQuery } from '../journal/query.ts';
import { defineAction, untilInterrupted, type Context } from './action.ts';
import { csvLine } from './csv.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { readHomebridgeConfig } from './homebridge-config.ts';
import { followJournal, readJournals } from './journal-entries.ts';
import { keyNamesFor, type KeyNamesFor } from './key-names.ts';
import { plain } from './terminal.ts';
import { localTime, pastTime } from './time.ts';
import { UsageError } from './usage-error.ts';
import { whole } from './whole-number.ts';

interface JournalFlags extends PlaceFlags {
  readonly device?: string;
  readonly kind?: string[];
  readonly person?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  readonly follow?: boolean;
  readonly csv?: boolean;
}

const MOST_ENTRIES = 100_000;

export function define(command: Command): void {
  const time = (text: string): number => pastTime(text, systemClock.now());
  const kinds = command
    .createOption('--kind <kinds...>', 'only entries of these kinds; --help lists them')
    .choices(JOURNAL_KINDS);
  command
    .description('Shows who operated what, and when, from the journal of the plugin; the newest last.')
    .option('--device <name>', 'only one device')
    .addOption(kinds)
    .option('--person <name>', 'only what one person or key did, by name or by the number of the key')
    .option('--since <time>', 'not before: a date like 2026-07-28, or an age like 30m, 2h or 3d', time)
    .option('--until <time>', 'only before', time)
    .option('--limit <count>', 'the last so many', whole(1, MOST_ENTRIES), 50)
    .option('--follow', 'then what happens from now on, until it is interrupted; needs the running plugin')
    .option('--csv', 'print a table for a spreadsheet');
  definePlaceOptions(command);
  defineAction<JournalFlags>(command, async (context) => {
    await showJournal(context);
    return undefined;
  });
}

async function showJournal(context: Context<JournalFlags>): Promise<void> {
  const { flags, terminal } = context;
  if (flags.csv && flags.json) throw new UsageError('--csv and --json exclude each other.');
  const { devices, storage } = readHomebridgeConfig(flags);
  const names = keyNamesFor(devices);
  const { device, person, since, until, limit } = flags;
  const kinds = JOURNAL_KINDS.filter((kind) => flags.kind?.includes(kind));
  const query: JournalQuery = { device, person, since, until, ...(kinds.length > 0 && { kinds }) };
  const print = printer(context, names);
  if (flags.csv) terminal.out(csvLine(CSV_HEADER));
  if (!flags.follow) {
    for (const entry of await readJournals(storage, { ...query, limit }, names)) print(entry);
    return;
  }
  // Connected before the file is read, so that nothing falls between the two.
  const client = await connectChannel(storage);
  try {
    await untilInterrupted((signal) =>
      followJournal({ storage, query, limit, keyNamesFor: names, client, signal, print }),
    );
  } finally {
    await client.close();
  }
}

const CSV_HEADER = ['time', 'device', 'kind', 'by', 'key', 'way', 'told late', 'text'];

function printer(
  { flags, terminal, json }: Context<JournalFlags>,
  names: KeyNamesFor,
): (entry: JournalEntry) => void {
  const say = (entry: JournalEntry): string => describe(entry, names(entry));
  if (flags.json) return (entry) => json({ ...entry, line: say(entry) });
  if (flags.csv) return (entry) => terminal.out(csvLine(csvCells(entry, say(entry))));
  return (entry) => {
    const late = entry.old && entry.at !== undefined ? terminal.paint('dim', ' (told late)') : '';
    terminal.out(`${terminal.paint('dim', localTime(timeOf(entry)))}  ${plain(say(entry))}${late}`);
  };
}

function csvCells(entry: JournalEntry, line: string): readonly string[] {
  const { at, by, device, kind, old } = entry;
  return [
    at === undefined ? '' : new Date(at).toISOString(),
    device?.name ?? '',
    kind,
    by?.name ?? by?.keyType ?? '',
    by?.keyNr === undefined ? '' : String(by.keyNr),
    by?.via ?? '',
    old ? 'yes' : '',
    line,
  ].map(plain);
}
