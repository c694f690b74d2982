import { sleep, type Clock } from '../base/clock.ts';
import { describeClose } from '../session/close-reason.ts';
import { diagnose } from '../session/diagnosis.ts';
import type { DeviceHello } from '../session/link.ts';
import type { Target } from '../session/transport.ts';
import { trySession, type Trial } from '../session/trial.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { ApiKeys } from '../wire/keys.ts';
import type { Problem, TestResult, TestStep, TestStepName } from './protocol.ts';

export interface ConnectionTestOptions {
  readonly target: Target;
  /** In the order in which they are thought to be; the other order is tried where this one does not fit. */
  readonly keys: ApiKeys;
  readonly expectedSerial: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (step: TestStep) => void;
}

/** What was found out, with `swapped` where the keys fit in each other's place. */
export type Tested = Omit<TestResult, 'via' | 'secretKey'> & { readonly swapped: boolean | undefined };

/** Long enough for another client that has lost its connection to come back for it. */
const LINGER = 1500;
const BETWEEN = 400;
/** So many failures in a row are no noise; as in the diagnosis. */
const MOST_TRIES = 3;

/**
 * Connects as the plugin would, and tells each step. More than one session is tried where one failure proves
 * nothing, and the keys are tried in both orders. Never rejects.
 */
export async function testConnection(options: ConnectionTestOptions): Promise<Tested> {
  const { signal, clock } = options;
  const steps = new Steps(options.report);
  steps.begin('reach', { host: options.target.host, port: options.target.port });
  const history: Trial[] = [];
  let swapped = false;
  for (;;) {
    const last = await attempt(options, swapped, steps);
    history.push(last);
    if (signal.aborted || !provesNothing(last) || history.length >= MOST_TRIES) break;
    if (last.reason.code === 'challenge-mac') swapped = !swapped;
    await sleep(clock, BETWEEN, signal).catch(() => undefined);
  }
  return conclude(options, history, swapped, steps);
}

function attempt(options: ConnectionTestOptions, swapped: boolean, steps: Steps): Promise<Trial> {
  const { secretKey, authKey } = options.keys;
  return trySession({
    ...options,
    keys: swapped ? { secretKey: authKey, authKey: secretKey } : options.keys,
    linger: LINGER,
    onHello: (hello) => steps.reached(hello),
    onReady: (response) => steps.ready(response, swapped),
  });
}

/** The keys may stand in each other's place, a frame may be damaged, a connection dropped now and then. */
function provesNothing({ reason }: Trial): boolean {
  return reason.code === 'challenge-mac' || reason.code === 'dropped';
}

function conclude(
  { target }: ConnectionTestOptions,
  history: readonly Trial[],
  swapped: boolean,
  steps: Steps,
): Tested {
  const last = history.at(-1);
  const hello = history.find((each) => each.hello)?.hello;
  const response = history.find((each) => each.response)?.response;
  const facts = {
    ...hello,
    ...(response && { sensor: response.state }),
  };
  const problem = last && problemOf(last, history, target, hello !== undefined);
  if (response) {
    steps.logging(history.flatMap(({ events }) => events));
    steps.slot(problem);
    return { ok: true, swapped, ...facts, ...(problem && { problem }) };
  }
  if (problem) steps.failed(failedStep(history), problem);
  return { ok: false, swapped: undefined, ...facts, ...(problem && { problem }) };
}

/** What is the matter; undefined where the session ended as it was meant to. */
function problemOf(
  last: Trial,
  history: readonly Trial[],
  target: Target,
  known: boolean,
): Problem | undefined {
  if (last.reason.code === 'stopped') return undefined;
  const diagnosis = diagnose(history, { target, known });
  if (diagnosis) return { ...diagnosis };
  const message = describeClose(last.reason);
  return {
    code: last.reason.code,
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    remedy: 'Try again. If it lasts, turn the device off and on again.',
  };
}

/** The furthest step that any session came to is the one that fails. */
function failedStep(history: readonly Trial[]): TestStepName {
  if (history.some(({ reached }) => reached === 'challenge' || reached === 'verifying')) return 'keys';
  if (history.some(({ reached, reason }) => reached === 'hello' || reason.code === 'wrong-device')) {
    return 'identify';
  }
  return 'reach';
}

/** Tells the steps, each change once. */
class Steps {
  readonly #report: (step: TestStep) => void;
  readonly #said = new Set<string>();

  constructor(report: (step: TestStep) => void) {
    this.#report = report;
  }

  begin(step: TestStepName, facts: TestStep['facts'] = {}): void {
    this.#say(step, 'running', 'running', facts);
  }

  reached({ apiVersion, serialNumber, remootioVersion }: DeviceHello): void {
    this.#say('reach', 'ok', 'ok');
    const code = serialNumber === undefined ? 'version-1' : 'ok';
    this.#say('identify', 'ok', code, {
      apiVersion,
      ...(serialNumber !== undefined && { serialNumber }),
      ...(remootioVersion !== undefined && { remootioVersion }),
    });
    this.begin('keys');
  }

  ready({ state }: ActionResponse, swapped: boolean): void {
    this.#say('keys', 'ok', swapped ? 'swapped' : 'ok');
    const hasSensor = state !== 'no sensor';
    this.#say('sensor', hasSensor ? 'ok' : 'warning', hasSensor ? state : 'none');
    this.begin('logging');
    this.begin('slot');
  }

  /** Without logging StateChange is the only event. */
  logging(events: readonly string[]): void {
    const on = events.some((type) => type !== 'StateChange');
    this.#say('logging', on ? 'ok' : 'unknown', on ? 'on' : 'unknown');
  }

  slot(problem: Problem | undefined): void {
    if (problem) this.#say('slot', 'warning', problem.code);
    else this.#say('slot', 'ok', 'ok');
  }

  failed(step: TestStepName, problem: Problem): void {
    this.#say(step, 'failed', problem.code);
  }

  #say(step: TestStepName, state: TestStep['state'], code: string, facts: TestStep['facts'] = {}): void {
    const key = `${step} ${state} ${code}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#report({ step, state, code, facts });
  }
}
