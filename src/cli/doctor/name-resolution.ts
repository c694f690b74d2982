import { isIP } from 'node:net';
import { silentLog } from '../../base/log.ts';
import type { Clock } from '../../base/clock.ts';
import { systemLookup } from '../../discovery/resolve.ts';
import { failed, ok, warning, type Finding } from './finding.ts';

const CHECK = 'name-resolution';
const FIXED = 'Give the device a fixed address in your router, and use that.';

export interface Resolution {
  readonly finding: Finding;
  /** Where to connect to; undefined where the name has no address. */
  readonly address: string | undefined;
}

/** Finds the address behind the host of the config. Never rejects. */
export async function checkNameResolution(host: string, clock: Clock): Promise<Resolution> {
  if (isIP(host) !== 0) {
    return {
      finding: ok(CHECK, `read ${host}`, 'it is an address, no name has to be looked up'),
      address: host,
    };
  }
  const fromSystem = await systemLookup(host).catch(() => []);
  const [first] = fromSystem;
  if (first !== undefined) {
    const finding = ok(CHECK, `asked the system for ${host}`, fromSystem.join(', '));
    return { finding, address: first };
  }
  if (!/\.local\.?$/i.test(host)) {
    const tried = `asked the system for ${host}`;
    return { finding: failed(CHECK, tried, 'the name is not known', FIXED), address: undefined };
  }
  const address = await askNetwork(host, clock);
  const tried = `asked the system and the network (mDNS) for ${host}`;
  if (address === undefined) {
    return { finding: failed(CHECK, tried, 'nobody answers to this name', FIXED), address };
  }
  const found = `the network says ${address}, the system does not know the name`;
  return { finding: warning(CHECK, tried, found, FIXED), address };
}

async function askNetwork(host: string, clock: Clock): Promise<string | undefined> {
  const { Discovery } = await import('../../discovery/discovery.ts');
  const discovery = new Discovery({ clock, log: silentLog });
  discovery.start();
  try {
    return (await discovery.resolve(host))[0];
  } finally {
    await discovery.stop();
  }
}
