/** What the status sensor says; "no sensor" where none is installed or it is disabled. */
export type SensorState = 'open' | 'closed' | 'no sensor';

export function parseSensorState(value: unknown): SensorState | undefined {
  return value === 'open' || value === 'closed' || value === 'no sensor' ? value : undefined;
}
