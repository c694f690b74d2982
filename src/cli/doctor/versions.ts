import { readFileSync } from 'node:fs';
import { isObject, own, parseJson, type JsonObject } from '../../base/json.ts';
import { failed, ok, skipped, warning, type Finding } from './finding.ts';

/** Source and build lie equally deep below the package. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

export interface Versions {
  readonly gatehouse: string;
  readonly node: string;
  /** Undefined where it cannot be told. */
  readonly homebridge: string | undefined;
}

/** @param told what the running plugin says of Homebridge's version */
export function readVersions(told: string | undefined): Versions {
  const beside = read(new URL('../homebridge/package.json', new URL('./', PACKAGE)));
  return {
    gatehouse: textOf(read(PACKAGE), 'version') ?? 'unknown',
    node: process.versions.node,
    homebridge: told ?? textOf(beside, 'version'),
  };
}

/** Whether they are those that this version is made for. */
export function checkVersions({ node, homebridge }: Versions): readonly Finding[] {
  const engines = own(read(PACKAGE) ?? {}, 'engines');
  const wanted = (name: string): string => (isObject(engines) ? String(own(engines, name)) : '');
  const findings = [finding('node', node, wanted('node'))];
  if (homebridge !== undefined) return [...findings, finding('homebridge', homebridge, wanted('homebridge'))];
  return [...findings, skipped('homebridge', 'its version is not known, since the plugin is not running')];
}

function finding(check: 'node' | 'homebridge', version: string, range: string): Finding {
  const tried = `compared version ${version} with ${range}`;
  if (fits(version, range)) return ok(check, tried, 'fits');
  return check === 'node'
    ? failed(check, tried, 'does not fit', 'Install a Node.js of one of these versions.')
    : warning(check, tried, 'does not fit', 'Update Homebridge.');
}

/** For ranges of the form `^22.12.0 || ^24.0.0`, which is what our manifest has. */
export function fits(version: string, range: string): boolean {
  const [major = 0, minor = 0, patch = 0] = numbers(version);
  return range.split('||').some((part) => {
    const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = numbers(part.replace('^', ''));
    if (major !== wantedMajor) return false;
    return minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
  });
}

function numbers(version: string): number[] {
  return version.trim().replace(/-.*$/, '').split('.').map(Number);
}

function read(url: URL): JsonObject | undefined {
  try {
    const file = parseJson(readFileSync(url, 'utf8'));
    return isObject(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function textOf(file: JsonObject | undefined, key: string): string | undefined {
  const value = file && own(file, key);
  return typeof value === 'string' ? value : undefined;
}
