import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type * as Library from '../../src/client.ts';
import { FloorSession, type Address } from './floor-session.ts';

/** One session as every contender offers it. */
export interface LibrarySession {
  /** Resolves when the session is authenticated, for the first time. */
  readonly connect: () => Promise<void>;
  /** Resolves when the response is with the caller. */
  readonly query: () => Promise<unknown>;
  readonly close: () => unknown;
}

export interface Heard {
  /** The session is authenticated, again after each drop. */
  readonly ready: () => void;
  readonly event: () => void;
}

export type MakeSession = (address: Address, heard: Heard) => LibrarySession;

export type LibraryName = 'floor' | 'gatehouse' | 'remootio-api-client';

/** @param dist where our sources are built, as they are in the package. */
export async function contenderOf(name: LibraryName, dist: string): Promise<MakeSession> {
  switch (name) {
    case 'floor':
      return floor;
    case 'gatehouse':
      return gatehouse(dist);
    case 'remootio-api-client':
      return vendor();
  }
}

const floor: MakeSession = (address, heard) => {
  const session = new FloorSession(address);
  session.onEvent = heard.event;
  return {
    connect: () =>
      new Promise((resolve) => {
        session.onReady = () => {
          heard.ready();
          resolve();
        };
        session.connect();
      }),
    query: () => session.query(),
    close: () => session.close(),
  };
};

async function gatehouse(dist: string): Promise<MakeSession> {
  const { RemootioDevice } = (await import(pathToFileURL(`${dist}/client.js`).href)) as typeof Library;
  return ({ host, port, secretKey, authKey }, heard) => {
    const device = new RemootioDevice({ host, port, apiSecretKey: secretKey, apiAuthKey: authKey });
    let online = false;
    device.on('connection', ({ state }) => {
      if (state === 'online' && !online) heard.ready();
      online = state === 'online';
    });
    device.on('event', heard.event);
    return {
      connect: () => device.connect(),
      query: () => device.query(),
      close: () => device.disconnect(),
    };
  };
}

/** The vendor's client, as far as it is used here. It has no types that Node's module resolution finds. */
interface VendorDevice {
  connect(autoReconnect: boolean): void;
  disconnect(): void;
  authenticate(): void;
  sendQuery(): void;
  on(event: 'connected' | 'authenticated', listener: () => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'incomingmessage', listener: (frame: object, payload: VendorPayload | undefined) => void): void;
}

interface VendorPayload {
  readonly response?: object;
  readonly event?: object;
}

/** As its README says: authenticate when it is connected, and listen to what comes in. */
function vendor(): MakeSession {
  const Device = createRequire(import.meta.url)('remootio-api-client') as new (
    ip: string,
    secretKey: string,
    authKey: string,
  ) => VendorDevice;
  return ({ host, port, secretKey, authKey }, heard) => {
    // It puts ":8080/" behind what it is given; behind a question mark that is not a port any more.
    const device = new Device(`${host}:${port}/?`, secretKey, authKey);
    let answered: () => void = () => undefined;
    device.on('connected', () => device.authenticate());
    device.on('error', (error) => {
      throw new Error(`bench: remootio-api-client: ${String(error)}`);
    });
    device.on('incomingmessage', (_frame, payload) => {
      if (payload?.event) heard.event();
      // The session's state is set behind this call: what is asked next must wait for its end.
      if (payload?.response) queueMicrotask(answered);
    });
    return {
      connect: () =>
        new Promise((resolve) => {
          device.on('authenticated', () => {
            heard.ready();
            resolve();
          });
          device.connect(true);
        }),
      query: () =>
        new Promise<void>((resolve) => {
          answered = resolve;
          device.sendQuery();
        }),
      close: () => device.disconnect(),
    };
  };
}
