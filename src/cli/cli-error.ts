import { GatehouseError } from '../base/errors.ts';

export type CliErrorCode =
  /** There is no Homebridge config, or none that can be read. */
  | 'NO_CONFIG'
  /** The config, or a file of keys, is there and makes no sense. */
  | 'BAD_CONFIG'
  | 'UNKNOWN_DEVICE'
  /** The config says that this device is only shown. */
  | 'READ_ONLY'
  | 'NOTHING_FOUND'
  /** The person at the terminal said no. */
  | 'GIVEN_UP'
  | 'CANNOT_WRITE';

/** What the command line itself finds wrong. */
export class CliError extends GatehouseError {
  override readonly code: CliErrorCode;
  override readonly retry = false;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
