import { GatehouseError } from '../base/errors.ts';

/** The command line makes no sense. Ends the program with exit code 2. */
export class UsageError extends GatehouseError {
  override readonly code = 'USAGE';
  override readonly retry = false;
}
