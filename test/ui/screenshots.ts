import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ROOT } from '../helpers/plugin-folder.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import type { SettingsPage } from './settings-page.ts';

const wanted = process.env['GATEHOUSE_SCREENSHOTS'];

/** Where the pictures go: a temporary folder, or what GATEHOUSE_SCREENSHOTS names, `docs/images` for example. */
const folder = wanted === undefined ? makeTempFolder('screenshots') : resolve(ROOT, wanted);

const MARGIN = 60;
/** A window of this height shows whatever stands in the dialog. */
const TALLEST = 2400;
/** The beginning of a long page says what it is; the documentation has no room for more. */
const TALLEST_PICTURE = 1400;

export interface PictureOptions {
  /** Where it begins, if not at the top. */
  readonly from?: Locator;
  /** In pixels. */
  readonly tallest?: number;
}

/** Takes a picture of the dialog. */
export async function takePicture(
  { page }: SettingsPage,
  name: string,
  { from, tallest = TALLEST_PICTURE }: PictureOptions = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const width = page.viewportSize()?.width ?? 1100;
  const dialog = page.locator('.modal-content').first();
  const height = (await dialog.boundingBox())?.height ?? 0;
  await page.setViewportSize({ width, height: Math.min(Math.ceil(height) + MARGIN, TALLEST) });
  await page.locator('.modal-header').first().scrollIntoViewIfNeeded();
  const box = await dialog.boundingBox();
  if (!box) throw new Error('the dialog is not open');
  const top = (await from?.boundingBox())?.y ?? box.y;
  const clip = { ...box, y: top, height: Math.min(box.y + box.height - top, tallest) };
  await page.screenshot({ path: join(folder, `${name}.png`), clip, animations: 'disabled' });
}

/** Takes a picture of a part of the Homebridge UI. */
export async function takePictureOf(page: Page, selector: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page
    .locator(selector)
    .first()
    .screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
