import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { ReachClient } from '../reach/client.ts';
import { readScriptToken } from '../reach/secret.ts';
import { defineAction } from './action.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { readSupportConfig } from './reach-support.ts';

export function define(command: Command): void {
  command
    .description(
      'Registers the agent app of an Android device with TeamViewer, once for each signing key. The two values' +
        ' that it prints go into the app, for its "verify" call.',
    )
    .argument('<sha256>', "SHA-256 of the app's signing key, in hex; colons are allowed");
  definePlaceOptions(command);
  defineAction<PlaceFlags>(command, async ({ flags, terminal, json }, [sha256 = '']) => {
    const { config } = readSupportConfig(flags, terminal);
    const client = new ReachClient({
      apiBase: config.apiBase,
      unregisterRevision: config.unregisterRevision,
      token: () => readScriptToken(config.scriptToken, process.env),
      clock: systemClock,
      fieldNames: config.fieldNames,
      timeout: config.timeout,
    });
    const app = await client.registerApp(sha256);
    if (flags.json) json(app);
    else {
      terminal.out(`AppKey    ${app.appKey}`);
      terminal.out(`AppKeyID  ${app.appKeyId}`);
    }
    return undefined;
  });
}
