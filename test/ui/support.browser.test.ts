import { afterAll, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/journal/entry.ts';
import { House, TOKEN } from '../reach/house.ts';
import type { SettingsPage } from './settings-page.ts';
import { writeJournal } from './old-journal.ts';
import { configOf, noChromium, useStage } from './stage.ts';

const HOSTILE = `<img src=x onerror="document.title='taken'">`;

describe.skipIf(noChromium)('the settings page of a house with remote support', () => {
  let house: House;
  let page: SettingsPage;
  const stage = useStage({
    platforms: async ({ gate }) => {
      house = await House.build({ support: { revokeAfterHours: 24 } });
      const devices = [
        configOf(gate, 'Front gate'),
        { ...configOf(gate, HOSTILE), port: 9, serialNumber: 'A4CF12F7A3F0' },
      ];
      return [{ platform: 'Gatehouse', devices, remoteSupport: house.rawConfig() }];
    },
  });

  afterAll(() => house.tearDown());

  it('puts everything into the page as text', async () => {
    writeJournal(stage.ui.storage, [entryOf(Date.now() - 60_000)]);
    page = await stage.openSettings({ dark: true });
    await page.text(`${HOSTILE} opened by <b>Mallory</b> over Wi-Fi`).waitFor();
    await page.frame.getByRole('heading', { name: HOSTILE }).waitFor();
    await page.text('nothing listens on port 9').waitFor();
    await page.gateState(/^Closed$/).waitFor();
    expect(await page.frame.locator('#gatehouse').locator('img, b, script').count()).toBe(0);
    expect(await page.page.title()).not.toBe('taken');
    await stage.examine('hostile');
  });

  it('opens and ends access to a computer, and makes a link that is shown once', async () => {
    page = await stage.openSettings();
    await page.tab('Remote support').click();
    await page.text('No access').waitFor();
    await page.button('Open access to Study').click();
    await page.text('TeamViewer must be installed').waitFor();
    await stage.examine('support-open');
    await page.button('Open access now').click();
    await page.text('Access to Study is open.').waitFor();
    await page.text(/since .+, until .+/).waitFor();
    await page.button('Make a link to Study').click();
    const link = page.field('Link to Study');
    await link.waitFor();
    expect(await house.verify(await link.inputValue())).toMatchObject({ accepted: true });
    await page.frame.getByRole('img', { name: 'QR code of the link' }).waitFor();
    await stage.examine('support-link');
    await page.tab('Gates').click();
    await page.tab('Remote support').click();
    await page.text('Access is open').waitFor();
    expect(await link.count()).toBe(0);
    expect(await page.allValues()).not.toContain('teamviewerapi:');
    await page.button('End access to Study').click();
    await page.button('End it').click();
    await page.text('No access').waitFor();
    expect(`${await page.allValues()}${page.received.join()}`).not.toContain(TOKEN);
  });

  it('fits on a phone, and speaks German', async () => {
    await stage.ui.chooseLanguage('de');
    page = await stage.openSettings({ width: 375 });
    await page.gateState(/^Zu$/).waitFor();
    await page.text('Letzte Vorgänge').waitFor();
    await stage.examine('german');
    await page.tab('Tor hinzufügen').click();
    await page.text('Fügen Sie ein, was „Copy API Keys“ kopiert hat').waitFor();
    await stage.examine('german-add');
    expect(await page.overflow()).toBe(0);
    await page.tab('Tor hinzufügen').press('ArrowRight');
    await page.field('Nur zeigen').waitFor();
    expect(await page.overflow()).toBe(0);
    await stage.closeSettings();
  });
});

function entryOf(at: number): JournalEntry {
  const by = { name: '<b>Mallory</b>', via: 'wifi' };
  return { v: 1, at, recordedAt: at, kind: 'opened', device: { id: 'x', name: HOSTILE }, by };
}
