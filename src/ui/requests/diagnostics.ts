import { messageOf } from '../../base/errors.ts';
import { ownVersion } from '../../base/own-package.ts';
import { redact } from '../../base/redact.ts';
import { shownConfig, type HomebridgeConfig } from '../../config/homebridge-config.ts';
import { readSavedConfig } from '../homebridge-config.ts';
import { noParams, request, type PageContext, type RequestHandler } from '../request.ts';
import { withPlugins } from '../running-plugins.ts';

/** Everything that helps whoever is asked for help, and nothing that is secret. */
export function diagnosticsRequests(context: PageContext): readonly RequestHandler[] {
  return [
    request('/diagnostics', noParams, async () => {
      const saved = await readSavedConfig(context.configPath).catch(messageOf);
      const report = {
        made: new Date(context.clock.now()).toISOString(),
        gatehouse: ownVersion(),
        node: process.version,
        system: `${process.platform} ${process.arch}`,
        homebridgeUi: process.env['HOMEBRIDGE_UI_VERSION'],
        plugins: await runningPlugins(context),
        config: typeof saved === 'string' ? saved : partsOf(saved),
      };
      const secrets = typeof saved === 'string' ? [] : saved.secrets;
      return { text: redact(JSON.stringify(report, undefined, 2), secrets) };
    }),
  ];
}

function partsOf(saved: HomebridgeConfig): object {
  return { ...shownConfig(saved.value), problems: saved.problems.map(({ message }) => message) };
}

/** What each running plugin says of itself. */
async function runningPlugins(context: PageContext): Promise<readonly unknown[] | string> {
  try {
    return await withPlugins(context, (clients) =>
      Promise.all(
        clients.map((client) => client.call('diagnostics', {}).catch((error: unknown) => messageOf(error))),
      ),
    );
  } catch (error) {
    return messageOf(error);
  }
}
