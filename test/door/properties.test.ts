import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reduce } from '../../src/door/reduce.ts';
import {
  initialState,
  memoryOf,
  viewOf,
  type DoorEffect,
  type DoorInput,
  type DoorSettings,
  type DoorState,
} from '../../src/door/state.ts';
import { CLOSED, OPEN, type DoorMemory } from '../../src/door/types.ts';
import type { KeyUse } from '../../src/wire/events.ts';
import type { SensorState } from '../../src/wire/sensor-state.ts';
import { API_KEY, OWNER } from './fake-device.ts';
import { shown, Stage } from './stage.ts';

/** At rest T and C agree, and a travel goes where T says. */
const TRUE_LABELS = ['T0 C0', 'T1 C1', 'T0 C2', 'T1 C3'];

function label(state: DoorState): string {
  return shown({ ...viewOf(state), obstruction: false, unavailable: false });
}

interface Step {
  readonly after: number;
  readonly input: (now: number, session: number) => DoorInput;
}

const sensor = fc.constantFrom<SensorState>('open', 'closed', 'open', 'closed', 'no sensor');
const key = fc.constantFrom<KeyUse>(OWNER, API_KEY);
const age = fc.oneof(fc.constant(0), fc.nat(15_000));
const target = fc.constantFrom(OPEN, CLOSED);

const inputs = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('level', 'edge'), sensor, age }).map(reported) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('relay', 'held'), key, sensor, age }).map(operated),
  },
  fc
    .record({ target, relayTriggered: fc.boolean(), sensor })
    .map((answer) => () => ({ kind: 'accepted', ...answer }) as const),
  fc.boolean().map((busy) => () => ({ kind: 'rejected', busy }) as const),
  fc.nat(60_000).map((since) => (now: number) => ({ kind: 'offline', since: now - since }) as const),
  fc
    .constantFrom('sensor changed', 'sent', 'unknown', 'online', 'online', 'tick')
    .map((kind) => () => ({ kind }) as const),
);

function reported(report: { kind: 'level' | 'edge'; sensor: SensorState; age: number }): Step['input'] {
  const { kind, sensor } = report;
  return (now, session) => ({ kind: 'report', report: { kind, sensor, at: now - report.age, session } });
}

function operated(by: {
  kind: 'relay' | 'held';
  key: KeyUse;
  sensor: SensorState;
  age: number;
}): Step['input'] {
  return (now) => ({ kind: by.kind, key: by.key, sensor: by.sensor, at: now - by.age });
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ after: fc.oneof(fc.nat(500), fc.nat(60_000)), input: inputs }),
  { maxLength: 40 },
);

const memories = fc.option(
  fc.record({
    target,
    current: fc.constantFrom<DoorMemory['current']>(0, 1, 2, 3),
    obstruction: fc.boolean(),
    learnedCloseTime: fc.integer({ min: 0, max: 200_000 }),
  }),
  { nil: undefined },
);

const settings: fc.Arbitrary<DoorSettings> = fc.record(
  {
    whileClosing: fc.constantFrom('refuse', 'pulse'),
    openTime: fc.nat(60_000),
    closeTime: fc.nat(60_000),
  },
  { requiredKeys: ['whileClosing'] },
);

const withoutSensor: fc.Arbitrary<DoorSettings> = fc.record(
  {
    whileClosing: fc.constantFrom('refuse', 'pulse'),
    withoutSensor: fc.constantFrom('assumed', 'directional'),
    output: fc.constantFrom('primary', 'secondary'),
  },
  { requiredKeys: ['whileClosing', 'withoutSensor'] },
);

/** A model that is fed step by step, with what must hold after each of them. */
class Run {
  now = 1_000_000;
  state: DoorState;
  session = 1;
  readonly check: (state: DoorState) => void;

  constructor(settings: DoorSettings, memory: DoorMemory | undefined, check: (state: DoorState) => void) {
    this.check = check;
    this.state = deepFreeze(initialState(settings, memory, this.now));
  }

  feed(input: DoorInput): readonly DoorEffect[] {
    const { state, effects } = reduce(this.state, input, this.now);
    this.state = deepFreeze(state);
    expect(TRUE_LABELS).toContain(label(state));
    if (state.deadline !== undefined) expect(state.deadline).toBeGreaterThan(this.now);
    const memory = memoryOf(state);
    if (memory) expect(memory.current).toBe(memory.target);
    if (!state.online) expect(effects).not.toContainEqual({ kind: 'query' });
    this.check(state);
    return effects;
  }

  play(all: readonly Step[]): void {
    for (const { after, input } of all) {
      this.pass(after, 'closed');
      const next = input(this.now, this.session);
      // A session ends when the device goes away.
      if (next.kind === 'offline') this.session++;
      this.feed(next);
    }
  }

  /** Lets time pass, ticking as the model asks for and answering what it asks; never more than a few times. */
  pass(milliseconds: number, answer: SensorState): void {
    const end = this.now + milliseconds;
    for (let ticks = 0; this.state.deadline !== undefined && this.state.deadline <= end; ticks++) {
      expect(ticks).toBeLessThan(6);
      this.now = this.state.deadline;
      const asked = this.feed({ kind: 'tick' }).some((effect) => effect.kind === 'query');
      if (asked) this.level(answer);
    }
    this.now = end;
  }

