import { isObject, own, type JsonObject } from '../base/json.ts';
import { nameForLog, secretsIn } from './say.ts';

/** What became of one setting of homebridge-remootio. */
export interface TranslationLine {
  /** The device; undefined for what stands beside the devices. */
  readonly device: string | undefined;
  /** As homebridge-remootio calls it. */
  readonly key: string;
  /** As this plugin calls it; undefined where there is nothing like it. */
  readonly becomes: string | undefined;
  /** For a person; never holds the value of a key. */
  readonly message: string;
}

export interface Translation {
  /** Devices as they stand in this plugin's config. The config's own parser has the last word on them. */
  readonly devices: readonly JsonObject[];
  readonly report: readonly TranslationLine[];
}

/** What a setting becomes: settings of ours, and what to say about it. */
interface Translated {
  readonly settings: JsonObject;
  readonly becomes: string | undefined;
  readonly message: string;
}

type Translate = (value: unknown, device: JsonObject) => Translated;

const LONGEST_NAME = 64;

/** Every setting that homebridge-remootio knows, or that its README has named at some time. */
const SETTINGS: Readonly<Record<string, Translate>> = {
  ipAddress: address,
  apiSecretKey: (value) => taken('apiSecretKey', value),
  apiAuthKey: (value) => taken('apiAuthKey', value),
  garageDoorName: (_value, device) =>
    text(own(device, 'name')) === undefined
      ? { settings: {}, becomes: 'name', message: 'is the name, since there is no other' }
      : leftOut('has no counterpart: Apple Home shows the name of the device, and can rename it'),
  enablePrimaryRelayOutput: (value) =>
    value === true
      ? {
          settings: { withoutSensor: 'switch' },
          becomes: 'withoutSensor',
          message: 'is "switch": without a status sensor a switch that pulses the output, with one a door',
        }
      : leftOut('is off, which needs no setting: with a status sensor it is a door'),
  enableSecondaryRelayOutput: (value) =>
    value === true
      ? { settings: { secondary: 'switch' }, becomes: 'secondary', message: 'is "switch"' }
      : leftOut('is off, as it is without a setting'),
  primaryRelayName: () => leftOut('has no counterpart: the switch has the name of the device'),
  secondaryRelayName: (value, device) => {
    const name = text(value);
    return own(device, 'enableSecondaryRelayOutput') === true && name !== undefined
      ? { settings: { secondaryName: name }, becomes: 'secondaryName', message: 'is the name of its switch' }
      : leftOut('is not needed, since the second output is off');
  },
  enableDoorbellInput: doorbell,
  enableDoorbell: doorbell,
  doorbellName: () => leftOut('has no counterpart: Apple Home can rename the doorbell'),
};

/**
 * Reads the config of homebridge-remootio (platform "Remootio") and says what becomes of it here. Never
 * throws, whatever it is given, and never quotes a key.
 * @param value the platform's object as it stands in Homebridge's config.
 */
export function translateRemootioConfig(value: unknown): Translation {
  const list = isObject(value) ? own(value, 'devices') : undefined;
  if (!Array.isArray(list)) {
    const message = 'there are no devices to take over';
    return { devices: [], report: [{ device: undefined, key: 'devices', becomes: undefined, message }] };
  }
  const secrets = secretsIn(list);
  const devices: JsonObject[] = [];
  const report: TranslationLine[] = [];
  for (const [index, item] of (list as readonly unknown[]).entries()) {
    if (!isObject(item)) {
      const message = `number ${index + 1} is not a device and is left out`;
      report.push({ device: undefined, key: 'devices', becomes: undefined, message });
      continue;
    }
    const name = uniqueName(item, index, devices);
    const label = nameForLog(name.name, secrets);
    const settings: Record<string, unknown> = { name: name.name };
    report.push({ device: label, key: 'name', becomes: 'name', message: name.message });
    for (const [key, given] of Object.entries(item).filter(([each]) => each !== 'name')) {
      const translate = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
      const {
        settings: mine,
        becomes,
        message,
      } = translate?.(given, item) ?? leftOut('is not a setting that is known, and is left out');
      Object.assign(settings, mine);
      report.push({ device: label, key: nameForLog(key, secrets), becomes, message });
    }
    devices.push(settings);
  }
  return { devices, report };
}

function uniqueName(
  device: JsonObject,
  index: number,
  before: readonly JsonObject[],
): { readonly name: string; readonly message: string } {
  const given = text(own(device, 'name')) ?? text(own(device, 'garageDoorName'));
  const wanted = (given ?? `Gate ${index + 1}`).slice(0, LONGEST_NAME);
  const taken = new Set(before.map((other) => String(own(other, 'name')).toLowerCase()));
  if (!taken.has(wanted.toLowerCase())) {
    return { name: wanted, message: given === undefined ? 'was missing and is made up' : 'stays as it is' };
  }
  for (let number = 2; ; number++) {
    const name = `${wanted.slice(0, LONGEST_NAME - 4)} ${number}`;
    if (!taken.has(name.toLowerCase()))
      return { name, message: 'gets a number, since another device has it' };
  }
}

/** An address may have been written with what a browser wants around it. */
function address(value: unknown): Translated {
  const given = text(value);
  const match = /^(?:\w+:\/\/)?(\[[^\]]+\]|[^/:\s]+)(?::(\d+))?\/?$/.exec(given ?? '');
  const host = match?.[1]?.replace(/^\[|\]$/g, '');
  if (host === undefined) return taken('host', value);
  const port = match?.[2] === undefined ? {} : { port: Number(match[2]) };
  const becomes = match?.[2] === undefined ? 'host' : 'host, port';
  return { settings: { host, ...port }, becomes, message: 'is taken over' };
}

function doorbell(value: unknown): Translated {
  return value === true
    ? { settings: { doorbell: true }, becomes: 'doorbell', message: 'is on' }
    : leftOut('is off, as it is without a setting');
}

function taken(key: string, value: unknown): Translated {
  return { settings: { [key]: value }, becomes: key, message: 'is taken over' };
}

function leftOut(message: string): Translated {
  return { settings: {}, becomes: undefined, message };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
