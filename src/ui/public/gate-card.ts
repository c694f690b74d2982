import { button, el, fill } from './dom.ts';
import { GateDrawing, type GateState } from './gate-drawing.ts';
import { t, type Facts } from './language.ts';
import { errorBox } from './messages.ts';
import type { DeviceView } from '../protocol.ts';
import { modelText, problemText, TestView } from './test-view.ts';
import { durationText } from './times.ts';

/** One gate: its picture, how it is, and what is wrong, if anything is. */
export class GateCard {
  readonly element = el('article', { class: 'gh-card gh-gate-card' });
  readonly #name: string;
  readonly #drawing = new GateDrawing();
  readonly #state = el('p', { class: 'gh-state', role: 'status' });
  readonly #health = el('p', { class: 'gh-health' });
  readonly #problem = el('div');
  readonly #test = new TestView();
  readonly #actions = el('div', { class: 'gh-actions' });
  readonly #facts: Facts;

  /** @param facts where the device is, for what is said of it. */
  constructor(name: string, facts: Facts) {
    this.#name = name;
    this.#facts = facts;
    fill(
      this.element,
      this.#drawing.element,
      el(
        'div',
        { class: 'gh-grow' },
        el('h3', {}, name),
        this.#state,
        this.#health,
        this.#problem,
        this.#actions,
      ),
      this.#test.element,
    );
  }

  /** Undefined: the running plugin does not know it. `saved`: its connection can be tested. */
  show(device: DeviceView | undefined, saved: boolean): void {
    const state = device ? stateOf(device) : 'unknown';
    const words = device ? stateText(device, state) : t('gates.pending');
    this.element.classList.toggle('gh-away', device?.state !== 'online');
    this.#drawing.show(state, t('door.picture', { name: this.#name, state: words }));
    if (this.#state.textContent !== words) fill(this.#state, words);
    fill(this.#health, ...(device ? healthParts(device) : []));
    fill(this.#problem, device && this.#problemBox(device));
    if (saved && this.#actions.childElementCount === 0) this.#offerTest();
    if (!saved) fill(this.#actions);
  }

  #offerTest(): void {
    const label = t('gates.test.of', { name: this.#name });
    const test = button({
      text: t('gates.test'),
      label,
      kind: 'link',
      onClick: () => void this.#runTest(test),
    });
    fill(this.#actions, test);
  }

  async #runTest(test: HTMLButtonElement): Promise<void> {
    test.disabled = true;
    try {
      await this.#test.testSaved(this.#name, this.#facts);
    } catch (error) {
      fill(this.#problem, errorBox(error));
    } finally {
      test.disabled = false;
    }
  }

  #problemBox(device: DeviceView): HTMLElement | undefined {
    if (device.problem && device.state !== 'online') {
      const { message, remedy } = problemText(device.problem, this.#facts);
      return box('gh-bad', el('strong', {}, message), ' ', remedy);
    }
    if (device.door?.obstruction) return box('gh-careful', t('door.obstruction'));
    if (device.logging === 'off') return box('gh-note', t('health.logging.off.help'));
    return undefined;
  }
}

function box(tone: string, ...children: readonly (Node | string)[]): HTMLElement {
  return el('div', { class: `gh-message ${tone}` }, ...children);
}

/** What is known of a gate that is away may be wrong by now. */
function stateOf({ state, door, sensor }: DeviceView): GateState {
  if (state === 'offline' || state === 'stopped') return 'unknown';
  if (door && !door.unavailable) return door.current;
  return sensor === 'open' || sensor === 'closed' ? sensor : 'unknown';
}

function stateText({ sensor, state: connection }: DeviceView, state: GateState): string {
  if (state === 'unknown' && connection === 'online' && sensor === 'no sensor') return t('door.no-sensor');
  return t(`door.${state}`);
}

function healthParts(device: DeviceView): readonly (Node | string)[] {
  const { state, offlineFor, readOnly, logging, serialNumber, apiVersion, remootioVersion } = device;
  const connection =
    state === 'offline' && offlineFor !== undefined
      ? t('health.offline-for', { time: durationText(offlineFor) })
      : t(`health.${state}`);
  const parts = [
    remootioVersion === undefined ? undefined : modelText(remootioVersion),
    serialNumber === undefined ? undefined : t('gates.details', { serial: serialNumber }),
    apiVersion === undefined ? undefined : t('gates.details.api', { version: apiVersion }),
    logging === 'unknown' ? undefined : t(`health.logging.${logging}`),
    readOnly ? t('health.read-only') : undefined,
  ];
  const details = parts.filter((part) => part !== undefined).join(' · ');
  return [
    el('span', { class: 'gh-dot', 'data-state': state, 'aria-hidden': 'true' }),
    el('span', { class: 'gh-connection' }, connection),
    ...(details === '' ? [] : [el('span', { class: 'gh-help' }, details)]),
  ];
}
