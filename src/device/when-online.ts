import type { Clock } from '../base/clock.ts';
import { GatehouseError } from '../base/errors.ts';
import type { Diagnosis } from '../session/diagnosis.ts';
import type { Device, DeviceHealth } from './types.ts';

/** No authenticated session came about. */
export class ConnectError extends GatehouseError {
  override readonly code = 'OFFLINE';
  override readonly retry = true;
  /** What is wrong, where that can be named. */
  readonly diagnosis: Diagnosis | undefined;

  constructor(message: string, diagnosis?: Diagnosis) {
    super(message);
    this.diagnosis = diagnosis;
  }
}

export interface WhenOnlineOptions {
  readonly clock: Clock;
  /** Milliseconds to wait. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves when the device is online. Rejects with a {@link ConnectError} as soon as it can be named what is
 * wrong, when the time is over, or when the signal is aborted. The device goes on trying in any case.
 */
export function whenOnline(device: Device, { clock, timeout, signal }: WhenOnlineOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: ConnectError): void => {
      off();
      timer.cancel();
      signal?.removeEventListener('abort', giveUp);
      if (error) reject(error);
      else resolve();
    };
    const giveUp = (): void => settle(new ConnectError('It was given up before there was a connection.'));
    const look = ({ state, diagnosis }: DeviceHealth): void => {
      if (state === 'online') settle();
      else if (diagnosis) settle(new ConnectError(`${diagnosis.message} ${diagnosis.remedy}`, diagnosis));
    };
    const off = device.healthChanged.on(look);
    const timer = clock.after(timeout, () =>
      settle(new ConnectError(`There was no connection within ${Math.round(timeout / 1000)} s.`)),
    );
    signal?.addEventListener('abort', giveUp, { once: true });
    if (signal?.aborted) giveUp();
    else look(device.health);
  });
}
