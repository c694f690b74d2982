import type { Clock } from '../base/clock.ts';
import type { SocketEnd } from './close-reason.ts';

/** Where a device is to be found. */
export interface Target {
  /** Host name or IP address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a socket tells. Nothing is called in the turn in which it is made, nor once we closed it. */
export interface SocketListener {
  /** The websocket is open. */
  onOpen(): void;
  onMessage(text: string): void;
  /** It failed, or the other side closed it. Called once, and nothing after it. */
  onEnded(end: SocketEnd): void;
}

/** One websocket, used once. */
export interface SessionSocket {
  /** Resolves when the system has let go of it: only then may the device's one connection be free. */
  readonly gone: Promise<void>;
  /** @returns false when it was not handed to the system, since the connection is not open any more. */
  send(text: string): boolean;
  /** Ends it in good order, within a second. */
  close(): void;
  /** Ends it by a TCP reset: nothing that was sent and not yet delivered is ever delivered. */
  reset(): void;
}

export type SocketFactory = (target: Target, listener: SocketListener, clock: Clock) => SessionSocket;
