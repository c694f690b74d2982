import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, systemCode } from '../../base/errors.ts';
import { isObject, own, parseJson } from '../../base/json.ts';
import { parseEntry } from '../../journal/entry.ts';
import { failed, ok, warning, type Finding } from './finding.ts';

const CHECK = 'state-files';
const FOLDER = 'gatehouse';

/** What the plugin keeps in Homebridge's storage: whether it is whole, and can be written. */
export async function checkStateFiles(storage: string): Promise<readonly Finding[]> {
  const folder = join(storage, FOLDER);
  const tried = `read what is in ${folder}`;
  let names: readonly string[];
  try {
    names = (await readdir(folder)).toSorted();
    await access(folder, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [ok(CHECK, tried, 'nothing is there yet')];
    const todo = 'Let the folder belong to the user that Homebridge runs as, or run this as that user.';
    return [failed(CHECK, tried, messageOf(error), todo)];
  }
  const broken: Finding[] = [];
  for (const name of names) {
    const problem = await problemOf(join(folder, name));
    if (problem) broken.push(warning(CHECK, `read ${join(folder, name)}`, problem.found, problem.todo));
  }
  if (broken.length > 0) return broken;
  return [ok(CHECK, tried, `${names.length} ${names.length === 1 ? 'file' : 'files'}, nothing wrong`)];
}

interface Problem {
  readonly found: string;
  readonly todo: string;
}

async function problemOf(path: string): Promise<Problem | undefined> {
  try {
    if (path.endsWith('.json')) return await problemOfJson(path);
    if (path.endsWith('.jsonl')) return await problemOfJournal(path);
    return undefined;
  } catch (error) {
    return { found: messageOf(error), todo: 'Let it belong to the user that Homebridge runs as.' };
  }
}

async function problemOfJson(path: string): Promise<Problem | undefined> {
  const value = parseJson(await readFile(path, 'utf8'));
  if (isObject(value)) return undefined;
  return {
    found: 'cannot be understood',
    todo: 'Delete it while Homebridge is stopped; what it held is learned anew.',
  };
}

/** Lines that cannot be read are passed over, so they cost what they told and nothing else. */
async function problemOfJournal(path: string): Promise<Problem | undefined> {
  if ((await stat(path)).size > MOST_BYTES) return { found: 'is very large', todo: 'Restart Homebridge.' };
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const bad = lines.filter((line) => !isLine(line)).length;
  if (bad === 0) return undefined;
  return { found: `${bad} of ${lines.length} lines cannot be read`, todo: 'Nothing: they are passed over.' };
}

const MOST_BYTES = 100_000_000;

/** A later version may write entries that this one does not know. */
function isLine(line: string): boolean {
  const value = parseJson(line);
  return parseEntry(line) !== undefined || (isObject(value) && own(value, 'v') !== 1);
}
