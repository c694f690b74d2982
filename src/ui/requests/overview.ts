import { isObject, own } from '../../base/json.ts';
import { readSavedConfig } from '../homebridge-config.ts';
import { noParams, request, type PageContext, type RequestHandler } from '../request.ts';
import { hasPeer, planTakeover } from '../takeover.ts';
import { pluginVersion } from '../version.ts';

/** What the page needs to decide with what it begins. */
export function overviewRequests({ configPath }: PageContext): readonly RequestHandler[] {
  return [
    request('/overview', noParams, async () => {
      const saved = await readSavedConfig(configPath);
      return {
        version: pluginVersion(),
        devices: saved.devices.map(({ name, host, port, serialNumber }) => ({
          name,
          host,
          port,
          ...(serialNumber !== undefined && { serialNumber }),
        })),
        problems: saved.problems.map(({ message }) => message),
        peerDevices: hasPeer(saved) ? planTakeover(saved).devices : [],
        remoteSupport: saved.blocks.some((block) => isObject(own(block, 'remoteSupport'))),
      };
    }),
  ];
}
