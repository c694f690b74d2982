/**
 * A simulated Remootio device, for tests of anything that speaks the Remootio Websocket API:
 * `const device = new SimulatedDevice({ travelTime: 600 }); await device.start();`.
 */
export type { Outcome, Operation } from './device-model.ts';
export type { EventBody, SimulatedEvent } from './event-log.ts';
export { FAULT_NAMES, faultSummary, type FaultName, type FaultOptions, type Faults } from './faults.ts';
export type { Motion } from './gate.ts';
export type { Happening, SimulatorEvent } from './happenings.ts';
export {
  OUTPUT_MODES,
  type OutputMode,
  type OutputNumber,
  type OutputRoles,
  type PulseWhileMoving,
  type SimulatedDeviceOptions,
  type SimulatorSettings,
} from './settings.ts';
export { OWNER, SimulatedDevice, type ListenOptions, type SimulatorState } from './simulator.ts';
export type { Clock, Timer } from '../base/clock.ts';
export { Signal, type Unsubscribe } from '../base/emitter.ts';
export type { ActionType, KnownErrorCode } from '../wire/actions.ts';
export type { EventBase, KeyRights, KeyUse, KeyUseEventType, PlainEventType } from '../wire/events.ts';
export type { ApiVersion } from '../wire/frames.ts';
export type { SensorState } from '../wire/sensor-state.ts';
export { runSimulator, type SimulatorProcessOptions } from './process.ts';
