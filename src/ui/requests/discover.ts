import { silentLog } from '../../base/log.ts';
import type { Timer } from '../../base/clock.ts';
import type { DeviceConfig } from '../../config/fields.ts';
import { Discovery } from '../../discovery/discovery.ts';
import type { Discovered } from '../../discovery/service-cache.ts';
import { readSavedConfig } from '../homebridge-config.ts';
import { mdnsOptions } from '../mdns.ts';
import type { FoundDevice, FoundDevices } from '../protocol.ts';
import { noParams, request, type PageContext, type RequestHandler } from '../request.ts';

/** Whoever leaves the page open does not look for ever. */
const LONGEST_SEARCH = 5 * 60_000;

/** Looks for devices that announce themselves, and pushes each change of what was found. */
export function discoverRequests(context: PageContext): readonly RequestHandler[] {
  let discovery: Discovery | undefined;
  let end: Timer | undefined;
  let configured: readonly DeviceConfig[] = [];

  const view = (): FoundDevices => ({
    devices: (discovery?.devices ?? []).map((device) => foundDevice(device, configured)),
  });
  const stop = async (): Promise<void> => {
    end?.cancel();
    const running = discovery;
    discovery = undefined;
    await running?.stop();
  };

  return [
    request('/discover', noParams, async () => {
      configured = (await readSavedConfig(context.configPath)).devices;
      end?.cancel();
      end = context.clock.after(LONGEST_SEARCH, () => void stop());
      if (discovery) {
        discovery.refresh();
        return view();
      }
      discovery = new Discovery({ clock: context.clock, log: silentLog, mdns: mdnsOptions() });
      for (const signal of [discovery.found, discovery.gone]) signal.on(() => context.push('found', view()));
      discovery.start();
      return view();
    }),
    request('/discover/stop', noParams, async () => {
      await stop();
      return {};
    }),
  ];
}

function foundDevice(device: Discovered, configured: readonly DeviceConfig[]): FoundDevice {
  const { serialNumber, hostName, addresses, port } = device;
  const places = [...addresses, hostName].map((place) => place.toLowerCase());
  const known = configured.find(
    (each) =>
      each.serialNumber?.toLowerCase() === serialNumber.toLowerCase() ||
      (places.includes(each.host) && each.port === port),
  );
  return {
    serialNumber,
    hostName,
    address: addresses[0] ?? hostName,
    port,
    ...(known && { configuredAs: known.name }),
  };
}
