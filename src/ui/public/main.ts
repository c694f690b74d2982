import { AddTab } from './add-tab.ts';
import { ask } from './backend.ts';
import { ConfigStore } from './config-store.ts';
import { el, fill } from './dom.ts';
import { buildForm, partOf, type FormNode, type SettingSchema } from './form-model.ts';
import { GatesTab } from './gates-tab.ts';
import { chooseLanguage, currentLanguage, t } from './language.ts';
import { errorBox, messageBox } from './messages.ts';
import type { Overview } from '../protocol.ts';
import { SettingsTab } from './settings-tab.ts';
import { SupportTab } from './support-tab.ts';
import { Tabs } from './tabs.ts';
import { TakeoverView } from './takeover-view.ts';
import { takeThemeColor } from './theme.ts';

const SUPPORT = 'remoteSupport';

window.homebridge.addEventListener('ready', () => void start());

async function start(): Promise<void> {
  const root = document.getElementById('gatehouse');
  if (!root) return;
  chooseLanguage(await uiLanguage());
  document.documentElement.lang = currentLanguage();
  takeThemeColor(root);
  fill(root, el('p', { class: 'gh-help' }, t('loading')));
  try {
    const store = new ConfigStore(window.homebridge);
    const [overview, schema] = await Promise.all([
      ask('/overview'),
      window.homebridge.getPluginConfigSchema(),
      store.load(),
    ]);
    const nodes = buildForm(schema.schema as SettingSchema, schema.layout ?? []);
    fill(root, ...buildPage(store, overview, nodes));
  } catch (error) {
    fill(root, errorBox(error));
  }
}

function buildPage(store: ConfigStore, overview: Overview, nodes: readonly FormNode[]): readonly Node[] {
  const unsaved = el('div');
  const problems = new Map<string, number>();
  const hasProblems = (): boolean => [...problems.values()].some((count) => count > 0);
  const onProblems = (where: string) => (count: number) => {
    problems.set(where, count);
    if (hasProblems()) window.homebridge.disableSaveButton();
    else window.homebridge.enableSaveButton();
    tellUnsaved();
  };
  const supportNodes = partOf(nodes, ([first]) => first === SUPPORT);
  const takeover =
    overview.peerDevices.length === 0
      ? undefined
      : new TakeoverView(overview.peerDevices, store, () => window.homebridge.disableSaveButton());
  const offersSupport = supportNodes.length > 0 && !overview.remoteSupport;
  const settings = new SettingsTab({
    store,
    nodes: partOf(nodes, ([first]) => first !== SUPPORT),
    onProblems: onProblems('settings'),
    onSupport: offersSupport ? () => openSupport() : undefined,
  });
  const tabs = new Tabs([
    new GatesTab(store, overview),
    new AddTab({ store, overview, takeover, onAdded: () => tabs.open('gates') }),
    settings,
    new SupportTab({ store, nodes: supportNodes, onProblems: onProblems('support') }),
  ]);
  const openSupport = (): void => {
    tabs.offer('support', true);
    tabs.open('support');
  };
  const tellUnsaved = (): void => {
    const text = hasProblems() ? t('unsaved.problems') : t('unsaved');
    const isSaid = unsaved.textContent === text;
    if (!isSaid || !store.isChanged) fill(unsaved, store.isChanged && messageBox('note', text));
  };
  store.onChange(tellUnsaved);
  window.homebridge.addEventListener('configChanged', (event) => {
    store.reload((event as MessageEvent<unknown>).data);
    settings.reload();
  });
  tabs.offer('support', overview.remoteSupport);
  tabs.open(store.devices.length === 0 ? 'add' : 'gates');
  return [unsaved, tabs.element];
}

/** Early versions of the Homebridge UI do not tell. */
async function uiLanguage(): Promise<string> {
  try {
    return await window.homebridge.i18nCurrentLang();
  } catch {
    return navigator.language;
  }
}
