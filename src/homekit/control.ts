import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import { GatehouseError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { named, type Log } from '../base/log.ts';
import type {
  HealthResult,
  JournalLine,
  JournalParams,
  JournalResult,
  StatusResult,
} from '../channel/protocol.ts';
import { ChannelServer } from '../channel/server.ts';
import { describe } from '../journal/describe.ts';
import type { KeyNames } from '../journal/device-events.ts';
import { JOURNAL_KINDS, type JournalEntry } from '../journal/entry.ts';
import { matches } from '../journal/query.ts';
import type { Chronicle } from './chronicle.ts';
import { carryOut, type ControlledGate } from './control-commands.ts';
import { doorStatusOf, problemsOf, statusOf } from './device-status.ts';
import type { GateHappening } from './gate-events.ts';
import { keyNamesOf } from './key-names.ts';

export interface ControlOptions {
  /** Homebridge's. */
  readonly storagePath: string;
  /** What this plugin is, and where it runs. */
  readonly plugin: Omit<StatusResult['plugin'], 'startedAt'>;
  readonly chronicle: Chronicle;
  /** What else helps whoever looks into a problem; no secrets. */
  readonly diagnostics: () => JsonObject;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the command line and the settings page can ask of the running plugin, and are told by it. */
export class Control {
  /** For what else is served by the same channel. */
  readonly server: ChannelServer;
  readonly #options: ControlOptions;
  readonly #startedAt: number;
  readonly #gates = new Map<string, ControlledGate>();
  readonly #subscriptions: Unsubscribe[] = [];
  #health = '';
  #starting: Promise<unknown> | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
    const { chronicle, clock, log, plugin, storagePath } = options;
    this.#startedAt = clock.now();
    this.server = new ChannelServer({ storagePath, instance: plugin.instance, clock, log });
    this.server.serve('status', () => this.#status());
    this.server.serve('health', () => this.#healthNow());
    this.server.serve('query', async ({ device }) => {
      const gate = this.#gateOf(device);
      const { state } = await gate.device.query();
      return { sensor: state, device: statusOf(gate, clock) };
    });
    this.server.serve('command', ({ device, ...wish }) => {
      const gate = this.#gateOf(device);
      return carryOut(gate, wish, { clock, log: named(log, gate.config.name) });
    });
    this.server.serve('journal', (params, { signal }) => this.#journal(params, signal));
    this.server.serve('diagnostics', () => this.#diagnostics());
    this.#subscriptions.push(
      chronicle.recorded.on((entry) => this.server.publish('journal', this.#lineOf(entry))),
    );
  }

  /** From here on the gate can be asked for. */
  add(gate: ControlledGate): void {
    this.#gates.set(gate.uuid, gate);
    this.#subscriptions.push(gate.happened.on((happening) => this.#heard(gate, happening)));
  }

  /** Never fails: without the channel the gates still work. */
  start(): void {
    this.#starting = this.server.start();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    await this.#starting;
    await this.server.stop();
  }

  #heard(gate: ControlledGate, happening: GateHappening): void {
    if (happening.kind === 'door' && happening.door === 'gate') {
      const { config, uuid } = gate;
      this.server.publish('door', { id: uuid, name: config.name, door: doorStatusOf(happening.view) });
    } else if (happening.kind === 'health') {
      this.server.publish('device', statusOf(gate, this.#options.clock));
      this.#publishHealth();
    }
  }

  #publishHealth(): void {
    const health = this.#healthNow();
    const text = JSON.stringify(health);
    if (text === this.#health) return;
    this.#health = text;
    this.server.publish('health', health);
  }

  #status(): StatusResult {
    const { clock, plugin } = this.#options;
    return {
      plugin: { ...plugin, startedAt: this.#startedAt },
      devices: [...this.#gates.values()].map((gate) => statusOf(gate, clock)),
    };
  }

  #healthNow(): HealthResult {
    const gates = [...this.#gates.values()];
    const problems = gates.flatMap(problemsOf);
    const isOnline = gates.every(({ device }) => device.health.state === 'online');
    return { ok: isOnline && problems.length === 0, problems };
  }

  #diagnostics(): JsonObject {
    const { clock, diagnostics } = this.#options;
    return {
      ...this.#status(),
      uptime: clock.now() - this.#startedAt,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      clients: this.server.clients,
      settings: [...this.#gates.values()].map(settingsOf),
      ...diagnostics(),
    };
  }

  async #journal({ limit, kinds, ...query }: JournalParams, signal: AbortSignal): Promise<JournalResult> {
    const { person, ...rest } = query;
    const wanted = kinds && JOURNAL_KINDS.filter((kind) => kinds.includes(kind));
    const entries: JournalLine[] = [];
    for await (const entry of this.#options.chronicle.query({ ...rest, kinds: wanted })) {
      if (signal.aborted) break;
      // Numbers of keys are each device's own, and so are their names.
      if (matches(entry, { person }, this.#keyNamesFor(entry))) entries.push(this.#lineOf(entry));
      if (entries.length >= limit) break;
    }
    return { entries };
  }

  #lineOf(entry: JournalEntry): JournalLine {
    return { entry: { ...entry }, line: describe(entry, this.#keyNamesFor(entry)) };
  }

  #keyNamesFor({ device }: JournalEntry): KeyNames | undefined {
    const gate = device && this.#gates.get(device.id);
    return gate && keyNamesOf(gate.config);
  }

  #gateOf(device: string): ControlledGate {
    const asked = device.trim().toLowerCase();
    const gates = [...this.#gates.values()];
    const gate = gates.find(({ config, uuid }) =>
      [config.name, uuid].some((own) => own.toLowerCase() === asked),
    );
    if (gate) return gate;
    throw new UnknownDevice(gates.map(({ config }) => `"${config.name}"`).join(', '));
  }
}

/** Everything but the keys. */
function settingsOf({ config }: ControlledGate): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !/^api.*Key$/.test(key)));
}

class UnknownDevice extends GatehouseError {
  override readonly code = 'UNKNOWN_DEVICE';
  override readonly retry = false;

  constructor(others: string) {
    super(`The plugin has no such device. It has ${others || 'none'}.`);
  }
}
