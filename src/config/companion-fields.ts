import * as v from 'valibot';
import { buttons } from './buttons.ts';
import { amount, choice, field, flag, name, travelSeconds } from './field.ts';

/** A day: what is meant to stay open for longer is not held by a relay. */
const LONGEST_HOLD = 1440;

/** What a device shows in Apple Home beside its door, and what it does by itself. */
export const companionFields = () => ({
  withoutSensor: field(
    false,
    v.optional(choice(['switch', 'assumed', 'directional']), 'switch'),
    'choose what Apple Home shows of a gate without a status sensor, or leave it out',
  ),
  secondary: field(
    false,
    v.optional(choice(['none', 'switch', 'door']), 'none'),
    'choose what the second output is in Apple Home, or leave it out',
  ),
  secondaryName: field(false, v.optional(name), 'enter what the second output is called, or leave it out'),
  secondaryOpenSeconds: field(
    false,
    v.optional(travelSeconds()),
    'enter the seconds that the pedestrian gate takes to open, or leave it out',
  ),
  holdMinutes: field(
    false,
    v.optional(v.pipe(amount(1, LONGEST_HOLD, 'minute'), v.integer('is not a whole number'))),
    'enter the minutes for which the gate is held open, or leave it out',
  ),
  holdName: field(
    false,
    v.optional(name),
    'enter what the switch that holds it open is called, or leave it out',
  ),
  holdWithoutSensor: field(
    false,
    flag(),
    'true lets the switch press the button of the opener where there is no status sensor',
  ),
  doorbell: field(false, flag(), 'true adds a doorbell to Apple Home'),
  buttons: field(false, buttons(), 'correct it in the list of buttons, or remove it there'),
  contactSensor: field(false, flag(), 'true adds a contact sensor to Apple Home'),
  leftOpen: field(
    false,
    v.optional(choice(['off', 'device', 'minutes']), 'off'),
    'choose who says that it was left open, or leave it out',
  ),
  leftOpenMinutes: field(
    false,
    v.optional(amount(0.1, 1440, 'minute'), 10),
    'enter after how many minutes it counts as left open, or leave it out',
  ),
  automationSwitch: field(false, flag(), 'true adds a switch that opens and closes without asking'),
  autoCloseMinutes: field(
    false,
    v.optional(amount(0.1, 1440, 'minute')),
    'enter after how many minutes it closes by itself, or leave it out',
  ),
  autoCloseWarningSeconds: field(
    false,
    v.optional(amount(5, 600, 'second'), 30),
    'enter how many seconds before it closes by itself it says so, or leave it out',
  ),
});
