import { mkdirSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { isObject, type JsonObject } from '../../src/base/json.ts';
import { RemootioDevice } from '../../src/client.ts';
import { SimulatedDevice, type SimulatedDeviceOptions } from '../../src/simulator/index.ts';
import { Controller } from '../e2e/hap.ts';
import { freeUdpPort, type Responder } from '../discovery/responder.ts';
import { chromiumPath } from '../helpers/needs.ts';
import { House } from '../reach/house.ts';
import { seriousProblems } from './accessibility.ts';
import { HomebridgeUi } from './homebridge-ui.ts';
import { announce } from './mdns-device.ts';
import { takePicture } from './screenshots.ts';
import { SettingsBrowser, type SettingsPage } from './settings-page.ts';

const chromium = chromiumPath();
if (chromium === undefined)
  console.warn('chromium is not installed: the tests of the settings page are skipped');

const HOSTILE = `<img src=x onerror="document.title='taken'">`;

describe.skipIf(chromium === undefined)(
  'the settings page in the Homebridge UI',
  { timeout: 120_000 },
  () => {
    let ui: HomebridgeUi;
    let browser: SettingsBrowser;
    let gate: SimulatedDevice;
    let responder: Responder;
    let page: SettingsPage;
    const closing: (() => Promise<unknown>)[] = [];

    /** A device for one test. */
    const device = async (options: SimulatedDeviceOptions = {}): Promise<SimulatedDevice> => {
      const one = new SimulatedDevice({ remootioVersion: 'remootio-2', ...options });
      await one.start();
      closing.push(() => one.stop());
      return one;
    };

    /** A look at the page as a person and as axe-core have it, and at what it has been told. */
    const examine = async (name: string): Promise<void> => {
      await takePicture(page, name);
      expect(await seriousProblems(page)).toEqual([]);
    };

    beforeAll(async () => {
      gate = new SimulatedDevice({ remootioVersion: 'remootio-3', travelTime: 3000 });
      await gate.start();
      const mdns = await freeUdpPort();
      responder = await announce(mdns, gate);
      ui = await HomebridgeUi.start({ plugin: inject('plugin'), mdns: `127.0.0.1:${mdns}` });
      browser = await SettingsBrowser.launch(chromium!, ui);
    }, 120_000);

    afterAll(async () => {
      await browser.close();
      await ui.dispose();
      await responder.close();
      await gate.stop();
    }, 30_000);

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') console.log(ui.log.slice(-4000));
      for (const close of closing.splice(0)) await close();
    });

    it('brings a person from nothing to a gate that works in Apple Home', async () => {
      page = await browser.openSettings();
      await page.text('Turn on the API').waitFor();
      await page.text(`Serial number ${gate.settings.serialNumber}`).waitFor();
      await examine('welcome');
      await page.pasteKeys(`${gate.authKey}\n${gate.secretKey}\n`);
      await page.field('Name in Apple Home').fill('Front gate');
      await page.button('Test the connection').click();
      await page.text('It works.').waitFor();
      expect(await page.steps()).toEqual([
        'The device is reached',
        `Remootio 3, API version 3, serial number ${gate.settings.serialNumber}`,
        'Both keys are right',
        'Status sensor: the gate is closed',
        'Whether logging is on shows with the next operation of the gate',
        'No other program uses the device',
      ]);
      await examine('tested');
      await page.button('Add this gate').click();
      await page.text('Not saved yet').waitFor();
      const restarting = ui.lines.mark();
      await page.saveAndRestart();
      await ui.running(restarting);

      const bridge = ui.childBridge();
      await ui.childBridgeRunning(restarting);
      const ann = await Controller.pair('Ann', { ...bridge, pin: ui.pin });
      await ann.look();
      expect(await ann.door('Front gate')).toEqual({ T: 1, C: 1, O: 0 });
      await ann.write('Front gate', 'TargetDoorState', 0);
      await expect.poll(() => gate.state.motion).toBe('opening');
      await ann.close();
    });
  },
);
