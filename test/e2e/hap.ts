import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { HttpClient, type PairingData } from 'hap-controller';
import { systemClock } from '../../src/base/clock.ts';
import { isObject, type JsonObject } from '../../src/base/json.ts';
import { Tape } from '../helpers/tape.ts';
import type { Homebridge } from './homebridge-process.ts';

/** One change in an event frame, with the names that HAP gives to service and characteristic. */
export interface Change {
  readonly accessory: string;
  /** What Home calls the service, where it has a name of its own; else the accessory. */
  readonly service: string;
  readonly characteristic: CharacteristicName;
  readonly value: unknown;
}

/** One event frame, whole: what Home gets in one piece. */
export interface Frame {
  /** Monotonic milliseconds at which it came. */
  readonly at: number;
  /** In the order in which the plugin changed them. */
  readonly changes: readonly Change[];
}

/** T = TargetDoorState (0 open, 1 closed), C = CurrentDoorState (2 opening, 3 closing), O = obstruction. */
export interface Door {
  readonly T: number;
  readonly C: number;
  /** 0 or 1: HAP sends a boolean as either. */
  readonly O: number;
}

/** Short types of HAP that the tests speak of. */
const CHARACTERISTIC = {
  CurrentDoorState: '0000000E',
  TargetDoorState: '00000032',
  ObstructionDetected: '00000024',
  ContactSensorState: '0000006A',
  ProgrammableSwitchEvent: '00000073',
  OccupancyDetected: '00000071',
  On: '00000025',
  StatusFault: '00000077',
  Name: '00000023',
  ConfiguredName: '000000E3',
  Manufacturer: '00000020',
  Model: '00000021',
  SerialNumber: '00000030',
  FirmwareRevision: '00000052',
} as const;

export type CharacteristicName = keyof typeof CHARACTERISTIC;

/** A characteristic that the bridge has, and whose it is. */
interface Known {
  readonly id: string;
  readonly accessory: string;
  readonly service: string;
  readonly characteristic: CharacteristicName;
  readonly events: boolean;
}

/** What a controller must know of a bridge: that of Homebridge itself, or a child bridge. */
export type PairableBridge = Pick<Homebridge, 'username' | 'port' | 'pin'>;

/** The status of HAP with which a read or a write failed, e.g. -70402. */
export class HapStatusError extends Error {
  readonly status: number;

  constructor(what: string, status: number) {
    super(`${what} failed with HAP status ${status}`);
    this.name = 'HapStatusError';
    this.status = status;
  }
}

/**
 * A HomeKit controller as a phone is one: paired, with a connection for requests and one for events. Made
 * for one run of the bridge; after a restart {@link reconnected} makes the next.
 */
export class Controller {
  readonly frames: Tape<Frame>;
  readonly #name: string;
  readonly #homebridge: PairableBridge;
  readonly #client: HttpClient;
  #known: readonly Known[] = [];

