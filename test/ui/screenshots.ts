import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../helpers/plugin-folder.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import type { SettingsPage } from './settings-page.ts';

const wanted = process.env['GATEHOUSE_SCREENSHOTS'];

/** Where the pictures go: a temporary folder, or what GATEHOUSE_SCREENSHOTS names, `docs/images` for example. */
const folder = wanted === undefined ? makeTempFolder('screenshots') : resolve(ROOT, wanted);

const MARGIN = 60;
/** A window of this height shows whatever stands in the dialog. */
const TALLEST = 2400;

/** Takes a picture of the whole dialog. */
export async function takePicture({ page }: SettingsPage, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const width = page.viewportSize()?.width ?? 1100;
  const dialog = page.locator('.modal-content').first();
  const height = await dialog.evaluate((element) => element.getBoundingClientRect().height);
  await page.setViewportSize({ width, height: Math.min(Math.ceil(height) + MARGIN, TALLEST) });
  await dialog.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