  level(sensor: SensorState): void {
    const { now: at, session } = this;
    this.feed({ kind: 'report', report: { kind: 'level', sensor, at, session } });
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

const RUNS = { numRuns: 400 };

describe('whatever comes in, in whatever order', () => {
  test('at rest and called closed, the newest report does not say open', () => {
    const check = (state: DoorState): void => {
      if (!state.travel && state.position === CLOSED) expect(state.report?.sensor).not.toBe('open');
    };
    fc.assert(
      fc.property(settings, memories, steps, (chosen, memory, all) => {
        new Run(chosen, memory, check).play(all);
      }),
      RUNS,
    );
  });

  test.each(['open', 'closed'] as const)('a level "%s" and enough time, and that is shown', (truth) => {
    fc.assert(
      fc.property(settings, memories, steps, (chosen, memory, all) => {
        const run = new Run(chosen, memory, () => undefined);
        run.play(all);
        run.feed({ kind: 'online' });
        run.level(truth);
        run.pass(600_000, truth);
        const { target, current, unavailable } = viewOf(run.state);
        const resting = truth === 'open' ? OPEN : CLOSED;
        expect({ target, current, unavailable }).toEqual({
          target: resting,
          current: resting,
          unavailable: false,
        });
        expect(run.state.deadline).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('an obstruction is shown of an open door at rest only', () => {
    const check = (state: DoorState): void => {
      if (viewOf(state).obstruction) expect(label(state)).toBe('T0 C0');
    };
    fc.assert(
      fc.property(settings, memories, steps, (chosen, memory, all) => {
        new Run(chosen, memory, check).play(all);
      }),
      RUNS,
    );
  });

  test('without a sensor the same labels hold, and a sensor that speaks last is believed', () => {
    fc.assert(
      fc.property(withoutSensor, memories, steps, sensor, (chosen, memory, all, truth) => {
        const run = new Run(chosen, memory, () => undefined);
        run.play(all);
        run.feed({ kind: 'online' });
        run.level(truth);
        run.pass(600_000, truth);
        expect(run.state.travel).toBeUndefined();
        if (truth === 'no sensor' || chosen.output === 'secondary') return;
        expect(label(run.state)).toBe(truth === 'open' ? 'T0 C0' : 'T1 C1');
      }),
      RUNS,
    );
  });
});

type Act =
  | { readonly kind: 'write'; readonly target: 0 | 1 }
  | {
      readonly kind:
        | 'key'
        | 'remote'
        | 'offline'
        | 'reconnecting'
        | 'online'
        | 'block'
        | 'free'
        | 'jam'
        | 'repair'
        | 'read';
    };

const acts = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 4, arbitrary: target.map((to): Act => ({ kind: 'write', target: to })) },
      fc
        .constantFrom(
          'key',
          'remote',
          'offline',
          'reconnecting',
          'online',
          'block',
          'free',
          'jam',
          'repair',
          'read',
        )
        .map((kind) => ({ kind })),
    ),
    after: fc.oneof(fc.nat(300), fc.nat(30_000)),
    delay: fc.option(fc.nat(4_000), { nil: undefined }),
  }),
  { maxLength: 15 },
);

const gates = fc.record({
  logging: fc.boolean(),
  position: fc.constantFrom('open', 'closed'),
  pulseWhileMoving: fc.constantFrom('stop', 'reverse'),
  sensorDelay: fc.constantFrom(0, 500, 3_000),
  travel: fc.constantFrom(4_000, 10_000, 40_000),
});

describe('with a gate behind it', () => {
  async function act(stage: Stage, what: Act): Promise<void> {
    const { device } = stage;
    switch (what.kind) {
      case 'write':
        stage.begin(what.target);
        break;
      case 'key':
        device.operate();
        break;
      case 'remote':
        device.gate.pulse();
        break;
      case 'offline':
      case 'reconnecting':
        device.goOffline(what.kind === 'reconnecting');
        break;
      case 'online':
        if (device.health.state !== 'online') device.goOnline();
        break;
      case 'block':
      case 'free':
        device.gate.blocked = what.kind === 'block';
        break;
      case 'jam':
      case 'repair':
        device.gate.jammed = what.kind === 'jam';
        break;
      case 'read':
        stage.door.read();
        if (device.health.state === 'online') await device.query();
    }
  }

  test('it is never called closed while the sensor says open, and in the end it is what it is', async () => {
    await fc.assert(
      fc.asyncProperty(gates, fc.constantFrom('refuse', 'pulse'), acts, async (gate, whileClosing, all) => {
        const stage = new Stage({ device: gate, config: { whileClosing } });
        const { device, door } = stage;
        const claims: string[] = [];
        const look = (): void => {
          const lies = door.view.current === CLOSED && device.health.sensor === 'open';
          if (lies) claims.push(`closed at ${stage.clock.monotonic()}`);
          if (!TRUE_LABELS.includes(stage.shown.slice(0, 5))) claims.push(stage.shown);
        };
        door.changed.on(look);
        const writtenAt: number[] = [];
        for (const step of all) {
          if (step.delay !== undefined) device.scripts.push({ delay: step.delay });
          if (step.act.kind === 'write') writtenAt.push(stage.clock.monotonic());
          await act(stage, step.act);
          await stage.pass(step.after);
          look();
        }
        expect(claims).toEqual([]);
        // A command stands for a write, and a write for one command at most.
        expect(device.sent.length).toBeLessThanOrEqual(writtenAt.length);
        const late = device.sentAt.filter(
          (at) => !writtenAt.some((time) => at >= time && at <= time + 2_500),
        );
        expect(late).toEqual([]);
        if (device.health.state !== 'online') device.goOnline();
        await stage.pass(200_000);
        expect(stage.shown.slice(0, 5)).toBe(device.gate.contact === 'open' ? 'T0 C0' : 'T1 C1');
        door.stop();
        expect(stage.clock.pending).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
