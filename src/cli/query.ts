import type { Command } from 'commander';
import { defineAction } from './action.ts';
import { defineDeviceOptions, type DeviceFlags } from './device-options.ts';
import { withGates } from './reach-gate.ts';
import { selectDevice } from './selection.ts';
import { plain } from './terminal.ts';

export function define(command: Command): void {
  command
    .argument('[device]', 'the name of the device')
    .description('Asks a device how its status sensor is at this moment: open, closed or no sensor.');
  defineDeviceOptions(command);
  defineAction<DeviceFlags>(command, async ({ flags, terminal, json }, names) => {
    const { device, config } = selectDevice(flags, names, terminal.note);
    await withGates({ devices: [device], config }, flags, async (gate) => {
      const { sensor } = await gate.query();
      if (flags.json) json({ ok: true, device: gate.name, via: gate.via, sensor });
      else terminal.out(`${gate.name}: ${plain(sensor)}`);
    });
    return undefined;
  });
}
