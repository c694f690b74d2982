import { isObject, own } from '../../base/json.ts';
import { OWN_PACKAGE, ownVersion, readManifest, versionIn } from '../../base/own-package.ts';
import { failed, ok, skipped, warning, type Finding } from './finding.ts';

export interface Versions {
  readonly gatehouse: string;
  readonly node: string;
  /** Undefined where it cannot be told. */
  readonly homebridge: string | undefined;
}

/** @param told what the running plugin says of Homebridge's version */
export function readVersions(told: string | undefined): Versions {
  const beside = readManifest(new URL('../homebridge/', OWN_PACKAGE));
  return {
    gatehouse: ownVersion(),
    node: process.versions.node,
    homebridge: told ?? versionIn(beside),
  };
}

/** Whether they are those that this version is made for. */
export function checkVersions({ node, homebridge }: Versions): readonly Finding[] {
  const engines = own(readManifest(OWN_PACKAGE) ?? {}, 'engines');
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
