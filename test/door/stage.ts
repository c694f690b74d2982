import { DeviceDoor, type DoorConfig } from '../../src/door/door.ts';
import { DoorWriteError } from '../../src/door/errors.ts';
import type { DoorMemory, DoorView, DoorWriteFailure, TargetDoorState } from '../../src/door/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { FakeDevice, type FakeDeviceOptions } from './fake-device.ts';

export type Outcome = 'pending' | 'success' | DoorWriteFailure;

export interface StageOptions {
  readonly device?: FakeDeviceOptions;
  readonly config?: Partial<DoorConfig>;
  readonly memory?: DoorMemory;
  /** The door is not told how long the gate takes. */
  readonly learns?: boolean;
}

/** A door over a fake device, with everything written down that it tells. */
export class Stage {
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  readonly device: FakeDevice;
  readonly door: DeviceDoor;
  /** "T0 C2" for each view, with "O" where obstructed and "?" where unavailable. */
  readonly told: string[] = [];
  readonly remembered: DoorMemory[] = [];

  constructor({ device, config, memory, learns }: StageOptions = {}) {
    this.device = new FakeDevice(this.clock, device);
    this.door = new DeviceDoor({
      device: this.device,
      clock: this.clock,
      log: this.log,
      config: {
        whileClosing: 'refuse',
        readOnly: false,
        ...(learns ? {} : { closeTime: 10_000 }),
        ...config,
      },
      ...(memory ? { memory } : {}),
    });
    this.door.changed.on((view) => this.told.push(shown(view)));
    this.door.remember.on((memory) => this.remembered.push(memory));
  }

  get shown(): string {
    return shown(this.door.view);
  }

  /** What was told since the last call. */
  takeTold(): string[] {
    return this.told.splice(0);
  }

  /** Writes, and lets so much time pass that an answer at once has its effect. */
  async write(target: TargetDoorState): Promise<Outcome> {
    const write = this.begin(target);
    await this.clock.advance(1);
    return write.outcome;
  }

  /** Writes without waiting; the outcome can be looked at later. */
  begin(target: TargetDoorState): { outcome: Outcome } {
    const write: { outcome: Outcome } = { outcome: 'pending' };
    this.door.setTarget(target).then(
      () => (write.outcome = 'success'),
      (error: unknown) => {
        if (!(error instanceof DoorWriteError)) throw error;
        write.outcome = error.failure;
      },
    );
    return write;
  }

  pass(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }
}

export function shown({ target, current, obstruction, unavailable }: DoorView): string {
  return `T${target} C${current}${obstruction ? ' O' : ''}${unavailable ? ' ?' : ''}`;
}
