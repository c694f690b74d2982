import { isObject, own, type JsonObject } from '../base/json.ts';
import { listOf, PEER_PLATFORM, PLATFORM } from './homebridge-config.ts';

/** Names of settings whose values are secrets, ours and those of homebridge-remootio. */
const SECRET = /key$|token$|passphrase$|password|pin$|secret/i;

/** What concerns this plugin in Homebridge's config, with every secret hidden; the rest is not shown. */
export function shownConfig(config: JsonObject): JsonObject {
  const plugins = own(config, 'plugins');
  return {
    ...(plugins !== undefined && { plugins }),
    platforms: listOf(own(config, 'platforms')).map((item) =>
      isObject(item) && [PLATFORM, PEER_PLATFORM].some((name) => name === own(item, 'platform'))
        ? hideSecrets(item)
        : { platform: isObject(item) ? own(item, 'platform') : undefined },
    ),
  };
}

function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(hideSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      SECRET.test(key) && (typeof part === 'string' || typeof part === 'number')
        ? '[hidden]'
        : hideSecrets(part),
    ]),
  );
}
