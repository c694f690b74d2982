import { systemClock, type Clock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { createDevice } from '../device/create-device.ts';
import type { Device, DeviceHealth, OutputOptions } from '../device/types.ts';
import { whenOnline } from '../device/when-online.ts';
import type { KeyNames } from '../journal/device-events.ts';
import type { ActionResponse } from '../wire/actions.ts';
import { CliError } from './cli-error.ts';
import type { Command, CommandResult, DeviceStatus, Gate } from './gate.ts';
import { resolveLocalName } from './local-name.ts';
import type { Selected } from './selection.ts';

export interface DirectOptions {
  /** Milliseconds to wait for the connection. */
  readonly timeout: number;
  readonly clock?: Clock;
}

/** A device over a connection of this process. */
export class DirectGate implements Gate {
  readonly via = 'direct';
  readonly name: string;
  readonly device: Device;
  /** What the owner calls its keys. */
  readonly keyNames: KeyNames;
  readonly #selected: Selected;
  readonly #options: Required<DirectOptions>;

  private constructor(selected: Selected, device: Device, options: Required<DirectOptions>) {
    this.name = selected.name;
    this.device = device;
    this.keyNames = selected.keyNames;
    this.#selected = selected;
    this.#options = options;
  }

  /** Begins to connect. Keys are asked for here, where they must be. */
  static async start(
    selected: Selected,
    { timeout, clock = systemClock }: DirectOptions,
  ): Promise<DirectGate> {
    const keys = await selected.keys();
    const host = await resolveLocalName(selected.host, clock);
    const device = createDevice({
      target: () => ({ host, port: selected.port }),
      keys,
      expectedSerial: () => selected.serialNumber,
      clock,
      log: silentLog,
    });
    device.start();
    return new DirectGate(selected, device, { timeout, clock });
  }

  /** @throws ConnectError when it cannot be reached, with the reason in plain words. */
  online(): Promise<void> {
    return whenOnline(this.device, this.#options);
  }

  async status(): Promise<DeviceStatus> {
    await this.online().catch(() => undefined);
    return statusOf(this.#selected, this.device.health);
  }

  async query(): Promise<{ readonly sensor: string }> {
    await this.online();
    const { state } = await this.device.query();
    return { sensor: state };
  }

  async command(command: Command, minutes?: number): Promise<CommandResult> {
    if (this.#selected.readOnly) {
      throw new CliError('READ_ONLY', `${this.name} is only shown: "readOnly" is set in its config.`);
    }
    await this.online();
    const wanted = command === 'hold' ? this.#holdCommand() : command;
    const { relayTriggered, state } = await send(this.device, wanted, minutes);
    return { relayTriggered, sensor: state };
  }

  close(): Promise<void> {
    return this.device.stop();
  }

  /** As the plugin does it: without a status sensor only a pulse can open the gate, and only if that was chosen. */
  #holdCommand(): Exclude<Command, 'hold'> {
    const pulses = this.#selected.holdsByPulse && this.device.health.sensor === 'no sensor';
    return pulses ? 'trigger' : 'open';
  }
}

function send(
  device: Device,
  command: Exclude<Command, 'hold'>,
  minutes: number | undefined,
): Promise<ActionResponse> {
  const options: OutputOptions = minutes === undefined ? {} : { holdMinutes: minutes };
  switch (command) {
    case 'open':
      return device.open(options);
    case 'close':
      return device.close(options);
    case 'trigger':
      return device.trigger(options);
    case 'secondary':
      return device.triggerSecondary(options);
    case 'restart':
      return device.restart();
  }
}

/** As the running plugin would tell it. */
function statusOf({ name, readOnly }: Selected, health: DeviceHealth): DeviceStatus {
  const { state, sensor, logging, identity, diagnosis } = health;
  return {
    id: identity?.serialNumber ?? name,
    name,
    // Whoever waited for a connection in vain knows that there is none.
    state: state === 'online' ? state : 'offline',
    sensor,
    readOnly,
    logging,
    serialNumber: identity?.serialNumber,
    apiVersion: identity?.apiVersion,
    remootioVersion: identity?.remootioVersion,
    ...(diagnosis && { problem: { device: name, ...diagnosis } }),
  };
}
