import type { Signal } from '../base/emitter.ts';
import type { Action, ActionResponse } from '../wire/actions.ts';
import type { RemootioEvent } from '../wire/events.ts';
import type { ApiVersion } from '../wire/frames.ts';
import type { Diagnosis } from './diagnosis.ts';

/** What SERVER_HELLO told. */
export interface DeviceHello {
  /** The version that is spoken with this device. */
  readonly apiVersion: ApiVersion;
  readonly serialNumber?: string;
  readonly remootioVersion?: string;
}

/** Something that the device said in a session. `at` is monotonic time, taken when the frame was read. */
export type InboundMessage =
  | {
      readonly kind: 'response';
      readonly response: ActionResponse;
      readonly at: number;
      /** When its action was handed to the socket, monotonic. */
      readonly sentAt: number;
    }
  | { readonly kind: 'event'; readonly event: RemootioEvent; readonly at: number };

export type LinkState = 'stopped' | 'connecting' | 'ready' | 'waiting';

export interface RequestOptions {
  /** Monotonic time after which the action is dropped if it has not been sent yet. */
  readonly deadline?: number;
  /** Drops the action if it has not been sent yet. */
  readonly signal?: AbortSignal;
}

/** Why there is no session any more. */
export interface LinkDown {
  /** In plain words, for a log at debug level. */
  readonly reason: string;
  /** Whether the session that ended had been ready. */
  readonly wasReady: boolean;
}

/**
 * The encrypted connection as a device sees it: there is one, or the next one is being made. The
 * supervisor is the real one; tests of what stands above may use any other.
 */
export interface Link {
  readonly state: LinkState;
  /** Monotonic time of the last inbound frame of any kind; undefined before the first. */
  readonly lastInboundAt: number | undefined;
  /** What is wrong at the moment, if anything that can be named. */
  readonly diagnosis: Diagnosis | undefined;

  /** Begins to connect, and keeps at it until {@link stop}. */
  start(): void;
  /** Ends the session and every timer; nothing is called after it resolves. */
  stop(): Promise<void>;
  /** Ends a wait between two attempts early: the device was just seen on the network. */
  wake(): void;
  /**
   * Sends one action in the present session and resolves with its response, also one that says
   * `success: false`. Rejects with a `SessionError`, whose `outcome` says whether the action was sent.
   */
  request(action: Action, options?: RequestOptions): Promise<ActionResponse>;

  /** The device's hello, once for each session, before anything else of that session. */
  readonly hello: Signal<DeviceHello>;
  /** The session is authenticated; the first response has been handed out by `message` just before. */
  readonly ready: Signal<void>;
  /** Every response and event of every session, in order. */
  readonly message: Signal<InboundMessage>;
  /** A session (or an attempt at one) ended. */
  readonly down: Signal<LinkDown>;
  /** {@link diagnosis} changed; undefined when all is well again. */
  readonly diagnosed: Signal<Diagnosis | undefined>;
}
