import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTH_KEY, deviceJson, messagesOf, parseDevices, parsePlatform, SECRET_KEY } from './helpers.ts';

const COPY = 'copy it again from the Remootio app (Websocket API in the settings of the device)';
const ADDRESS =
  'enter the address alone, like 192.168.1.50 or remootio_0123456789ab.local, without http:// and port';

describe('a good config', () => {
  it('has its defaults filled in', () => {
    const { devices, problems, complete } = parseDevices(deviceJson());
    expect(problems).toEqual([]);
    expect(complete).toBe(true);
    expect(devices).toHaveLength(1);
    expect(devices[0]).toMatchObject({
      name: 'Garage',
      host: '192.168.1.50',
      port: 8080,
      whileClosing: 'refuse',
      readOnly: false,
    });
    expect(devices[0]?.serialNumber).toBeUndefined();
    expect(devices[0]?.openSeconds).toBeUndefined();
  });

  it('keeps what is given, less the space around it', () => {
    const { devices, problems } = parseDevices(
      deviceJson({
        name: ' Front gate ',
        host: ' Remootio_0123456789AB.local. ',
        port: 9000,
        serialNumber: ' 0123456789ab ',
        openSeconds: 14,
        closeSeconds: 15.5,
        whileClosing: 'pulse',
        readOnly: true,
      }),
    );
    expect(problems).toEqual([]);
    expect(devices[0]).toMatchObject({
      name: 'Front gate',
      host: 'remootio_0123456789ab.local',
      port: 9000,
      serialNumber: '0123456789ab',
      openSeconds: 14,
      closeSeconds: 15.5,
      whileClosing: 'pulse',
      readOnly: true,
    });
  });

  it('holds the keys as KeyObjects, which do not print', () => {
    const device = parseDevices(deviceJson()).devices[0]!;
    expect(device.apiSecretKey.export().toString('hex')).toBe(SECRET_KEY);
    expect(device.apiAuthKey.export().toString('hex')).toBe(AUTH_KEY);
    expect(JSON.stringify(device)).not.toContain(SECRET_KEY);
  });

  it.each([null, ''])('treats a cleared input (%j) as left out', (cleared) => {
    const { devices, problems } = parseDevices(
      deviceJson({ port: cleared, serialNumber: cleared, closeSeconds: cleared, whileClosing: cleared }),
    );
    expect(problems).toEqual([]);
    expect(devices[0]).toMatchObject({ port: 8080, whileClosing: 'refuse' });
    expect(devices[0]?.closeSeconds).toBeUndefined();
  });

  it.each(['192.168.1.50', 'fe80::1', 'gate', 'remootio_0123456789ab.local', 'a.b-c.example'])(
    'takes the host %s',
    (host) => {
      expect(parseDevices(deviceJson({ host })).devices[0]?.host).toBe(host);
    },
  );

  it.each([{ platform: 'Gatehouse' }, { devices: null }, { name: 'Gatehouse', _bridge: {}, devices: [] }])(
    'may be empty: %j',
    (value) => {
      expect(parsePlatform(value)).toMatchObject({ devices: [], problems: [], complete: true });
    },
  );
});

