/** What is remembered of an accessory: its UUID, made once, and what it may be recognised by. */
export interface KnownAccessory {
  readonly uuid: string;
  /** The serial number that is bound to it; undefined until a device of API version 2 or later was seen. */
  readonly serialNumber?: string | undefined;
  readonly name: string;
  readonly address: string;
  /** Whether it is on the bridge; what is only on disk can be found again, and is nobody's otherwise. */
  readonly onBridge: boolean;
}

/** What of a configured device matters here. */
export interface ConfiguredDevice {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly serialNumber?: string | undefined;
}

export type Claim<Device extends ConfiguredDevice> =
  /** It is this accessory. */
  | { readonly kind: 'known'; readonly device: Device; readonly accessory: KnownAccessory }
  /** It is new. */
  | { readonly kind: 'new'; readonly device: Device }
  /** It may be one of the accessories that nobody claims: its serial number must be asked for first. */
  | { readonly kind: 'ask'; readonly device: Device };

export interface Matching<Device extends ConfiguredDevice> {
  readonly claims: readonly Claim<Device>[];
  /** The accessories on the bridge that no configured device claims. */
  readonly unclaimed: readonly KnownAccessory[];
}

/** Where a device is reached, in one form for comparison. */
export function addressOf(device: Pick<ConfiguredDevice, 'host' | 'port'>): string {
  return `${device.host}:${device.port}`;
}

export function sameSerial(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * Finds the accessory of each configured device: by serial number first, then by name, then by address.
 * Keys play no part: turning the API off and on makes new ones. Each rule runs over all devices before the
 * next one does, so that a name never takes what a serial number has a right to.
 */
export function matchDevices<Device extends ConfiguredDevice>(
  devices: readonly Device[],
  known: readonly KnownAccessory[],
): Matching<Device> {
  const found = new Map<Device, KnownAccessory>();
  const left = new Set(known);
  for (const rule of RULES) {
    for (const device of devices) {
      if (found.has(device)) continue;
      const accessory = [...left].find((candidate) => rule(device, candidate));
      if (!accessory) continue;
      found.set(device, accessory);
      left.delete(accessory);
    }
  }
  const unclaimed = [...left].filter((accessory) => accessory.onBridge);
  const claims = devices.map((device): Claim<Device> => {
    const accessory = found.get(device);
    if (accessory) return { kind: 'known', device, accessory };
    return { kind: mayBeOneOf(device, unclaimed) ? 'ask' : 'new', device };
  });
  return { claims, unclaimed };
}

const RULES: readonly ((device: ConfiguredDevice, accessory: KnownAccessory) => boolean)[] = [
  (device, accessory) =>
    device.serialNumber !== undefined &&
    accessory.serialNumber !== undefined &&
    sameSerial(device.serialNumber, accessory.serialNumber),
  (device, accessory) => device.name.toLowerCase() === accessory.name.toLowerCase(),
  // An address is handed on to other devices: where both serial numbers are known, they decide.
  (device, accessory) =>
    addressOf(device) === accessory.address &&
    (device.serialNumber === undefined || accessory.serialNumber === undefined),
];

/** A device whose serial number the config tells would have been found by it. */
function mayBeOneOf(device: ConfiguredDevice, unclaimed: readonly KnownAccessory[]): boolean {
  return (
    device.serialNumber === undefined && unclaimed.some((accessory) => accessory.serialNumber !== undefined)
  );
}

/** The accessory that nobody claims and that belongs to the device with this serial number. */
export function ownerOf(
  serialNumber: string,
  unclaimed: readonly KnownAccessory[],
): KnownAccessory | undefined {
  return unclaimed.find(
    (accessory) => accessory.serialNumber !== undefined && sameSerial(accessory.serialNumber, serialNumber),
  );
}
