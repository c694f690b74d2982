import type { Clock } from '../../base/clock.ts';
import type { StatusResult } from '../../channel/protocol.ts';
import type { LocatedConfig } from '../homebridge-config.ts';
import { checkClock } from './device-state.ts';
import { failed, skipped, type Finding, type Section } from './finding.ts';
import { checkConfig, checkPlugin } from './homebridge.ts';
import { checkStateFiles } from './state-files.ts';
import { checkVersions, readVersions } from './versions.ts';

export interface HouseSectionOptions {
  /** An error where there is none that can be read; undefined where none is needed. */
  readonly config: LocatedConfig | Error | undefined;
  /** An error where one runs that may not be talked to. */
  readonly plugins: readonly StatusResult[] | Error;
  readonly clock: Clock;
}

/** This computer: its clock, Homebridge with its config and versions, and what the plugin keeps on disk. */
export async function houseSection({ clock, config, plugins }: HouseSectionOptions): Promise<Section> {
  const told = plugins instanceof Error ? undefined : plugins[0]?.plugin.homebridge;
  const versions = readVersions(told);
  const running = plugins instanceof Error ? plugins : plugins.map(({ plugin }) => plugin);
  return {
    title: 'This computer',
    findings: [
      checkClock(clock.now()),
      ...configFindings(config),
      ...(config === undefined || config instanceof Error ? [] : checkPlugin(running, versions.gatehouse)),
      ...checkVersions(versions),
      ...(config === undefined || config instanceof Error
        ? [skipped('state-files', 'not looked for, since there is no config of Homebridge')]
        : await checkStateFiles(config.storage)),
    ],
  };
}

function configFindings(config: HouseSectionOptions['config']): readonly Finding[] {
  if (config === undefined) return [skipped('config', 'there is none, and none is needed with --host')];
  if (config instanceof Error) {
    return [failed('config', 'looked for the config of Homebridge', config.message, 'Say where it is.')];
  }
  return checkConfig(config);
}
