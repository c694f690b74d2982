import {
  chromium,
  type Browser,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
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
  readonly language?: string;
}

/** A browser in which somebody is logged in to the Homebridge UI. */
export class SettingsBrowser {
  readonly #browser: Browser;
  readonly #ui: HomebridgeUi;
  /** One for each language: the UI lets nobody log in over and over. */
  readonly #contexts = new Map<string, Promise<BrowserContext>>();

  private constructor(browser: Browser, ui: HomebridgeUi) {
    this.#browser = browser;
    this.#ui = ui;
  }

  static async launch(executablePath: string, ui: HomebridgeUi): Promise<SettingsBrowser> {
    return new SettingsBrowser(await chromium.launch({ executablePath, args: FLAGS }), ui);
  }

  /** Opens the settings of the plugin in a page of its own. */
  async openSettings({ width = 1100, dark = false, language = 'en' }: Look = {}): Promise<SettingsPage> {
    const context = this.#contexts.get(language) ?? this.#logIn(language);
    this.#contexts.set(language, context);
    const page = await (await context).newPage();
    const settings = new SettingsPage(page);
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.goto(`${this.#ui.origin}/plugins`, { waitUntil: 'commit' });
    await settings.open();
    return settings;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #logIn(language: string): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      locale: language,
      timezoneId: 'Europe/Budapest',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    await page.goto(`${this.#ui.origin}/login`, { waitUntil: 'commit' });
    await page.fill('input[name=username]', USER.username);
    await page.fill('input[type=password]', USER.password);
    await page.keyboard.press('Enter');
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
  async open(): Promise<void> {
    const card = this.page.locator('app-plugin-card', { hasText: 'Gatehouse' });
    await card
      .locator('button[aria-label="Plugin Actions"], button[aria-label="Plugin-Aktionen"]')
      .first()
      .click();
    await this.page
      .getByRole('button', { name: /plugin config|plugin-konfig/i })
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
