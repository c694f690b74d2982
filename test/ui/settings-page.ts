import {
  chromium,
  type Browser,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USER, type HomebridgeUi } from './homebridge-ui.ts';

/** The machine may be busy with other things. */
const PATIENCE = 30_000;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Look {
  readonly width?: number;
  readonly dark?: boolean;
}

/** A browser in which somebody is logged in to the Homebridge UI. */
export class SettingsBrowser {
  readonly #browser: Browser;
  readonly #ui: HomebridgeUi;
  /** The page that was opened last. */
  #newest: Page | undefined;
  /** Logged in once: the UI lets nobody do that over and over. */
  #context: Promise<BrowserContext> | undefined;

  private constructor(browser: Browser, ui: HomebridgeUi) {
    this.#browser = browser;
    this.#ui = ui;
  }

  static async launch(executablePath: string, ui: HomebridgeUi): Promise<SettingsBrowser> {
    return new SettingsBrowser(await chromium.launch({ executablePath, args: FLAGS }), ui);
  }

  /** Opens the settings of the plugin in a page of its own. */
  async openSettings(look: Look = {}): Promise<SettingsPage> {
    const page = await this.openPage('/plugins', look);
    const settings = new SettingsPage(page);
    await settings.openDialog();
    return settings;
  }

  /** Opens a page of the Homebridge UI in a window of its own. */
  async openPage(path: string, { width = 1100, dark = false }: Look = {}): Promise<Page> {
    const context = await (this.#context ??= this.#logIn());
    const page = (this.#newest = await context.newPage());
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.goto(`${this.#ui.origin}${path}`, { waitUntil: 'commit' });
    return page;
  }

  /** What the newest page shows, for whoever looks into a failure. @returns where the picture is. */
  async pictureOfFailure(): Promise<string> {
    const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-failure-')), 'page.png');
    await this.#newest?.screenshot({ path });
    return path;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #logIn(): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      locale: 'en',
      timezoneId: 'Europe/Budapest',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE);
    const page = (this.#newest = await context.newPage());
    await page.goto(`${this.#ui.origin}/login`, { waitUntil: 'commit' });
    await page.fill('input[name=username]', USER.username);
    await page.fill('input[type=password]', USER.password);
    await page.locator('button[type=submit]').click();
    await page.waitForURL((url) => !url.pathname.startsWith('/login'), { waitUntil: 'commit' });
    await page.close();
    return context;
  }
}

/** The settings page in the dialog of the Homebridge UI. */
export class SettingsPage {
  readonly page: Page;
  /** The page itself. */
  readonly frame: FrameLocator;
  /** What went wrong in the browser. */
  readonly errors: string[] = [];
  /** What the server of the page has sent. */
  readonly received: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.frame = page.frameLocator('.modal-content iframe');
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => this.received.push(payload.toString()));
    });
  }

  /** Opens the dialog from the list of plugins. */
  async openDialog(): Promise<void> {
    const card = this.page.locator('app-plugin-card', { hasText: 'Gatehouse' });
    await card
      .locator('button[aria-label="Plugin Actions"], button[aria-label="Plugin-Aktionen"]')
      .first()
      .click();
    await this.page
      .getByRole('button', { name: /^(plugin config|einstellungen)$/i })
      .first()
      .click();
    await this.frame.locator('[role=tablist]').waitFor();
  }

  tab(name: string): Locator {
    return this.frame.getByRole('tab', { name });
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole('button', { name, exact: typeof name === 'string' });
  }

  field(label: string | RegExp): Locator {
    return this.frame.getByLabel(label, { exact: typeof label === 'string' });
  }

  text(text: string | RegExp): Locator {
    return this.frame.getByText(text).first();
  }

  /** Where the form for a new gate begins. */
  get form(): Locator {
    return this.frame.locator('.gh-step').first();
  }

  /** A gate's state, in words. */
  gateState(text: string | RegExp): Locator {
    return this.frame.locator('.gh-gate-card .gh-state', { hasText: text });
  }

  /** Opens a group of settings. */
  async open(group: string): Promise<void> {
    await this.frame.locator('summary', { hasText: new RegExp(`^${group}$`) }).click();
  }

  /** What an expression is in the page. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const frame = this.page.frames().find((each) => each.url().includes('/plugins/settings-ui/'));
    if (!frame) throw new Error('the page is not open');
    return frame.evaluate<Value>(expression);
  }

  /** By how many pixels the page is too wide. */
  async overflow(): Promise<number> {
    return this.evaluate<number>('document.body.scrollWidth - document.documentElement.clientWidth');
  }

  /** What was copied last. */
  async clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  async typeAddress(host: string, port: number): Promise<void> {
    const other = this.frame.getByLabel('Another address');
    if (await other.isVisible()) await other.check();
    await this.field('Address').fill(host);
    await this.field('Port').fill(String(port));
    const others = this.button('Paste others');
    if (await others.isVisible()) await others.click();
  }

  /** Everything that stands in the page, seen or not: texts, attributes and what is in the inputs. */
  async allValues(): Promise<string> {
    const inputs = await this.frame.locator('input, textarea, select').all();
    const values = await Promise.all(inputs.map((input) => input.inputValue().catch(() => '')));
    return [await this.evaluate<string>('document.documentElement.outerHTML'), ...values].join('\n');
  }

  /** What "Copy API Keys" of the Remootio app has put on the clipboard. */
  async pasteKeys(text: string): Promise<void> {
    await this.frame.locator('.gh-keys:visible').fill(text);
  }

  /** The steps of the connection test, without what only a screen reader says. */
  async steps(): Promise<readonly string[]> {
    return this.frame.locator('.gh-steps li .gh-step-text').allInnerTexts();
  }

  /** Saves by the dialog's own button, and does what the UI offers: a child bridge, and a restart. */
  async saveAndRestart(): Promise<void> {
    // By the keyboard: what the dialog shows may move the button under a mouse.
    await this.saveButton.press('Enter');
    await this.page.getByText('Use Child Bridge').waitFor();
    await this.page.locator('app-custom-plugins').waitFor({ state: 'detached' });
    await this.page.locator('.modal-footer button.btn-primary').press('Enter');
    await this.page.getByRole('button', { name: 'Restart' }).press('Enter');
  }

  /** The Save button of the dialog. */
  get saveButton(): Locator {
    return this.page.locator('app-custom-plugins .modal-footer button.btn-primary');
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
