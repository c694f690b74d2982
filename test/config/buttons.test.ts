import { describe, expect, it } from 'vitest';
import { AUTH_KEY, deviceJson, messagesOf, parseDevices, SECRET_KEY } from './helpers.ts';

const parse = (buttons: unknown) => parseDevices(deviceJson({ buttons }));
const button = (changes: Record<string, unknown> = {}) => ({
  name: 'Wall',
  event: 'ManualButtonPushed',
  ...changes,
});

describe('the buttons of a device', () => {
  it('are read as they stand there', () => {
    const guest = {
      name: 'Guest',
      event: 'RelayTrigger',
      keyNumber: 5,
      keyType: 'guest key',
      via: 'internet',
    };
    const parsed = parse([button(), guest]);
    expect(parsed.problems).toEqual([]);
    expect(parsed.devices[0]?.buttons).toEqual([button(), guest]);
  });

  it.each([undefined, null, '', []])('%j is none', (buttons) => {
    expect(parse(buttons).devices[0]?.buttons).toEqual([]);
  });

  it('leave out rows and inputs that nobody has filled in', () => {
    const parsed = parse([{}, null, { name: '', event: null }, button({ keyNumber: null, via: '' })]);
    expect(parsed.problems).toEqual([]);
    expect(parsed.devices[0]?.buttons).toEqual([button()]);
  });

  it.each([
    [{}, 'buttons is not a list'],
    [['Wall'], 'buttons (number 1) is not a button'],
    [[{ event: 'LeftOpen' }], 'buttons (number 1) name is missing'],
    [[button({ name: 7 })], 'buttons (number 1) name is not a text'],
    [[button(), { name: 'Bell' }], 'buttons (number 2) event is missing'],
    [
      [button({ event: 'Pushed' })],
      'buttons (number 1) event is none of "ManualButtonPushed", "DoorbellPushed", "LeftOpen", "RelayTrigger", ' +
        '"SecondaryRelayTrigger", "OutputHeldActive", "SecondaryOutputHeldActive", "Connected", "KeyManagement", "Restart"',
    ],
    [[button({ keyNumber: 5 })], 'buttons (number 1) keyNumber has no meaning with this event'],
    [
      [button({ event: 'KeyManagement', via: 'wifi' })],
      'buttons (number 1) via has no meaning with this event',
    ],
    [[button({ event: 'Connected', keyNumber: 1.5 })], 'buttons (number 1) keyNumber is not a whole number'],
    [
      [button({ keyNumer: 5 })],
      'buttons (number 1) has a setting that buttons do not have (did you mean keyNumber?)',
    ],
    [[button({ x: 5 })], 'buttons (number 1) has a setting that buttons do not have'],
    [[button(), button({ name: 'Again' })], 'buttons (number 2) reacts to the same as number 1'],
    [
      Array.from({ length: 21 }, (_, keyNumber) => button({ event: 'Connected', keyNumber })),
      'buttons are more than 20',
    ],
  ])('%j: %s', (buttons, problem) => {
    const parsed = parse(buttons);
    expect(parsed.devices).toEqual([]);
    expect(messagesOf(parsed)).toEqual([
      `Garage: ${problem}; correct it in the list of buttons, or remove it there`,
    ]);
  });

  it('never show a key that was pasted into one', () => {
    for (const name of [`x ${SECRET_KEY}`.slice(0, 66), AUTH_KEY]) {
      const parsed = parse([button({ name })]);
      expect(parsed.devices).toEqual([]);
      expect(messagesOf(parsed).join()).not.toContain(name.slice(4, 20));
    }
  });
});
