import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JsonObject } from '../../src/base/json.ts';
import { ROOT } from '../helpers/plugin-folder.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { builtPlugin } from './built.ts';
import type { Address } from './floor-session.ts';

/** A plugin that takes part, in a folder of its own as Homebridge finds it. */
export interface PluginContender {
  readonly name: 'floor plugin' | 'gatehouse' | 'homebridge-remootio';
  readonly folder: string;
  /** What stands in Homebridge's config for it. `more` is for ours alone. */
  readonly platform: (devices: readonly NamedAddress[], more?: JsonObject) => JsonObject;
}

export interface NamedAddress extends Address {
  readonly name: string;
}

/** The floor first, ours second, and a homebridge-remootio if somebody has one. */
export async function pluginContenders(peer?: string): Promise<readonly PluginContender[]> {
  const contenders: PluginContender[] = [
    {
      name: 'floor plugin',
      folder: floorFolder(),
      platform: (devices) => ({ platform: 'GatehouseFloor', devices: devices.map(deviceConfig) }),
    },
    {
      name: 'gatehouse',
      folder: await builtPlugin(),
      platform: (devices, more = {}) => ({
        platform: 'Gatehouse',
        devices: devices.map((device) => ({ ...deviceConfig(device), ...more })),
      }),
    },
  ];
  if (peer !== undefined) contenders.push(remootioPlugin(resolve(peer)));
  return contenders;
}

function deviceConfig({ name, host, port, secretKey, authKey }: NamedAddress): JsonObject {
  return { name, host, port, apiSecretKey: secretKey, apiAuthKey: authKey };
}

/** The folder goes with this process, see `makeTempFolder`. */
function floorFolder(): string {
  const folder = join(makeTempFolder('floor'), 'homebridge-gatehouse-floor');
  mkdirSync(folder);
  cpSync(join(ROOT, 'test/bench/floor-plugin'), folder, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function remootioPlugin(folder: string): PluginContender {
  return {
    name: 'homebridge-remootio',
    folder,
    platform: (devices) => ({
      platform: 'Remootio',
      devices: devices.map(({ name, host, port, secretKey, authKey }) => ({
        name,
        // The vendor's client puts ":8080/" behind it; behind a question mark that is not a port any more.
        ipAddress: `${host}:${port}/?`,
        apiSecretKey: secretKey,
        apiAuthKey: authKey,
        garageDoorName: name,
      })),
    }),
  };
}
