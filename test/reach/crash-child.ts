import { writeFileAtomic } from '../../src/base/atomic-file.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { parseRemoteSupport } from '../../src/reach/config.ts';
import { RemoteSupport } from '../../src/reach/remote-support.ts';

/**
 * Turns support on, makes a link and turns it off, and stands still for ever at the point with the given
 * number: every step and both sides of every write is one. Says where it stands, or that it has come through.
 */
const [folder = '', config = '', stopAt = ''] = process.argv.slice(2);
let passed = 0;

async function point(what: string): Promise<void> {
  if (++passed !== Number(stopAt)) return;
  process.send?.({ standsAt: what });
  // Something must keep the process alive for the parent to kill.
  await new Promise(() => setInterval(() => undefined, 1_000_000));
}

const parsed = parseRemoteSupport(JSON.parse(config)).config;
if (!parsed) throw new Error('the config is wrong');
const support = await RemoteSupport.open({
  config: parsed,
  folder,
  clock: systemClock,
  log: silentLog,
  environment: {},
  onStep: point,
  writeVault: async (path, content) => {
    await point('before a write');
    await writeFileAtomic(path, content);
    await point('after a write');
  },
});
await point('opened');
await support.rollout('Study');
await point('rolled out');
await support.link('Study');
await point('link made');
await support.revoke('Study');
await point('revoked');
await support.close();
process.send?.({ through: passed });
process.disconnect();
