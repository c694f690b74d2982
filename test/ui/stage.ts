import { afterAll, afterEach, beforeAll, expect, inject, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { SimulatedDevice, type SimulatedDeviceOptions } from '../../src/simulator/index.ts';
import { freeUdpPort, type Responder } from '../discovery/responder.ts';
import { chromiumPath } from '../helpers/needs.ts';
import { seriousProblems } from './accessibility.ts';
import { HomebridgeUi } from './homebridge-ui.ts';
import { announce } from './mdns-device.ts';
import { takePicture, type PictureOptions } from './screenshots.ts';
import { SettingsBrowser, type Look, type SettingsPage } from './settings-page.ts';

const chromium = chromiumPath();
if (chromium === undefined)
  console.warn('chromium is not installed: the tests of the settings page are skipped');

export interface StageOptions {
  /** Whether the gate is found by mDNS. */
  readonly announced?: boolean;
  /** What stands in the config from the beginning. */
  readonly platforms?: (stage: Stage) => Promise<readonly JsonObject[]>;
}

/** For `describe.skipIf`. */
export const noChromium = chromium === undefined;

/** A Homebridge with its UI and a browser, for the tests of one file. */
export class Stage {
  /** A device that is there all the time. */
  readonly gate = new SimulatedDevice({ remootioVersion: 'remootio-3', travelTime: 4000 });
  readonly #options: StageOptions;
  readonly #closing: (() => Promise<unknown>)[] = [];
  #responder: Responder | undefined;
  #ui: HomebridgeUi | undefined;
  #browser: SettingsBrowser | undefined;
  #page: SettingsPage | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
  }

  get ui(): HomebridgeUi {
    return this.#ui!;
  }

  get browser(): SettingsBrowser {
    return this.#browser!;
  }

  /** The settings page that was opened last. */
  get page(): SettingsPage {
    return this.#page!;
  }

  /** Opens the settings; a page that was open is closed. */
  async openSettings(look: Look = {}): Promise<SettingsPage> {
    await this.closeSettings();
    return (this.#page = await this.browser.openSettings(look));
  }

  /** Closes the page, in which nothing may have gone wrong. */
  async closeSettings(): Promise<void> {
    const page = this.#page;
    this.#page = undefined;
    await page?.close();
    expect(page?.errors ?? []).toEqual([]);
  }

  /** A device for one test. */
  async device(options: SimulatedDeviceOptions = {}): Promise<SimulatedDevice> {
    const device = new SimulatedDevice({ remootioVersion: 'remootio-2', ...options });
    await device.start();
    this.afterThisTest(() => device.stop());
    return device;
  }

  afterThisTest(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  /** A look at the page as a person has it, and as axe-core does. */
  async examine(name: string, options?: PictureOptions): Promise<void> {
    await takePicture(this.page, name, options);
    expect(await seriousProblems(this.page)).toEqual([]);
  }

  async open(): Promise<void> {
    await this.gate.start();
    const { announced = false, platforms } = this.#options;
    const mdns = await freeUdpPort();
    if (announced) this.#responder = await announce(mdns, this.gate);
    this.#ui = await HomebridgeUi.start({
      plugin: inject('plugin'),
      mdns: `127.0.0.1:${mdns}`,
      platforms: (await platforms?.(this)) ?? [],
    });
    this.#browser = await SettingsBrowser.launch(chromium!, this.#ui);
  }

  async afterTest(failed: boolean): Promise<void> {
    if (failed) console.log(this.ui.log.slice(-4000), await this.browser.pictureOfFailure());
    for (const close of this.#closing.splice(0)) await close();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#ui?.dispose();
    await this.#responder?.close();
    await this.gate.stop();
  }
}

/** A stage that opens before the tests of the `describe` in which it is called, and closes behind them. */
export function useStage(options: StageOptions = {}): Stage {
  const stage = new Stage(options);
  vi.setConfig({ testTimeout: 120_000 });
  beforeAll(() => stage.open(), 120_000);
  afterAll(() => stage.close(), 30_000);
  afterEach(({ task }) => stage.afterTest(task.result?.state === 'fail'));
  return stage;
}

/** The device as it stands in the config of the plugin. */
export function configOf(
  { port, secretKey, authKey }: SimulatedDevice,
  name: string,
  more: JsonObject = {},
): JsonObject {
  return { name, host: '127.0.0.1', port, apiSecretKey: secretKey, apiAuthKey: authKey, ...more };
}
