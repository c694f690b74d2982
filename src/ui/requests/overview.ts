import { isObject, own } from '../../base/json.ts';
import { ownVersion } from '../../base/own-package.ts';
import { planTakeover } from '../../config/takeover.ts';
import { KEY_FORMAT } from '../../wire/keys.ts';
import { readSavedConfig } from '../homebridge-config.ts';
import { noParams, request, type PageContext, type RequestHandler } from '../request.ts';

/** What the page needs to decide with what it begins. */
export function overviewRequests({ configPath }: PageContext): readonly RequestHandler[] {
  return [
    request('/overview', noParams, async () => {
      const saved = await readSavedConfig(configPath);
      return {
        version: ownVersion(),
        devices: saved.devices.map(({ name, host, port, serialNumber }) => ({
          name,
          host,
          port,
          ...(serialNumber !== undefined && { serialNumber }),
        })),
        problems: saved.problems.map(({ message }) => message),
        peerDevices: planTakeover(saved, KEY_FORMAT).devices,
        remoteSupport: saved.blocks.some((block) => isObject(own(block, 'remoteSupport'))),
      };
    }),
  ];
}
