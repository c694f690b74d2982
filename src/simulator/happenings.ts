import type { ActionType } from '../wire/actions.ts';
import type { ApiVersion } from '../wire/frames.ts';
import type { SensorState } from '../wire/sensor-state.ts';
import type { SimulatedEvent } from './event-log.ts';
import type { FaultName } from './faults.ts';
import type { Motion } from './gate.ts';
import type { OutputNumber } from './settings.ts';

/** Something that happened on or to a simulated device. */
export type Happening =
  | {
      readonly event: 'listening';
      readonly host: string;
      readonly port: number;
      readonly apiVersion: ApiVersion;
      /** The keys of a device that does not exist, so that a test can use them. */
      readonly secretKey: string;
      readonly authKey: string;
    }
  | { readonly event: 'stoppedListening' }
  /** The API was turned off and on in the app, which makes new keys. */
  | { readonly event: 'keys'; readonly secretKey: string; readonly authKey: string }
  | { readonly event: 'connection'; readonly connection: number }
  | { readonly event: 'notConnected'; readonly reason: string }
  | { readonly event: 'frame'; readonly connection: number; readonly type: string }
  | { readonly event: 'frameLost'; readonly connection: number; readonly reason: string }
  | { readonly event: 'authenticated'; readonly connection: number }
  | {
      readonly event: 'action';
      readonly connection: number;
      readonly type: ActionType;
      readonly id: number;
      /** Minutes, where the client asked for them. */
      readonly duration?: number;
      readonly executed: boolean;
      readonly answered: boolean;
      readonly relayTriggered: boolean;
      readonly errorCode: string;
    }
  | { readonly event: 'error'; readonly connection: number; readonly errorMessage: string }
  /** The device logged it; whoever is authenticated is sent it now, or later. */
  | { readonly event: 'event'; readonly type: SimulatedEvent['type']; readonly cnt: number }
  | {
      readonly event: 'eventSent';
      readonly connection: number;
      readonly type: SimulatedEvent['type'];
      readonly cnt: number;
    }
  | { readonly event: 'closed'; readonly connection: number; readonly reason: string }
  | { readonly event: 'gate'; readonly motion: Motion; readonly position: number }
  | { readonly event: 'sensor'; readonly state: SensorState }
  | { readonly event: 'output'; readonly output: OutputNumber; readonly active: boolean }
  | { readonly event: 'restart'; readonly why: 'restart' | 'power cut' }
  | { readonly event: 'fault'; readonly name: FaultName; readonly on: boolean }
  | { readonly event: 'problem'; readonly message: string };

/** A {@link Happening} with the device and the wall time, in milliseconds. */
export type SimulatorEvent = Happening & { readonly serialNumber: string; readonly time: number };
