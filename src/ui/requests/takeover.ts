import { basename } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { HomebridgeConfig } from '../../config/homebridge-config.ts';
import { hasPeer, planTakeover, writeTakeover } from '../../config/takeover.ts';
import { KEY_FORMAT } from '../../wire/keys.ts';
import { readSavedConfig } from '../homebridge-config.ts';
import { noParams, request, RequestProblem, type PageContext, type RequestHandler } from '../request.ts';
import { withoutUndefined } from '../views.ts';

/**
 * Takes over the devices of homebridge-remootio. Done here and not by the page: the page cannot touch the
 * other plugin's part of the config, and their keys need not go through it.
 */
export function takeoverRequests({ configPath, clock }: PageContext): readonly RequestHandler[] {
  return [
    request('/takeover', noParams, async () => {
      const { lines, devices, problems } = planTakeover(await configWithPeer(configPath), KEY_FORMAT);
      return {
        lines: lines.map(withoutUndefined),
        devices,
        problems: problems.map(({ message }) => message),
      };
    }),
    request('/takeover/apply', noParams, async () => {
      const plan = planTakeover(await configWithPeer(configPath), KEY_FORMAT);
      try {
        const backup = await writeTakeover(configPath, plan, clock.now());
        return { devices: plan.devices, backup: basename(backup) };
      } catch (error) {
        const message = `Homebridge's config.json cannot be written (${messageOf(error)}); nothing was changed.`;
        throw new RequestProblem('CANNOT_WRITE', message, { cause: error });
      }
    }),
  ];
}

async function configWithPeer(path: string): Promise<HomebridgeConfig> {
  const saved = await readSavedConfig(path);
  if (hasPeer(saved)) return saved;
  throw new RequestProblem('NOTHING_FOUND', 'There are no devices of homebridge-remootio to take over.');
}
