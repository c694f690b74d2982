import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { RequestName, Requests } from '../../src/ui/protocol.ts';
import type { PageContext } from '../../src/ui/request.ts';
import { allRequests } from '../../src/ui/requests.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

/** The requests of the settings page on a storage folder of its own, and all that they answer. */
export class PageRequests {
  readonly storage = makeTempFolder('page');
  readonly configPath = join(this.storage, 'config.json');
  /** What was pushed to the page, and every answer and refusal, as text. */
  readonly told: string[] = [];
  readonly handlers;

  constructor(...platforms: readonly JsonObject[]) {
    this.configure(...platforms);
    const context: PageContext = {
      storage: this.storage,
      configPath: this.configPath,
      clock: systemClock,
      push: (event, data) => this.told.push(JSON.stringify([event, data])),
    };
    this.handlers = allRequests(context);
  }

  configure(...platforms: readonly JsonObject[]): void {
    const bridge = { name: 'Homebridge', pin: '031-45-154', port: 51826, username: '0E:11:22:33:44:55' };
    writeFileSync(this.configPath, JSON.stringify({ bridge, platforms }, undefined, 4));
  }

  get configText(): string {
    return readFileSync(this.configPath, 'utf8');
  }

  async ask<Name extends RequestName>(path: Name, body: unknown = {}): Promise<Requests[Name]['result']> {
    const handler = this.handlers.find((each) => each.path === path);
    if (!handler) throw new Error(`there is no ${path}`);
    try {
      const answer = await handler.answer(body);
      this.told.push(JSON.stringify(answer));
      return answer;
    } catch (error) {
      this.told.push(String(error));
      throw error;
    }
  }

  async dispose(): Promise<void> {
    for (const path of ['/status/stop', '/discover/stop', '/test/stop'] as const) await this.ask(path);
    removeTempFolder(this.storage);
  }
}
