import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import * as v from 'valibot';
import { companionFields } from './companion-fields.ts';
import { choice, field, flag, name, travelSeconds } from './field.ts';
import { keyNames } from './key-names.ts';

export type { Field } from './field.ts';

/**
 * How an API key is read. Handed in by whoever calls, since the format belongs to the wire: a key becomes a
 * KeyObject at once, so that nothing that holds a config can print one.
 */
export interface KeyFormat {
  /** What is wrong with a text that should be a key, without quoting it; undefined when nothing is. */
  readonly keyProblem: (text: unknown) => string | undefined;
  /** The key; undefined where {@link keyProblem} has something to say. */
  readonly parseKey: (text: unknown) => KeyObject | undefined;
}

const host = v.pipe(
  v.string('is not a text'),
  v.trim(),
  v.transform((text) => text.toLowerCase().replace(/\.$/, '')),
  v.check(isHost, 'is not an IP address or host name'),
);

/** Host names as they are met in houses: `remootio_<serial>.local` has an underscore. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || (text.length <= 253 && /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(text));
}

const apiKey = ({ keyProblem, parseKey }: KeyFormat) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, KeyObject>(({ dataset, addIssue, NEVER }) => {
      const key = parseKey(dataset.value);
      if (key) return key;
      addIssue({ message: keyProblem(dataset.value) ?? 'cannot be read' });
      return NEVER;
    }),
  );

const COPY_KEY = 'copy it again from the Remootio app (Websocket API in the settings of the device)';

/** Every key that a device may have in the config. The parser and its messages come from this table alone. */
export const deviceFields = (keys: KeyFormat) => ({
  name: field(true, name, 'give it the name that Apple Home is to show'),
  host: field(
    true,
    host,
    'enter the address alone, like 192.168.1.50 or remootio_0123456789ab.local, without http:// and port',
  ),
  port: field(
    false,
    v.optional(
      v.pipe(
        v.number('is not a number'),
        v.integer('is not a whole number'),
        v.minValue(1, 'is less than 1'),
        v.maxValue(65535, 'is more than 65535'),
      ),
      8080,
    ),
    'leave it out, unless the device is reached by another port than 8080',
  ),
  apiSecretKey: field(true, apiKey(keys), COPY_KEY),
  apiAuthKey: field(true, apiKey(keys), COPY_KEY),
  serialNumber: field(
    false,
    v.optional(
      v.pipe(v.string('is not a text'), v.trim(), v.regex(/^[0-9A-Za-z_-]{1,64}$/, 'is not a serial number')),
    ),
    'leave it out; it is learned at the first connection',
  ),
  openSeconds: field(
    false,
    v.optional(travelSeconds()),
    'enter the seconds that the gate takes to open, or leave it out',
  ),
  closeSeconds: field(
    false,
    v.optional(travelSeconds()),
    'enter the seconds that the gate takes to close, or leave it out',
  ),
  whileClosing: field(
    false,
    v.optional(choice(['refuse', 'pulse']), 'refuse'),
    'choose what happens when it is opened while it closes, or leave it out',
  ),
  readOnly: field(false, flag(), 'true only shows the gate, false lets it be operated as well'),
  ...companionFields(),
  keyNames: field(false, keyNames(), 'correct it in the list of names of keys, or remove it there'),
});

export type DeviceFields = ReturnType<typeof deviceFields>;
export type DeviceKey = keyof DeviceFields;

/** One device as the config describes it; keys that were left out have their defaults. */
export type DeviceConfig = {
  readonly [Key in DeviceKey]: v.InferOutput<DeviceFields[Key]['schema']>;
};

/**
 * What may stand beside the devices: `platform` and `name` by Homebridge's convention, `_bridge` where the
 * plugin runs as a child bridge, whether devices are looked for on the network, and how the journal is kept.
 */
export const PLATFORM_KEYS: readonly string[] = [
  'platform',
  'name',
  'devices',
  'discovery',
  'journal',
  'remoteSupport',
  '_bridge',
];
