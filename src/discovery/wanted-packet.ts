/** Part of every name that a device gives itself: `_remootio._tcp.local`, `remootio_<serial number>.local`. */
const OWN = 'remootio';
/** A packet begins with an id and the flags, of which the first one tells an answer from a question. */
const HEADER_BYTES = 12;
const FLAGS_AT = 2;
const IS_ANSWER = 0x80;

/**
 * Tells at a glance whether a packet of multicast DNS can be of use. A home is full of them (televisions,
 * printers, every other bridge), and to decode them all costs more than all gates together.
 */
export class WantedPackets {
  /** The first parts of host names that somebody asked for, in lower case. */
  readonly #asked = new Set<string>();

  /** From here on an answer about this host is wanted. */
  ask(hostName: string): void {
    const [first = ''] = hostName.toLowerCase().split('.');
    // What holds it already need not be looked for twice; the names come from devices, in any number.
    if (!first.includes(OWN)) this.#asked.add(first);
  }

  /** An answer in which the name of a device, or one that was asked for, stands somewhere. */
  includes(packet: Buffer): boolean {
    if (packet.length < HEADER_BYTES || (packet.readUInt8(FLAGS_AT) & IS_ANSWER) === 0) return false;
    // A name may be shortened to where it stood before, but stands there in full, in any case.
    const text = packet.toString('latin1').toLowerCase();
    if (text.includes(OWN)) return true;
    for (const name of this.#asked) if (text.includes(name)) return true;
    return false;
  }
}
