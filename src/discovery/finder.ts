import { Signal } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import {
  candidatesFor,
  chooseCandidate,
  hostNameOf,
  isLocalName,
  type Candidate,
  type Place,
} from './candidates.ts';
import type { Discovery } from './discovery.ts';

export interface FinderOptions {
  /** Where the device is configured to be. At least one of host and serial number must be there. */
  readonly place: Place;
  /** Undefined where discovery is switched off. */
  readonly discovery?: Discovery | undefined;
  /** Already named after the device. */
  readonly log: Log;
}

/**
 * Knows where the next attempt to reach one device should go. It is told how the attempts end; between two
 * endings its answer changes only when the device is heard on the network.
 */
export class Finder {
  /** The device was just heard on the network: a wait between two attempts may end. */
  readonly heard = new Signal<void>();
  readonly #options: FinderOptions;
  readonly #resolved = new Map<string, readonly string[]>();
  readonly #resolving = new Set<string>();
  readonly #off: readonly (() => void)[];
  readonly #closed = new AbortController();
  #place: Place;
  #failures = 0;
  #lastGood: Candidate | undefined;
  /** Where the attempt that is under way goes. */
  #current: Candidate | undefined;
  #announced = false;

  constructor(options: FinderOptions) {
    this.#options = options;
    this.#place = options.place;
    const { discovery } = options;
    this.#off = discovery
      ? [discovery.announced.on(({ serialNumber }) => this.#onAnnounced(serialNumber))]
      : [];
  }

  /** Where the next attempt goes; undefined while neither host nor serial number is known. */
  target(): Candidate | undefined {
    this.#current = chooseCandidate(this.candidates, {
      failures: this.#failures,
      lastGood: this.#lastGood,
      announced: this.#announced,
    });
    return this.#current;
  }

  /** Every place where the device may be, the likeliest first. */
  get candidates(): readonly Candidate[] {
    const { serialNumber } = this.#place;
    const discovered = serialNumber === undefined ? undefined : this.#options.discovery?.lookup(serialNumber);
    return candidatesFor(this.#place, { discovered, resolved: this.#resolved });
  }

  /** The serial number that the device said when it was first reached. */
  bind(serialNumber: string): void {
    this.#place = { ...this.#place, serialNumber };
  }

  /** The attempt led to the device: it stays the first choice. */
  succeeded(): void {
    this.#lastGood = this.#current;
    this.#failures = 0;
    this.#announced = false;
  }

  /** The attempt failed: the next one goes elsewhere, if there is an elsewhere. */
  failed(): void {
    const before = this.#current;
    this.#announced = false;
    this.#failures += 1;
    this.#options.discovery?.refresh();
    for (const name of this.#names()) void this.#resolve(name);
    const after = this.target();
    if (before && after && before.host !== after.host) {
      this.#options.log.debug(`not reached at ${before.host}; next ${after.host} (${after.source})`);
    }
  }

  close(): void {
    this.#closed.abort();
    for (const off of this.#off) off();
    this.heard.clear();
  }

  #onAnnounced(serialNumber: string): void {
    if (serialNumber.toLowerCase() !== this.#place.serialNumber?.toLowerCase()) return;
    this.#announced = true;
    this.heard.emit();
  }

  /** What the system may be unable to resolve. */
  #names(): string[] {
    const { host, serialNumber } = this.#place;
    const names = [host, serialNumber === undefined ? undefined : hostNameOf(serialNumber)];
    return names.filter((name) => name !== undefined).filter(isLocalName);
  }

  /** An address that was known stays known where nobody answers: a hint is better than none. */
  async #resolve(name: string): Promise<void> {
    const { discovery } = this.#options;
    if (!discovery || this.#resolving.has(name)) return;
    this.#resolving.add(name);
    const addresses = await discovery.resolve(name, { signal: this.#closed.signal });
    this.#resolving.delete(name);
    if (addresses.length > 0) this.#resolved.set(name, addresses);
  }
}
