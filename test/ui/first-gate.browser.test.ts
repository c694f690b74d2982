import { describe, expect, it } from 'vitest';
import { Controller } from '../e2e/hap.ts';
import { takePicture } from './screenshots.ts';
import type { SettingsPage } from './settings-page.ts';
import { noChromium, useStage } from './stage.ts';

describe.skipIf(noChromium)('the settings page, from nothing to a gate in daily use', () => {
  const stage = useStage({ announced: true });
  let page: SettingsPage;

  it('brings a person from nothing to a gate that works in Apple Home', async () => {
    page = await stage.openSettings();
    await page.text('Turn on the API').waitFor();
    await page.text(`Serial number ${stage.gate.settings.serialNumber}`).waitFor();
    await stage.examine('welcome');
    await page.pasteKeys(`${stage.gate.authKey}\n${stage.gate.secretKey}\n`);
    await page.field('Name in Apple Home').fill('Front gate');
    await page.button('Test the connection').click();
    await page.text('It works.').waitFor();
    expect(await page.steps()).toEqual([
      'The device is reached',
      `Remootio 3, API version 3, serial number ${stage.gate.settings.serialNumber}`,
      'Both keys are right',
      'Status sensor: the gate is closed',
      'Whether logging is on shows with the next operation of the gate',
      'No other program uses the device',
    ]);
    await stage.examine('tested', { from: page.form });
    await page.button('Add this gate').click();
    await page.text('Not saved yet').waitFor();
    await page.tab('Settings').click();
    await page.field('Seconds to close').fill('4');
    const restarting = stage.ui.lines.mark();
    await page.saveAndRestart();
    await stage.ui.running(restarting);

    const bridge = stage.ui.childBridge();
    await stage.ui.childBridgeRunning(restarting);
    const ann = await Controller.pair('Ann', { ...bridge, pin: stage.ui.pin });
    await ann.look();
    expect(await ann.door('Front gate')).toEqual({ T: 1, C: 1, O: 0 });
    await ann.write('Front gate', 'TargetDoorState', 0);
    await expect.poll(() => stage.gate.state, { timeout: 10_000 }).toMatchObject({ position: 1 });
    await ann.close();
  });

  it('shows how the gate is while it moves, and who moved it', async () => {
    page = await stage.openSettings();
    await page.gateState(/^Open$/).waitFor();
    stage.gate.operate({ keyNr: 5, keyType: 'unique key', via: 'bluetooth' });
    await page.gateState('Closing …').waitFor();
    await page.gateState('Closed').waitFor();
    await page.text('Front gate operated by key 5 over Bluetooth').waitFor();
    await page.text('Front gate opened by Apple Home').waitFor();
    await page.text('logging on').waitFor();
    await stage.examine('operated');
    await page.field('By whom').selectOption({ label: 'key 5' });
    await page.text('Front gate opened by Apple Home').waitFor({ state: 'detached' });
    await page.text('Front gate operated by key 5').waitFor();
  });

  it('asks the plugin while that holds the one connection', async () => {
    const before = stage.gate.state.connections;
    const happened: string[] = [];
    const off = stage.gate.happenings.on(({ event }) => happened.push(event));
    await page.button('Test the connection of Front gate').click();
    await page.text('The connection stays with Homebridge').waitFor();
    expect((await page.steps())[0]).toMatch(/^Homebridge is connected to it/);
    await takePicture(page, 'asked-the-plugin');
    off();
    expect(before).toBe(1);
    expect(happened).not.toContain('connected');
    expect(happened).not.toContain('disconnected');
  });

  it('marks the device that is set up already', async () => {
    await page.tab('Add a gate').click();
    await page.text('already set up as Front gate').waitFor();
    await page.tab('Gates').click();
  });

  it('copies diagnostics that hold no key', async () => {
    await page.button('Copy diagnostics').click();
    await page.text('Copied').waitFor();
    const copied = await page.clipboard();
    expect(copied).toContain(stage.gate.settings.serialNumber);
    expect(copied).toContain('"apiSecretKey": "[redacted]"');
    for (const secret of [stage.gate.secretKey, stage.gate.authKey]) expect(copied).not.toContain(secret);
  });

  it('keeps saved keys to itself, shows what applies, and saves what was changed', async () => {
    await page.tab('Settings').click();
    await page.field('Show only').waitFor();
    await page.field('When it is opened while it closes').waitFor();
    await page.field('Show only').check();
    await page.field('When it is opened while it closes').waitFor({ state: 'hidden' });
    await page.field('Show only').uncheck();
    await page.field('Seconds to close').fill('abc');
    await page.text('Enter a number.').waitFor();
    expect(await page.saveButton.isDisabled()).toBe(true);
    await page.field('Seconds to close').fill('12');
    await page.text('Enter a number.').waitFor({ state: 'detached' });
    await page.open('Sensors and doorbell');
    await page.field('Left open').selectOption('minutes');
    await page.field('Minutes until it counts as left open').fill('7');
    await page.open('Buttons');
    await page.button('Add a button').click();
    await page.field(/^What presses it/).selectOption('RelayTrigger');
    await page.frame.getByRole('group', { name: 'Number 1' }).getByLabel(/^Name/).fill('A guest came');
    await page.field('Only by a key of this kind').selectOption('guest key');
    await page.text('What the plugin would say').waitFor({ state: 'detached' });
    await stage.examine('settings-changed');

    const shown = await page.allValues();
    for (const secret of [stage.gate.secretKey, stage.gate.authKey]) expect(shown).not.toContain(secret);
    expect(page.received.join('\n')).not.toMatch(new RegExp(`${stage.gate.secretKey}|${stage.gate.authKey}`));

    await page.saveButton.press('Enter');
    await page.page.locator('app-custom-plugins').waitFor({ state: 'detached' });
    expect(stage.ui.platform()).toMatchObject({
      platform: 'Gatehouse',
      devices: [
        {
          name: 'Front gate',
          apiSecretKey: stage.gate.secretKey,
          apiAuthKey: stage.gate.authKey,
          closeSeconds: 12,
          leftOpen: 'minutes',
          leftOpenMinutes: 7,
          buttons: [{ name: 'A guest came', event: 'RelayTrigger', keyType: 'guest key' }],
        },
      ],
    });
  });

  it('leaves the plain form of the Homebridge UI as usable as ever', async () => {
    page = await stage.openSettings();
    await page.tab('Settings').click();
    await page.button('Use the plain form of the Homebridge UI').click();
    const plain = page.page.locator('app-custom-plugins').getByLabel('Seconds to close');
    let next = '15';
    const toldOrTyped = async (): Promise<string> => {
      const told = await page.field('Seconds to close').inputValue();
      if (told !== '15') await plain.fill(next);
      next = next === '15' ? '14' : '15';
      return told;
    };
    // The Homebridge UI does not tell of what is typed in the first quarter of a second, begins to wait anew
    // with each thing that is typed, and tells nothing that is as it was: so it is given time between one
    // value and another.
    await expect.poll(toldOrTyped, { timeout: 40_000, interval: 3_000 }).toBe('15');
    await page.saveButton.press('Enter');
    await page.page.locator('app-custom-plugins').waitFor({ state: 'detached' });
    expect(stage.ui.platform()).toMatchObject({
      devices: [{ closeSeconds: 15, apiSecretKey: stage.gate.secretKey, apiAuthKey: stage.gate.authKey }],
    });
    await stage.closeSettings();
  });
});
