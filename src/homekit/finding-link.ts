import type { Log } from '../base/log.ts';
import type { Candidate } from '../discovery/candidates.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { Finder } from '../discovery/finder.ts';
import { Supervisor, type SupervisorOptions } from '../session/supervisor.ts';
import type { Target } from '../session/transport.ts';

export interface FindingLinkOptions extends Omit<SupervisorOptions, 'target' | 'onRefused'> {
  /** As the config has it. */
  readonly configured: Target;
  /** Undefined where it is switched off. */
  readonly discovery: Discovery | undefined;
}

/**
 * The connection to a device that may have moved. The configured place comes first; after a failure it is tried
 * in turn with where the network shows the same serial number, and an announcement of the device ends a wait.
 */
export class FindingLink extends Supervisor {
  readonly #finder: Finder;
  readonly #configured: Target;
  readonly #log: Log;
  /** Another device answered at the present attempt. */
  #refused = false;
  /** Since the last session a wait was cut short for a device that answers in the place of this one. */
  #hurried = false;
  #saidWhere: string | undefined;

  constructor({ configured, discovery, ...options }: FindingLinkOptions) {
    const { expectedSerial, log } = options;
    const finder = new Finder({ place: configured, discovery, log });
    super({
      ...options,
      target: () => {
        const serialNumber = expectedSerial?.();
        if (serialNumber !== undefined) finder.bind(serialNumber);
        return finder.target() ?? configured;
      },
      onRefused: () => (this.#refused = true),
    });
    this.#finder = finder;
    this.#configured = configured;
    this.#log = log;
    finder.heard.on(() => this.wake());
    this.ready.on(() => this.#onReady());
    this.down.on(({ wasReady }) => {
      // A good session that ended says nothing against its address.
      if (!wasReady && this.state !== 'stopped') this.#onFailed();
    });
  }

  override stop(): Promise<void> {
    this.#finder.close();
    return super.stop();
  }

  #onReady(): void {
    this.#finder.succeeded();
    this.#hurried = false;
    this.#sayWhere(this.#finder.target());
  }

  #onFailed(): void {
    const before = this.#finder.target();
    this.#finder.failed();
    const refused = this.#refused;
    this.#refused = false;
    // Only once: whoever answers there has one connection to give, and may be needed by somebody else.
    if (!refused || this.#hurried || isSame(before, this.#finder.target())) return;
    this.#hurried = true;
    this.wake();
  }

  #sayWhere(place: Candidate | undefined): void {
    if (!place || place.source === 'configured') return;
    const where = `${place.host}, port ${place.port}`;
    if (this.#saidWhere === where) return;
    this.#saidWhere = where;
    const { host, port } = this.#configured;
    this.#log.info(
      `The device is at ${where}, and not at ${host}, port ${port}, as configured. It is found as long as ` +
        'mDNS shows it; correct the address in the settings, or give the device a fixed one in the router.',
    );
  }
}

function isSame(a: Target | undefined, b: Target | undefined): boolean {
  return a?.host === b?.host && a?.port === b?.port;
}
