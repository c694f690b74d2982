import { afterAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../src/simulator/index.ts';
import { House } from '../reach/house.ts';
import { familyWeek, writeJournal } from './old-journal.ts';
import { takePictureOf } from './screenshots.ts';
import { configOf, noChromium, useStage } from './stage.ts';

const EVERYTHING = {
  contactSensor: true,
  doorbell: true,
  leftOpen: 'minutes',
  secondary: 'door',
  secondaryName: 'Pedestrian gate',
  holdMinutes: 60,
  automationSwitch: true,
  buttons: [
    { name: 'Wall button', event: 'ManualButtonPushed' },
    { name: 'A guest came', event: 'RelayTrigger', keyType: 'guest key' },
  ],
} as const;

const LOOKS = { light: {}, dark: { dark: true }, phone: { width: 375 } };

describe.skipIf(noChromium)('a house that has everything, in the Homebridge UI', () => {
  const garage = new SimulatedDevice({ remootioVersion: 'remootio-2', state: 'open' });
  let house: House;
  const stage = useStage({
    platforms: async ({ gate }) => {
      house = await House.build();
      await garage.start();
      const devices = [configOf(gate, 'Front gate', EVERYTHING), configOf(garage, 'Garage')];
      return [{ platform: 'Gatehouse', devices, remoteSupport: house.rawConfig() }];
    },
  });

  afterAll(async () => {
    await house.tearDown();
    await garage.stop();
  });

  it('has tiles whose names say what they are', async () => {
    const page = await stage.browser.openPage('/accessories');
    const tiles = page.locator('app-accessory-tile');
    const names = (): Promise<readonly string[]> => tiles.locator('.accessory-label.mt-auto').allInnerTexts();
    await expect.poll(names, { timeout: 60_000 }).toEqual([
      'Front gate',
      'Hold open',
      'Front gate doorbell',
      // What counts the buttons; Apple Home has no tile for it.
      'Front gate',
      'Wall button',
      'A guest came',
      'Front gate sensor',
      'Front gate left open',
      'Garage',
      // Accessories of their own.
      'Pedestrian gate',
      'Front gate automation',
      'Study support',
      'Study support access',
    ]);
    await takePictureOf(page, 'app-accessories', 'accessories');
    await page.close();
  });

  it('shows its gates in the settings, by day, by night and on a phone', async () => {
    writeJournal(stage.ui.storage, familyWeek('Front gate', Date.now()));
    for (const [name, look] of Object.entries(LOOKS)) {
      const page = await stage.openSettings(look);
      await page.gateState(/^Closed$/).waitFor();
      await page.gateState(/^Open$/).waitFor();
      await page.text('Front gate opened by Anna over Bluetooth').waitFor();
      await page.frame.getByRole('img', { name: /^Openings in the last seven days: .* [1-9]/ }).waitFor();
      await stage.examine(`gates-${name}`);
      await page.tab('Settings').click();
      await page.field('Show only').waitFor();
      await stage.examine(`settings-${name}`);
      expect(await page.overflow()).toBe(0);
    }
    await stage.closeSettings();
  });
});
