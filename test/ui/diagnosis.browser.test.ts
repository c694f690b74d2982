import { readdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RemootioDevice } from '../../src/client.ts';
import type { SettingsPage } from './settings-page.ts';
import { noChromium, useStage } from './stage.ts';

const key = (): string => randomBytes(32).toString('hex');

describe.skipIf(noChromium)('the settings page says in plain words what is wrong', () => {
  const stage = useStage();
  let page: SettingsPage;

  beforeAll(async () => {
    page = await stage.openSettings();
  }, 60_000);

  const attempt = async (port: number, keys: string): Promise<void> => {
    await page.typeAddress('127.0.0.1', port);
    await page.pasteKeys(keys);
    await page.button('Test the connection').click();
    await page.button('Stop the test').waitFor({ state: 'detached' });
  };

  it('a closed port', async () => {
    const one = await stage.device();
    await one.stopListening();
    await attempt(one.port, `${one.secretKey} ${one.authKey}`);
    await page.text(`127.0.0.1 answers, but nothing listens on port ${one.port}.`).waitFor();
    await stage.examine('port-closed', { from: page.form });
    await page.button('Add it anyway').waitFor();
  });

  it('a wrong secret key, and a wrong auth key', async () => {
    const one = await stage.device();
    await attempt(one.port, `${key()}\n${one.authKey}`);
    await page.text('The API Secret Key is wrong. The other key is right.').waitFor();
    await stage.examine('wrong-key', { from: page.form });
    await attempt(one.port, `${one.secretKey}\n${key()}`);
    await page.text('The API Auth Key is wrong.').waitFor();
  });

  it('keys with each other’s names, which it puts right', async () => {
    const one = await stage.device();
    await attempt(one.port, JSON.stringify({ 'API Auth Key': one.secretKey, 'API Secret Key': one.authKey }));
    await page.text('they were in each other’s place').waitFor();
    await page.text('It works.').waitFor();
  });

  it('another client that holds the one connection', async () => {
    const one = await stage.device({ whenTaken: 'refuse' });
    const { port, secretKey, authKey } = one;
    const other = new RemootioDevice({
      host: '127.0.0.1',
      port,
      apiSecretKey: secretKey,
      apiAuthKey: authKey,
    });
    stage.afterThisTest(() => other.disconnect());
    await other.connect();
    await attempt(port, `${secretKey}\n${authKey}`);
    await page.text('Another program seems to hold the one connection').waitFor();
    await stage.examine('busy', { from: page.form });
  });

  it('a gate without a status sensor', async () => {
    const one = await stage.device({ sensor: false, apiVersion: 1 });
    await attempt(one.port, `${one.secretKey}\n${one.authKey}`);
    await page.text('Without a status sensor nobody can tell').waitFor();
    expect(await page.steps()).toContain('No status sensor, or it is not enabled in the Remootio app');
    await stage.examine('no-sensor', { from: page.form });
  });

  it('keys that cannot be any, while they are typed', async () => {
    await page.typeAddress('127.0.0.1', 8080);
    await page.pasteKeys(`${key()}\n${key().slice(0, 62)}`);
    await page.text('One of the keys has 62 digits instead of 64.').waitFor();
  });

  it('that no device announces itself, and what to do', async () => {
    await page.button('Look again').click();
    await page.text('Looking for devices in your network').waitFor();
    await page.text('That is normal for a Remootio 3 with software 2.40 or later').waitFor();
    await stage.examine('nothing-found');
    await stage.closeSettings();
  });

  it('takes over homebridge-remootio after showing what becomes of it', async () => {
    const keys = {
      apiSecretKey: randomBytes(32).toString('hex'),
      apiAuthKey: randomBytes(32).toString('hex'),
    };
    stage.ui.configure({
      platform: 'Remootio',
      name: 'Remootio',
      devices: [{ name: 'Old gate', ipAddress: '192.168.1.77', ...keys, enableDoorbellInput: true }],
    });
    page = await stage.openSettings();
    await page.text('You use homebridge-remootio').waitFor();
    await page.button('Show what becomes of it').click();
    await page.text('homebridge-remootio goes from the config').waitFor();
    await stage.examine('takeover', { tallest: 600 });
    await page.button('Take over now').click();
    await page.text('Taken over: Old gate.').waitFor();
    expect(await page.saveButton.isDisabled()).toBe(true);
    expect(stage.ui.config()['platforms']).toEqual([
      expect.objectContaining({ platform: 'config' }),
      {
        platform: 'Gatehouse',
        name: 'Gatehouse',
        devices: [{ name: 'Old gate', host: '192.168.1.77', ...keys, doorbell: true }],
      },
    ]);
    const [backup] = readdirSync(stage.ui.storage).filter((name) => name.includes('before-gatehouse'));
    expect(readFileSync(join(stage.ui.storage, backup!), 'utf8')).toContain('"Remootio"');
    const told = `${page.received.join()}${await page.allValues()}`;
    for (const secret of Object.values(keys)) expect(told).not.toContain(secret);
    await page.button('Close the settings').click();
    await page.page.locator('app-custom-plugins').waitFor({ state: 'detached' });
    await stage.closeSettings();
  });
});
