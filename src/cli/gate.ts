import type { Command, CommandResult, DeviceStatus } from '../channel/protocol.ts';

export type { Command, CommandResult, DeviceStatus } from '../channel/protocol.ts';

/** By which way a device is reached. */
export type Via = 'plugin' | 'direct';

/** A device as a command uses it, whoever has the connection to it. */
export interface Gate {
  readonly name: string;
  readonly via: Via;
  /** How things are. Rejects only where the running plugin cannot be asked. */
  status(): Promise<DeviceStatus>;
  /** Asks the device itself. Rejects with an error of ours. */
  query(): Promise<{ readonly sensor: string }>;
  /**
   * Carries out a command. Rejects with an error of ours, whose `outcome` says whether it may have been
   * carried out.
   */
  command(command: Command, minutes?: number): Promise<CommandResult>;
  /** Lets go of whatever connection it has. */
  close(): Promise<void>;
}
