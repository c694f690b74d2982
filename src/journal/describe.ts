import type { KeyNames } from './device-events.ts';
import type { Actor, Detail, JournalEntry, JournalKind } from './entry.ts';

/** How an entry of each kind reads. `by` begins with a space, or is empty. */
const LINES: Readonly<Record<JournalKind, (part: Parts) => string>> = {
  opened: ({ device, by }) => `${device} opened${by}`,
  closed: ({ device, by }) => `${device} closed${by}`,
  'left-open': ({ device, detail }) => `${device} left open${forDuration(detail['openFor'])}`,
  'relay-triggered': ({ device, by }) => `${device} operated${by}`,
  'secondary-relay-triggered': ({ device, by }) => `${device}: second output operated${by}`,
  'output-held': ({ device, by }) => `${device}: output held active${by}`,
  'secondary-output-held': ({ device, by }) => `${device}: second output held active${by}`,
  'output-changed': ({ device, detail }) =>
    `${device}: output ${text(detail['output'])} ${detail['active'] === true ? 'activated' : 'deactivated'}`,
  doorbell: ({ device }) => `Doorbell pushed at ${device}`,
  'manual-button': ({ device }) => `${device} operated by the manual button`,
  connected: ({ device, who, how }) => `${capital(who ?? 'a key')} connected to ${device}${how}`,
  'key-managed': ({ device, detail, keyNames }) => `${device}: ${managed(detail, keyNames)}`,
  'settings-changed': ({ device, detail }) =>
    `${device}: ${text(detail['setting'])} ${text(detail['change'])}`,
  command: ({ device, by, detail }) => `${device}${commanded(detail)}${by}`,
  refused: ({ device, by, detail }) =>
    `${device}: ${text(detail['command'])}${by} refused${inBrackets(detail['reason'])}`,
  'auto-close-warning': ({ device, detail }) => `${device} closes by itself${inDuration(detail['in'])}`,
  'auto-close': ({ device, detail }) =>
    `${device} closed by auto-close${forDuration(detail['openFor'], ' after it was open')}`,
  'support-granted': ({ by, detail }) => `Remote support of ${computer(detail)} granted${by}`,
  'support-revoked': ({ by, detail }) => `Remote support of ${computer(detail)} revoked${by}`,
  'support-link': ({ by, detail }) => `Link for remote support of ${computer(detail)} made${by}`,
  restarted: ({ device }) => `${device} restarted`,
  offline: ({ device, detail }) => `${device} went offline${inBrackets(detail['reason'])}`,
  online: ({ device }) => `${device} is back online`,
  'plugin-started': () => 'Gatehouse started',
  'plugin-stopped': () => 'Gatehouse stopped',
  'other-event': ({ device, detail }) => `${device}: ${text(detail['type'])}`,
};

const VIA: Readonly<Record<string, string>> = {
  bluetooth: ' over Bluetooth',
  wifi: ' over Wi-Fi',
  internet: ' over the internet',
  autoopen: ' by auto-open',
  unknown: '',
  none: '',
};

const MINUTE = 60_000;

interface Parts {
  readonly device: string;
  readonly who: string | undefined;
  readonly how: string;
  readonly by: string;
  readonly detail: Detail;
  readonly keyNames: KeyNames;
}

/**
 * An entry as one line for a person, without its time: "Garage opened by kitchen tablet over Bluetooth".
 * @param keyNames names for keys that had none yet when the entry was made.
 */
export function describe(entry: JournalEntry, keyNames: KeyNames = new Map()): string {
  const who = entry.by && nameOf(entry.by, keyNames);
  const how = entry.by?.via === undefined ? '' : viaOf(entry.by.via);
  const line = LINES[entry.kind]({
    device: entry.device?.name ?? 'Gatehouse',
    who,
    how,
    by: who === undefined ? how : ` by ${who}${how}`,
    detail: entry.detail ?? {},
    keyNames,
  });
  return entry.at === undefined ? `${line} (time unknown)` : line;
}

/** Who it was, in words; undefined where nothing is known of them. */
export function nameOf(actor: Actor, keyNames: KeyNames = new Map()): string | undefined {
  const { keyNr, keyType, name } = actor;
  const given = name ?? (keyNr === undefined || keyType === 'api key' ? undefined : keyNames.get(keyNr));
  return given ?? keyOf(keyNr, keyType);
}

/** "5 s", "20 min", "1 h 30 min", "3 days". */
export function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE);
  if (milliseconds < MINUTE) return `${Math.round(milliseconds / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 48 * 60) return `${Math.round(minutes / 60 / 24)} days`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

function keyOf(keyNr: number | undefined, keyType: string | undefined): string | undefined {
  switch (keyType) {
    case 'master key':
      return 'the master key';
    case 'api key':
      return 'the API key';
    case 'smart home':
      return 'a voice assistant';
    case 'automation':
      return "the Remootio app's automation";
    case undefined:
      return keyNr === undefined ? undefined : `key ${keyNr}`;
    default:
      return keyNr === undefined ? keyType : `${keyType.replace(/^unique /, '')} ${keyNr}`;
  }
}

function viaOf(via: string): string {
  return Object.hasOwn(VIA, via) ? (VIA[via] ?? '') : ` (${via})`;
}

function commanded({ command, minutes }: Detail): string {
  const held = typeof minutes === 'number' ? ` for ${duration(minutes * MINUTE)}` : '';
  switch (command) {
    case 'trigger':
      return `: output ${held === '' ? 'pulsed' : `held active${held}`}`;
    case 'secondary':
      return `: second output ${held === '' ? 'pulsed' : `held active${held}`}`;
    case 'hold':
      return ` held open${held}`;
    default:
      return `: ${text(command)} sent${held === '' ? '' : `, to be held${held}`}`;
  }
}

function managed(detail: Detail, keyNames: KeyNames): string {
  const { keyNr, keyType } = detail;
  const number = typeof keyNr === 'number' ? keyNr : undefined;
  const key = nameOf({ keyNr: number, keyType: typeof keyType === 'string' ? keyType : undefined }, keyNames);
  if (detail['isRemoved'] === true) return `${key ?? 'a key'} removed`;
  const ways = [
    detail['bluetooth'] === true && 'Bluetooth',
    detail['wifi'] === true && 'Wi-Fi',
    detail['internet'] === true && 'internet',
  ].filter((way) => way !== false);
  return `rights of ${key ?? 'a key'} changed (${ways.length === 0 ? 'no access' : ways.join(', ')})`;
}

function computer(detail: Detail): string {
  return text(detail['computer'] ?? 'a computer');
}

function text(value: Detail[string] | undefined): string {
  return value === undefined ? 'something' : String(value);
}

function inBrackets(value: Detail[string] | undefined): string {
  return value === undefined ? '' : ` (${String(value)})`;
}

function forDuration(value: Detail[string] | undefined, before = ''): string {
  return typeof value === 'number' && value > 0 ? `${before} for ${duration(value)}` : '';
}

function inDuration(value: Detail[string] | undefined): string {
  return typeof value === 'number' ? ` in ${duration(value)}` : '';
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
