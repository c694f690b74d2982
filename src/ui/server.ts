import { HomebridgePluginUiServer, RequestError } from '@homebridge/plugin-ui-utils';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { GatehouseError, messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { RequestProblem, type PageContext, type RequestHandler } from './request.ts';
import { allRequests } from './requests.ts';

/** What the Homebridge UI starts when somebody opens the settings of the plugin, and ends with them. */
class PageServer extends HomebridgePluginUiServer {
  constructor() {
    super();
    forgetInherited(this);
    const storage = this.homebridgeStoragePath ?? '';
    const context: PageContext = {
      storage,
      configPath: this.homebridgeConfigPath ?? join(storage, 'config.json'),
      clock: systemClock,
      push: (event, data) => this.pushEvent(event, data),
    };
    for (const handler of allRequests(context)) {
      this.onRequest(handler.path, (body: unknown) => answer(handler, body));
    }
    this.ready();
  }
}

/**
 * The table of requests of the base class is a plain object: what every object inherits, `toString` for
 * example, would be a request as well.
 */
function forgetInherited(server: HomebridgePluginUiServer): void {
  const handlers: unknown = Reflect.get(server, 'handlers');
  if (typeof handlers === 'object' && handlers !== null) Object.setPrototypeOf(handlers, null);
}

/** A failure is told in one sentence and a code; the base class would log the stack of anything else. */
async function answer(handler: RequestHandler, body: unknown): Promise<object> {
  try {
    return await handler.answer(body);
  } catch (error) {
    const code = error instanceof GatehouseError ? error.code : 'INTERNAL_ERROR';
    if (!(error instanceof RequestProblem))
      process.stderr.write(`${handler.path}: ${redact(messageOf(error))}\n`);
    throw new RequestError(redact(messageOf(error)), { code });
  }
}

new PageServer();
