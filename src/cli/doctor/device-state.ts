import type { DeviceStatus } from '../../channel/protocol.ts';
import { duration } from '../../journal/describe.ts';
import type { Examination } from './examine-device.ts';
import { failed, ok, skipped, warning, type Finding } from './finding.ts';

const NO_SESSION = 'not tried, since there was no session';

/** Whether there is a status sensor, and what it says. */
export function checkSensor(sensor: string | undefined): Finding {
  if (sensor === undefined) return skipped('sensor', NO_SESSION);
  const tried = 'asked the device how its status sensor is';
  if (sensor !== 'no sensor') return ok('sensor', tried, sensor);
  return warning(
    'sensor',
    tried,
    'there is none, or it is not enabled',
    'Without one nobody knows whether the gate is open. Install and enable it in the Remootio app, or set ' +
      '"withoutSensor" in the settings.',
  );
}

const NOT_KNOWN = 'not known yet whether it is on: the next operation of the gate shows it';

/** Whether the API was enabled with logging. The API does not tell; its events do. */
export function checkLogging(events: Examination['last']['events'] | undefined): Finding {
  if (!events) return skipped('logging', NO_SESSION);
  const tried = 'listened for events that only logging sends';
  if (events.some((type) => type !== 'StateChange')) return ok('logging', tried, 'on');
  return skipped('logging', NOT_KNOWN);
}

/** The same where the running plugin has been listening for longer. */
export function loggingOfPlugin({ logging }: DeviceStatus): Finding {
  const tried = 'asked the running plugin which events it has heard';
  if (logging === 'off') {
    return warning(
      'logging',
      tried,
      'off: who operates the gate, and a closing before it ends, cannot be seen',
      'In the Remootio app choose "Enable API with logging", then copy both keys anew.',
    );
  }
  return logging === 'on' ? ok('logging', tried, 'on') : skipped('logging', NOT_KNOWN);
}

const SLOW = 1500;

/** The clock of the device: how long it has been running, and how fast it answers. */
export function checkDeviceClock(last: Examination['last']): Finding {
  const { response, roundTrip } = last;
  if (!response || roundTrip === undefined) return skipped('device-clock', NO_SESSION);
  const tried = 'compared its clock with ours';
  const found = `running for ${duration(response.t100ms * 100)}, answers in ${Math.round(roundTrip)} ms`;
  if (roundTrip <= SLOW) return ok('device-clock', tried, found);
  return warning(
    'device-clock',
    tried,
    found,
    'Its Wi-Fi is weak, or it is busy: look at the signal in the app.',
  );
}

/** No clock that is right is before this: the program did not exist. Files of a package carry no date. */
const MADE_AT = Date.UTC(2025, 0, 1);

/** The clock of this computer: every time in logs and journal comes from it. */
export function checkClock(now: number): Finding {
  const tried = 'looked at the clock of this computer';
  const found = new Date(now).toISOString();
  if (now >= MADE_AT) return ok('clock', tried, found);
  return failed(
    'clock',
    tried,
    `${found}, which is before this program was made`,
    'Set the clock, or turn on NTP.',
  );
}
