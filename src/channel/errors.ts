import { GatehouseError } from '../base/errors.ts';

export type ChannelErrorCode =
  /** Nothing in this storage says that a plugin is running. */
  | 'NO_PLUGIN'
  /** A plugin was running, and ended without tidying up. */
  | 'STALE'
  /** The plugin runs as somebody else. */
  | 'NO_PERMISSION'
  /** More than one is running, and nobody said which is meant. */
  | 'SEVERAL_INSTANCES'
  | 'UNKNOWN_INSTANCE'
  /** The plugin ended, or dropped the connection. */
  | 'DISCONNECTED'
  | 'TIMEOUT'
  | 'ABORTED'
  /** What the other side said is not of this protocol: another version, or another program. */
  | 'NOT_UNDERSTOOD';

/** What can go wrong between a tool and the running plugin. */
export class ChannelError extends GatehouseError {
  override readonly code: ChannelErrorCode;
  override readonly retry: boolean;

  constructor(code: ChannelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = code === 'DISCONNECTED' || code === 'TIMEOUT' || code === 'STALE' || code === 'NO_PLUGIN';
  }
}

/** The plugin understood the call and refused it, or could not carry it out. */
export class RemoteError extends GatehouseError {
  /** As the plugin says it: `OFFLINE`, `BUSY`, …; `INVALID_PARAMS` and the like for the call itself. */
  override readonly code: string;
  override readonly retry: boolean;
  /** Of a command: whether the device may have carried it out nevertheless. */
  readonly outcome: string | undefined;

  constructor(message: string, data: { code: string; retry: boolean; outcome?: string | undefined }) {
    super(message);
    this.code = data.code;
    this.retry = data.retry;
    this.outcome = data.outcome;
  }
}
