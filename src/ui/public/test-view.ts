import { ask, listen } from './backend.ts';
import { el, fill } from './dom.ts';
import { t, textIfAny, type Facts } from './language.ts';
import type { Problem, TestParams, TestPlace, TestResult, TestStep } from '../protocol.ts';

const ICONS: Readonly<Record<TestStep['state'], string>> = {
  running: '…',
  ok: '✓',
  unknown: '?',
  warning: '!',
  failed: '✕',
};

let lastRun = 0;

/** Tests a connection and shows each step as it is taken. */
export class TestView {
  readonly element = el('div', { class: 'gh-test', hidden: true });
  readonly #steps = el('ol', { class: 'gh-steps', 'aria-live': 'polite', 'aria-label': t('test.title') });
  readonly #problem = el('div');
  readonly #rows = new Map<string, HTMLLIElement>();
  #facts: Facts = {};
  #run = 0;
  /** The keys came with names, which may be wrong; without, there is no wrong order. */
  #isLabelled = true;

  constructor() {
    this.element.append(this.#steps, this.#problem);
  }

  /** Of a saved device, by its name. */
  testSaved(device: string, facts: Facts): Promise<TestResult> {
    return this.#test((run) => ({ run, device }), facts);
  }

  /** Of something that is not saved yet. */
  testPlace(place: TestPlace): Promise<TestResult> {
    this.#isLabelled = place.keys.some(({ label }) => label !== 'none');
    return this.#test((run) => ({ run, place }), { host: place.host, port: place.port });
  }

  clear(): void {
    this.#run = 0;
    this.#rows.clear();
    fill(this.#steps);
    fill(this.#problem);
    this.element.hidden = true;
  }

  async #test(params: (run: number) => TestParams, facts: Facts): Promise<TestResult> {
    this.clear();
    this.element.hidden = false;
    const run = (this.#run = ++lastRun);
    this.#facts = facts;
    const off = listen('test', (progress) => {
      if (progress.run === run && this.#run === run) this.#show(progress.step);
    });
    try {
      const result = await ask('/test', params(run));
      if (this.#run === run && result.problem) this.#showProblem(result.problem, result.ok);
      return result;
    } finally {
      off();
    }
  }

  #show(told: TestStep): void {
    const step = told.code === 'swapped' && !this.#isLabelled ? { ...told, code: 'ok' } : told;
    let row = this.#rows.get(step.step);
    if (!row) {
      row = el('li');
      this.#rows.set(step.step, row);
      this.#steps.append(row);
    }
    row.dataset['state'] = step.state;
    row.dataset['step'] = step.step;
    fill(
      row,
      el('span', { class: 'gh-step-icon', 'aria-hidden': 'true' }, ICONS[step.state]),
      el('span', { class: 'gh-step-text' }, stepText(step)),
      el('span', { class: 'gh-off-screen' }, ` (${t(`test.state.${step.state}`)})`),
    );
  }

  #showProblem(problem: Problem, works: boolean): void {
    const { message, remedy } = problemText(problem, this.#facts);
    fill(
      this.#problem,
      el(
        'div',
        { class: `gh-message ${works ? 'gh-careful' : 'gh-bad'}`, role: 'alert' },
        el('strong', {}, message),
        ' ',
        remedy,
      ),
    );
  }
}

function stepText({ step, state, code, facts }: TestStep): string {
  const all: Facts = {
    ...facts,
    ...('remootioVersion' in facts && { model: modelText(String(facts['remootioVersion'])) }),
  };
  const withModel = { model: 'Remootio', ...all };
  return (
    textIfAny(`test.${step}.${code}`, withModel) ??
    textIfAny(`test.${step}.${state}`, withModel) ??
    `${step}: ${code}`
  );
}

/** "remootio-3" as people call it; anything else as it is. */
export function modelText(remootioVersion: string): string {
  const [, number] = /^remootio-(\d)$/i.exec(remootioVersion) ?? [];
  return number === undefined ? remootioVersion : `Remootio ${number}`;
}

/** In the language of the page where the diagnosis is known, else in the plugin's own words. */
export function problemText(
  problem: Problem,
  facts: Facts,
): { readonly message: string; readonly remedy: string } {
  const message = textIfAny(`problem.${problem.code}`, facts);
  // Without the address the sentence of the page would have a gap.
  if (message === undefined || /\{\w+\}/.test(message)) return problem;
  return { message, remedy: textIfAny(`problem.${problem.code}.remedy`, facts) ?? problem.remedy };
}
