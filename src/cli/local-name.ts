import type { Clock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';

/**
 * The address behind a name in `.local`, which the system itself often cannot resolve; any other host as it
 * is. A name that nobody answers to is left to the system, whose failure then says so.
 */
export async function resolveLocalName(host: string, clock: Clock): Promise<string> {
  if (!/\.local\.?$/i.test(host)) return host;
  const { Discovery } = await import('../discovery/discovery.ts');
  const discovery = new Discovery({ clock, log: silentLog });
  discovery.start();
  try {
    const [address] = await discovery.resolve(host);
    return address ?? host;
  } finally {
    await discovery.stop();
  }
}
