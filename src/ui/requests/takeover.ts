import { copyFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/errors.ts';
import { readSavedConfig, type SavedConfig } from '../homebridge-config.ts';
import { noParams, request, RequestProblem, type PageContext, type RequestHandler } from '../request.ts';
import { hasPeer, planTakeover } from '../takeover.ts';
import { withoutUndefined } from '../views.ts';

/**
 * Takes over the devices of homebridge-remootio. Done here and not by the page: the page cannot touch the
 * other plugin's part of the config, and their keys need not go through it.
 */
export function takeoverRequests({ configPath, clock }: PageContext): readonly RequestHandler[] {
  return [
    request('/takeover', noParams, async () => {
      const { lines, devices, problems } = planTakeover(await configWithPeer(configPath));
      return { lines: lines.map(withoutUndefined), devices, problems };
    }),
    request('/takeover/apply', noParams, async () => {
      const plan = planTakeover(await configWithPeer(configPath));
      const time = new Date(clock.now()).toISOString().replace(/[:.]/g, '-');
      const backup = `${configPath}.before-gatehouse.${time}`;
      try {
        const { mode } = await stat(configPath);
        await copyFile(configPath, backup);
        await writeFileAtomic(configPath, plan.text, mode & 0o777);
      } catch (error) {
        const message = `Homebridge's config.json cannot be written (${messageOf(error)}); nothing was changed.`;
        throw new RequestProblem('CANNOT_WRITE', message, { cause: error });
      }
      return { devices: plan.devices, backup: basename(backup) };
    }),
  ];
}

async function configWithPeer(path: string): Promise<SavedConfig> {
  const saved = await readSavedConfig(path);
  if (hasPeer(saved)) return saved;
  throw new RequestProblem('NOTHING_FOUND', 'There are no devices of homebridge-remootio to take over.');
}