describe('a bad device', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: '' }, 'Device 1: name is missing; give it the name that Apple Home is to show'],
    ['blank name', { name: '  ' }, 'Device 1: name is empty; give it the name that Apple Home is to show'],
    ['a number as name', { name: 7 }, 'Device 1: name is not a text; give it the name'],
    ['long name', { name: 'x'.repeat(65) }, `${'x'.repeat(64)}…: name is longer than 64 characters; give`],
    ['no host', { host: undefined }, `Garage: host is missing; ${ADDRESS}`],
    [
      'a URL as host',
      { host: 'http://10.0.0.1' },
      `Garage: host is not an IP address or host name; ${ADDRESS}`,
    ],
    ['port in host', { host: '10.0.0.1:80' }, `Garage: host is not an IP address or host name; ${ADDRESS}`],
    ['port as text', { port: '8080' }, 'Garage: port is not a number; leave it out'],
    ['port 0', { port: 0 }, 'Garage: port is less than 1; leave it out'],
    ['port too high', { port: 65536 }, 'Garage: port is more than 65535; leave it out'],
    ['half a port', { port: 80.5 }, 'Garage: port is not a whole number; leave it out'],
    ['no secret key', { apiSecretKey: undefined }, `Garage: apiSecretKey is missing; ${COPY}`],
    [
      'short secret key',
      { apiSecretKey: SECRET_KEY.slice(1) },
      `Garage: apiSecretKey has 63 hex digits instead of 64; ${COPY}`,
    ],
    [
      'auth key with other letters',
      { apiAuthKey: `x${AUTH_KEY.slice(1)}` },
      `Garage: apiAuthKey holds characters other than the hex digits 0-9 and a-f; ${COPY}`,
    ],
    [
      'one key twice',
      { apiAuthKey: SECRET_KEY.toUpperCase() },
      'Garage: apiAuthKey is the same as apiSecretKey; the Remootio app shows two different keys, copy both again',
    ],
    ['serial number', { serialNumber: '12 34' }, 'Garage: serialNumber is not a serial number; leave it out'],
    ['no time', { openSeconds: 0 }, 'Garage: openSeconds is less than 1 second; enter the seconds'],
    ['too long', { closeSeconds: 601 }, 'Garage: closeSeconds is more than 600 seconds; enter the seconds'],
    ['time as text', { closeSeconds: '20' }, 'Garage: closeSeconds is not a number; enter the seconds'],
    [
      'no such word',
      { whileClosing: 'reverse' },
      'Garage: whileClosing is none of "refuse", "pulse"; choose',
    ],
    ['readOnly as text', { readOnly: 'yes' }, 'Garage: readOnly is neither true nor false; true only shows'],
  ])('%s: is left out, with one line', (_, changes, line) => {
    const parsed = parseDevices(deviceJson(changes), deviceJson({ name: 'Gate', host: '10.0.0.2' }));
    expect(parsed.devices.map((device) => device.name)).toEqual(['Gate']);
    expect(parsed.complete).toBe(false);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.problems[0]).toMatchObject({ severity: 'error', device: 0 });
    expect(parsed.problems[0]?.message).toContain(line);
  });

  it('has all its problems told at once', () => {
    expect(messagesOf(parseDevices({ name: 'Gate', port: -1 })).map((line) => line.split(';')[0])).toEqual([
      'Gate: host is missing',
      'Gate: port is less than 1',
      'Gate: apiSecretKey is missing',
      'Gate: apiAuthKey is missing',
    ]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      'name',
      { host: '10.0.0.2' },
      {},
      'Device 2 (Garage): name is the same as of Garage (device 1); give it another name',
    ],
    [
      'name in other letters',
      { name: 'GARAGE', host: '10.0.0.2' },
      {},
      'GARAGE: name is the same as of Garage',
    ],
    [
      'host and port',
      { name: 'Gate' },
      {},
      'Gate: host and port are the same as of Garage (device 1); a device allows one connection',
    ],
    [
      'host in other letters',
      { name: 'B', host: 'GATE.local' },
      { host: 'gate.local' },
      'B: host and port are',
    ],
    [
      'serial number',
      { name: 'Gate', host: '10.0.0.2', serialNumber: 'ab12' },
      { serialNumber: 'AB12' },
      'Gate: serialNumber is the same as of Garage (device 1); correct it',
    ],
  ])('the same %s twice: the first one stays', (_, second, first, line) => {
    const parsed = parseDevices(deviceJson(first), deviceJson(second));
    expect(parsed.devices).toHaveLength(1);
    expect(parsed.devices[0]?.name).toBe('Garage');
    expect(messagesOf(parsed)).toHaveLength(1);
    expect(messagesOf(parsed)[0]).toContain(line);
  });

  it('may share its host with another one behind another port', () => {
    const parsed = parseDevices(deviceJson(), deviceJson({ name: 'Gate', port: 8081 }));
    expect(parsed.problems).toEqual([]);
    expect(parsed.devices).toHaveLength(2);
  });
});

