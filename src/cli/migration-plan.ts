import { isObject, own, type JsonObject } from '../base/json.ts';
import { redact } from '../base/redact.ts';
import { translateRemootioConfig, type TranslationLine } from '../config/migrate.ts';
import { parseConfig, type ConfigProblem } from '../config/parse.ts';
import { apiKeyProblem, parseApiKey } from '../wire/keys.ts';
import { CliError } from './cli-error.ts';
import { listOf, PEER_PLATFORM, PLATFORM, platformsOf, type HomebridgeConfig } from './homebridge-config.ts';

const PLUGIN_NAME = 'homebridge-gatehouse';
const PEER_PLUGIN = 'homebridge-remootio';

/** What a migration would do. */
export interface Plan {
  /** The new config.json. */
  readonly text: string;
  /** Before and after, for a person: without keys. */
  readonly shownBefore: string;
  readonly shownAfter: string;
  readonly report: readonly TranslationLine[];
  /** What the new config still lacks. */
  readonly problems: readonly ConfigProblem[];
  /** The names of the devices that are taken over. */
  readonly taken: readonly string[];
}

/** @throws {@link CliError} where there is nothing to take over. */
export function planMigration(config: HomebridgeConfig): Plan {
  const peers = platformsOf(config.value, PEER_PLATFORM);
  if (peers.length === 0) {
    throw new CliError('NOTHING_FOUND', `${config.path} has no platform "${PEER_PLATFORM}" to take over.`);
  }
  const translations = peers.map((block) => translateRemootioConfig(block));
  const present = new Set(config.devices.map(({ host, port }) => `${host}:${port}`));
  const devices = translations.flatMap((each) => each.devices);
  const fresh = devices.filter((device) => !present.has(addressOf(device)));
  const known = new Set(
    devices.filter((device) => !fresh.includes(device)).map((device): unknown => own(device, 'name')),
  ) as ReadonlySet<string | undefined>;
  const block = blockWith(platformsOf(config.value, PLATFORM)[0], fresh);
  const next = withPlugin(withPlatform(config.value, block));
  const text = `${JSON.stringify(next, undefined, indentOf(config.text))}\n`;
  return {
    text,
    shownBefore: shown(config.value, config.secrets),
    shownAfter: shown(next, config.secrets),
    report: [
      ...translations.flatMap(({ report }) => report).filter(({ device }) => !known.has(device)),
      ...[...known].map((device) => ({
        device,
        key: 'ipAddress',
        becomes: undefined,
        message: 'is a device of this plugin already; it stays as it is there',
      })),
    ],
    problems: parseConfig(block, { keyProblem: apiKeyProblem, parseKey: parseApiKey }).problems,
    taken: fresh.map((device) => String(own(device, 'name'))),
  };
}

function addressOf(device: JsonObject): string {
  const port = own(device, 'port');
  return `${String(own(device, 'host')).toLowerCase()}:${typeof port === 'number' ? port : 8080}`;
}

function blockWith(block: JsonObject | undefined, devices: readonly JsonObject[]): JsonObject {
  const mine = block ?? { platform: PLATFORM, name: PLATFORM };
  return { ...mine, devices: [...listOf(own(mine, 'devices')), ...devices] };
}

/** In the place of the first block that it replaces, so that the difference is small. */
function withPlatform(config: JsonObject, block: JsonObject): JsonObject {
  const replaced = [...platformsOf(config, PLATFORM).slice(0, 1), ...platformsOf(config, PEER_PLATFORM)];
  const isReplaced = (item: unknown): boolean => replaced.some((each) => each === item);
  const platforms = listOf(own(config, 'platforms'));
  const first = platforms.findIndex(isReplaced);
  const next = platforms.flatMap((item, index) => {
    if (index === first) return [block];
    return isReplaced(item) ? [] : [item];
  });
  return { ...config, platforms: next };
}

/** Where the config lists the plugins that may run, this one is among them. */
function withPlugin(config: JsonObject): JsonObject {
  const plugins = own(config, 'plugins');
  if (!Array.isArray(plugins) || plugins.includes(PLUGIN_NAME)) return config;
  const others = (plugins as readonly unknown[]).filter((name) => name !== PEER_PLUGIN);
  return { ...config, plugins: [...others, PLUGIN_NAME] };
}

function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? '    ';
}

/** Only what a migration can touch; the rest of the config is nobody's business on a terminal. */
function shown(config: JsonObject, secrets: readonly string[]): string {
  const hide = (key: string, value: unknown): unknown =>
    /key$/i.test(key) && typeof value === 'string' ? '[key]' : value;
  const part = {
    ...(own(config, 'plugins') !== undefined && { plugins: own(config, 'plugins') }),
    platforms: listOf(own(config, 'platforms')).map((item) =>
      isObject(item) && [PLATFORM, PEER_PLATFORM].some((name) => name === own(item, 'platform'))
        ? item
        : { platform: isObject(item) ? own(item, 'platform') : item },
    ),
  };
  return redact(JSON.stringify(part, hide, 2), secrets);
}
