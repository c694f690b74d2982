import { readdir, readFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { parseJson, type JsonObject } from '../../base/json.ts';
import { redact, withoutSecrets } from '../../base/redact.ts';
import { CliError } from '../cli-error.ts';
import type { LocatedConfig } from '../homebridge-config.ts';
import { readJournals } from '../journal-entries.ts';
import type { Section } from './finding.ts';
import { readVersions } from './versions.ts';

export interface BundleOptions {
  readonly sections: readonly Section[];
  readonly config: LocatedConfig | undefined;
  /** What the running plugins say of themselves. */
  readonly diagnostics: readonly unknown[];
  readonly homebridge: string | undefined;
  /** Hex texts of every key that is known. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

const JOURNAL_ENTRIES = 200;
/** What the plugin keeps of each accessory, and where it listens. */
const STATE_FILE = /^([0-9a-f-]{36}|channel[\w-]*)\.json$/i;

/** Writes what a bug report needs, without anything that opens a gate. @throws {@link CliError} */
export async function writeBundle(path: string, options: BundleOptions): Promise<void> {
  const { clock, config, diagnostics, homebridge, sections, secrets } = options;
  const bundle = {
    made: new Date(clock.now()).toISOString(),
    versions: readVersions(homebridge),
    system: { platform: platform(), release: release(), arch: arch() },
    sections,
    diagnostics,
    ...(config && {
      config: [...config.blocks, ...config.peers].map((block) => withoutSecrets(block)),
      state: await stateOf(config.storage),
      journal: await journalOf(config.storage),
    }),
  };
  const text = redact(JSON.stringify(bundle, undefined, 2), secrets.flatMap(formsOf));
  try {
    await writeFileAtomic(path, `${text}\n`);
  } catch (error) {
    throw new CliError('CANNOT_WRITE', `${path} cannot be written (${messageOf(error)}).`, { cause: error });
  }
}

/** A key as it may have been written down. */
function formsOf(hex: string): readonly string[] {
  return [hex, hex.toLowerCase(), hex.toUpperCase(), Buffer.from(hex, 'hex').toString('base64')];
}

async function stateOf(storage: string): Promise<JsonObject> {
  const folder = join(storage, 'gatehouse');
  const names = await readdir(folder).catch(() => []);
  const files = names
    .filter((name) => STATE_FILE.test(name))
    .map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => messageOf(error));
      return [name, parseJson(text) ?? text] as const;
    });
  return Object.fromEntries(await Promise.all(files));
}

async function journalOf(storage: string): Promise<unknown> {
  try {
    return await readJournals(storage, { limit: JOURNAL_ENTRIES });
  } catch (error) {
    return messageOf(error);
  }
}