describe('keys that mean nothing', () => {
  it.each([
    ['readonly', 'readOnly'],
    ['read_only', 'readOnly'],
    ['apiSecretkey', 'apiSecretKey'],
    ['authKey', 'apiAuthKey'],
    ['serial', 'serialNumber'],
    ['closeSecond', 'closeSeconds'],
    ['hots', undefined],
    ['colour', undefined],
  ])('%s is named, and %s is offered', (key, meant) => {
    const parsed = parseDevices(deviceJson({ [key]: true }));
    expect(parsed.devices).toHaveLength(1);
    expect(parsed.complete).toBe(true);
    expect(parsed.problems).toEqual([
      {
        severity: 'warning',
        device: 0,
        key,
        message: `Garage: ${key} is not a setting of a device and has no effect; ${meant ? `did you mean ${meant}?` : 'remove it'}`,
      },
    ]);
  });

  it('beside the devices are named as well', () => {
    const parsed = parsePlatform({ platform: 'Gatehouse', colour: 'red', devices: [] });
    expect(messagesOf(parsed)).toEqual([
      'The platform: colour is not a setting beside the devices and has no effect; remove it',
    ]);
    expect(parsed.complete).toBe(true);
  });

  it('in the place of devices make the config incomplete', () => {
    expect(parsePlatform({ Devices: [deviceJson()] }).complete).toBe(false);
  });
});

it.each([undefined, null, 7, 'devices', [], [deviceJson()]])('%j is no config, and is told so', (value) => {
  const parsed = parsePlatform(value);
  expect(parsed).toMatchObject({ devices: [], complete: false });
  expect(messagesOf(parsed)).toEqual([
    "The config of the platform is not an object; add the devices in the plugin's settings",
  ]);
});

it.each([{}, 'Garage', 3, true])('devices that are %j are no list', (devices) => {
  expect(messagesOf(parsePlatform({ devices }))).toEqual([
    "devices is not a list; add the devices in the plugin's settings",
  ]);
});

it.each([null, 'Garage', []])('a device that is %j is left out', (device) => {
  const parsed = parseDevices(device, deviceJson());
  expect(parsed.devices).toHaveLength(1);
  expect(messagesOf(parsed)[0]).toContain('Device 1: is not a device');
});

describe('whatever it is given', () => {
  const key = fc.oneof(
    fc.string({
      unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF')),
      minLength: 8,
      maxLength: 70,
    }),
    fc.string({ minLength: 8, maxLength: 40 }).filter((text) => text.replace(/\s/g, '').length >= 8),
  );

  it('never throws, and says everything on one line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (platform, devices, device) => {
        for (const value of [platform, { devices }, { devices: [device] }]) {
          for (const message of messagesOf(parsePlatform(value))) expect(message).toMatch(/^[^\n\r]+$/);
        }
      }),
    );
  });

  it('never throws on a device with known keys and any values', () => {
    const names = [
      ...Object.keys(deviceJson()),
      'port',
      'serialNumber',
      'openSeconds',
      'whileClosing',
      'readOnly',
    ];
    const device = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), key), { maxKeys: 9 });
    fc.assert(fc.property(fc.array(device, { maxLength: 4 }), (devices) => void parseDevices(...devices)));
  });

  it('never echoes what was written as a key, wherever else it was written too', () => {
    fc.assert(
      fc.property(
        key,
        key,
        fc.constantFrom('name', 'host', 'serialNumber', 'port', ''),
        (secret, auth, where) => {
          const device = {
            ...deviceJson({ apiSecretKey: secret, apiAuthKey: auth }),
            ...(where === '' ? {} : { [where]: ` ${secret}` }),
            [auth]: auth,
          };
          const parsed = parseDevices(device, device);
          expect(parsed.problems.length).toBeGreaterThan(0);
          const said = messagesOf(parsed).join('\n').toLowerCase();
          for (const text of [secret, auth]) {
            // A "key" that is a word of our own messages says nothing about what was written.
            if (/^[a-z ().;:]+$/i.test(text)) continue;
            expect(said).not.toContain(text.trim().toLowerCase());
          }
        },
      ),
    );
  });
});