  private constructor(name: string, homebridge: PairableBridge, pairing?: PairingData) {
    this.#name = name;
    this.#homebridge = homebridge;
    this.frames = new Tape(`${name}'s events`, showFrame);
    this.#client = new HttpClient(homebridge.username, '127.0.0.1', homebridge.port, pairing, {
      usePersistentConnections: true,
    });
    this.#client.on('event', (event: unknown) => this.#heard(event));
  }

  /** Pairs with the code of the bridge, as the first phone of a home does. */
  static async pair(name: string, homebridge: PairableBridge): Promise<Controller> {
    const controller = new Controller(name, homebridge);
    await controller.#client.pairSetup(homebridge.pin);
    return controller;
  }

  /** A second member of the home, let in by this one. */
  async invite(name: string): Promise<Controller> {
    const { publicKey, pairing } = makePairing(this.#pairing());
    await this.#client.addPairing(pairing.iosName, publicKey, true);
    return new Controller(name, this.#homebridge, pairing.data);
  }

  /** The same phone after the bridge was restarted. */
  async reconnected(): Promise<Controller> {
    await this.close();
    return new Controller(this.#name, this.#homebridge, this.#pairing());
  }

  /** Looks at what the bridge has, and subscribes to everything that sends events. */
  async subscribe(): Promise<void> {
    await this.look();
    await this.#client.subscribeCharacteristics(
      this.#known.filter((known) => known.events).map((known) => known.id),
    );
  }

  /** Reads the accessory database; answers the names of the accessories. */
  async look(): Promise<readonly string[]> {
    const { accessories } = await this.#client.getAccessories();
    this.#known = accessories.flatMap((accessory) => characteristicsOf(accessory as unknown));
    return [...new Set(this.#known.map((known) => known.accessory))];
  }

  /** What Home calls the services of an accessory, as the last {@link look} saw them: the first is its own name. */
  services(accessory: string): readonly string[] {
    const ofIt = this.#known.filter((known) => known.accessory === accessory);
    return [...new Set(ofIt.map((known) => known.service))];
  }

  /** Whether the last {@link look} saw it. */
  has(accessory: string, characteristic: CharacteristicName): boolean {
    return this.#known.some(
      (known) => known.accessory === accessory && known.characteristic === characteristic,
    );
  }

  /** The number by which Home knows an accessory: room and automations hang on it. */
  accessoryId(accessory: string): string {
    return this.#find(accessory, 'Name').id.split('.')[0]!;
  }

  /**
   * Reads one value; rejects with a {@link HapStatusError}.
   * @param accessory its name, and after a slash that of a service with a name of its own: "Garage/Hold open"
   */
  async read(accessory: string, characteristic: CharacteristicName): Promise<unknown> {
    const { id } = this.#find(accessory, characteristic);
    const { characteristics } = await this.#client.getCharacteristics([id]);
    const [answer] = characteristics;
    if (answer?.status) throw new HapStatusError(`reading ${characteristic}`, answer.status);
    return answer?.value;
  }

  /** Writes one value; rejects with a {@link HapStatusError}. */
  async write(accessory: string, characteristic: CharacteristicName, value: unknown): Promise<void> {
    const { id } = this.#find(accessory, characteristic);
    const answer: JsonObject = await this.#client.setCharacteristics({ [id]: value });
    const status = firstStatus(answer);
    if (status !== 0) throw new HapStatusError(`writing ${characteristic}`, status);
  }

  /** Writes several values at once, as a scene does; answers the status of each, 0 where all went well. */
  async scene(
    values: readonly (readonly [accessory: string, characteristic: CharacteristicName, value: unknown])[],
  ): Promise<readonly number[]> {
    const ids = values.map(([accessory, characteristic]) => this.#find(accessory, characteristic).id);
    const answer: JsonObject = await this.#client.setCharacteristics(
      Object.fromEntries(ids.map((id, index) => [id, values[index]?.[2]])),
    );
    const statuses = objects(answer['characteristics']);
    return ids.map((id) => {
      const one = statuses.find((each) => `${String(each['aid'])}.${String(each['iid'])}` === id);
      return typeof one?.['status'] === 'number' ? one['status'] : 0;
    });
  }

  /** The door of an accessory, as its tile shows it; rejects with a {@link HapStatusError}. */
  async door(accessory: string): Promise<Door> {
    return {
      T: Number(await this.read(accessory, 'TargetDoorState')),
      C: Number(await this.read(accessory, 'CurrentDoorState')),
      O: Number(await this.read(accessory, 'ObstructionDetected')),
    };
  }

  /** Leaves the home. When the last one has left, the bridge may be paired anew. */
  async leave(): Promise<void> {
    const identifier = Buffer.from(this.#pairing().iOSDevicePairingID, 'hex');
    await this.#client.removePairing(identifier);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #pairing(): PairingData {
    const data = this.#client.getLongTermData();
    if (!data) throw new Error(`${this.#name} is not paired`);
    return data;
  }

  #find(path: string, characteristic: CharacteristicName): Known {
    const [accessory, service] = path.split('/');
    const found = this.#known.find(
      (known) =>
        known.accessory === accessory &&
        (service === undefined || known.service === service) &&
        known.characteristic === characteristic,
    );
    if (!found) throw new Error(`${path} has no ${characteristic}`);
    return found;
  }

  #heard(event: unknown): void {
    const characteristics = isObject(event) ? event['characteristics'] : undefined;
    const changes = (Array.isArray(characteristics) ? characteristics : []).flatMap((entry: unknown) => {
      if (!isObject(entry)) return [];
      const id = `${String(entry['aid'])}.${String(entry['iid'])}`;
      const known = this.#known.find((candidate) => candidate.id === id);
      if (!known) return [];
      const { accessory, service, characteristic } = known;
      return [{ accessory, service, characteristic, value: entry['value'] }];
    });
    // hap-nodejs sends the characteristics of a frame in the reverse order.
    if (changes.length > 0) this.frames.push({ at: systemClock.monotonic(), changes: changes.reverse() });
  }
}

function showFrame(frame: Frame): string {
  return frame.changes
    .map(({ accessory, service, characteristic, value }) => {
      const whose = service === accessory ? accessory : `${accessory}/${service}`;
      return `${whose} ${characteristic}=${String(value)}`;
    })
    .join(', ');
}

/** The characteristics of one accessory that the tests know, under the names of accessory and service. */
function characteristicsOf(accessory: unknown): Known[] {
  if (!isObject(accessory)) return [];
  const services = objects(accessory['services']).map((service) =>
    objects(service['characteristics']).flatMap((entry) => {
      const characteristic = nameOf(String(entry['type']));
      return characteristic === undefined ? [] : [{ entry, characteristic }];
    }),
  );
  const valueOf = (typed: (typeof services)[number], wanted: CharacteristicName): unknown =>
    typed.find(({ characteristic }) => characteristic === wanted)?.entry['value'];
  const name = String(valueOf(services.flat(), 'Name'));
  return services.flatMap((typed) => {
    const given = valueOf(typed, 'ConfiguredName');
    return typed.map(({ entry, characteristic }) => ({
      id: `${String(accessory['aid'])}.${String(entry['iid'])}`,
      accessory: name,
      service: typeof given === 'string' ? given : name,
      characteristic,
      events: Array.isArray(entry['perms']) && entry['perms'].includes('ev'),
    }));
  });
}

function nameOf(type: string): CharacteristicName | undefined {
  const short = type.slice(0, 8).toUpperCase();
  const names = Object.keys(CHARACTERISTIC) as CharacteristicName[];
  return names.find((name) => CHARACTERISTIC[name] === short);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function firstStatus(answer: JsonObject): number {
  const [first] = objects(answer['characteristics']);
  const status = first?.['status'];
  return typeof status === 'number' ? status : 0;
}

/** The keys of another controller of the same bridge. */
function makePairing(of: PairingData): {
  publicKey: Buffer;
  pairing: { iosName: string; data: PairingData };
} {
  const pair = generateKeyPairSync('ed25519');
  const seed = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const iosName = randomUUID().toUpperCase();
  return {
    publicKey,
    pairing: {
      iosName,
      data: {
        AccessoryPairingID: of.AccessoryPairingID,
        AccessoryLTPK: of.AccessoryLTPK,
        iOSDevicePairingID: Buffer.from(iosName).toString('hex'),
        // libsodium's form of a secret key: the seed, then the public key.
        iOSDeviceLTSK: Buffer.concat([seed, publicKey]).toString('hex'),
        iOSDeviceLTPK: publicKey.toString('hex'),
      },
    },
  };
}
