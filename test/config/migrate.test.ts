import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { translateRemootioConfig } from '../../src/config/migrate.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { apiKeyProblem, parseApiKey } from '../../src/wire/keys.ts';

const SECRET = 'ab'.repeat(32);
const AUTH = 'cd'.repeat(32);
const base = { name: 'Garage', ipAddress: '192.168.1.5', apiSecretKey: SECRET, apiAuthKey: AUTH };
const translated = { name: 'Garage', host: '192.168.1.5', apiSecretKey: SECRET, apiAuthKey: AUTH };

const translate = (...devices: readonly unknown[]) =>
  translateRemootioConfig({ platform: 'Remootio', name: 'Remootio', devices });

describe('taking over homebridge-remootio', () => {
  it.each([
    ['what every device has', {}, {}],
    ['no sensor', { enablePrimaryRelayOutput: true }, { withoutSensor: 'switch' }],
    ['a sensor', { enablePrimaryRelayOutput: false, primaryRelayName: 'Primary Relay' }, {}],
    [
      'a second output',
      { enableSecondaryRelayOutput: true, secondaryRelayName: 'Side door' },
      { secondary: 'switch', secondaryName: 'Side door' },
    ],
    ['none', { enableSecondaryRelayOutput: false, secondaryRelayName: 'Secondary Relay' }, {}],
    ['a doorbell, as the code calls it', { enableDoorbellInput: true }, { doorbell: true }],
    [
      'a doorbell, as the README calls it',
      { enableDoorbell: true, doorbellName: 'Bell' },
      { doorbell: true },
    ],
    ['names of tiles', { garageDoorName: 'Garage Door' }, {}],
    ['a host name', { ipAddress: 'remootio_ab.local' }, { host: 'remootio_ab.local' }],
    ['an address with a port', { ipAddress: 'http://10.0.0.7:9000/' }, { host: '10.0.0.7', port: 9000 }],
    ['an IPv6 address', { ipAddress: '[fe80::1]:8080' }, { host: 'fe80::1', port: 8080 }],
  ])('%s', (_what, given, becomes) => {
    const { devices, report } = translate({ ...base, ...given });
    expect(devices).toEqual([{ ...translated, ...becomes }]);
    // Each setting is accounted for, and what it becomes is there.
    expect(report.map(({ key }) => key)).toEqual(Object.keys({ ...base, ...given }));
    for (const { becomes: key } of report.filter((line) => line.becomes !== undefined)) {
      for (const each of key!.split(', ')) expect(devices[0]).toHaveProperty(each);
    }
    const parsed = parseConfig(
      { platform: 'Gatehouse', devices },
      { keyProblem: apiKeyProblem, parseKey: parseApiKey },
    );
    expect(parsed.problems).toEqual([]);
  });

  it('finds a name where there is none, and makes each one different', () => {
    const nameless = { ...base, name: undefined };
    const { devices, report } = translate({ ...nameless, garageDoorName: 'Barn' }, nameless, base, base);
    expect(devices.map(({ name }) => name)).toEqual(['Barn', 'Gate 2', 'Garage', 'Garage 2']);
    expect(report.filter(({ key }) => key === 'name').map(({ message }) => message)).toEqual([
      'stays as it is',
      'was missing and is made up',
      'stays as it is',
      'gets a number, since another device has it',
    ]);
  });

  it('says what it leaves out, and never a key', () => {
    const { devices, report } = translate({ ...base, [SECRET]: 1, apiKey: 'x' }, 'nonsense');
    expect(devices).toEqual([translated]);
    expect(report.filter(({ message }) => message.includes('left out'))).toHaveLength(3);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  it('takes whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (value, devices) => {
        expect(translateRemootioConfig(value).devices).toBeInstanceOf(Array);
        expect(translate(...devices).devices.length).toBeLessThanOrEqual(devices.length);
      }),
    );
  });
});
