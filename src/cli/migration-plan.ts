import type { JsonObject } from '../base/json.ts';
import { redact } from '../base/redact.ts';
import { PEER_PLATFORM, shownConfig } from '../config/homebridge-config.ts';
import { planTakeover, type TakeoverPlan } from '../config/takeover.ts';
import { KEY_FORMAT } from '../wire/keys.ts';
import { CliError } from './cli-error.ts';
import type { LocatedConfig } from './homebridge-config.ts';

/** What a migration would do. */
export interface Plan extends TakeoverPlan {
  /** Before and after, for a person: without keys. */
  readonly shownBefore: string;
  readonly shownAfter: string;
}

/** @throws {@link CliError} where there is nothing to take over. */
export function planMigration(config: LocatedConfig): Plan {
  if (config.peers.length === 0) {
    throw new CliError('NOTHING_FOUND', `${config.path} has no platform "${PEER_PLATFORM}" to take over.`);
  }
  const plan = planTakeover(config, KEY_FORMAT);
  return {
    ...plan,
    shownBefore: shown(config.value, config.secrets),
    shownAfter: shown(plan.value, config.secrets),
  };
}

/** Only what a migration can touch; a key may also stand where none belongs. */
function shown(config: JsonObject, secrets: readonly string[]): string {
  return redact(JSON.stringify(shownConfig(config), undefined, 2), secrets);
}
