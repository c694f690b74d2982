import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFrame, supportedVersion } from '../../src/wire/frames.ts';

describe('parseFrame', () => {
  it.each([
    ['{"type":"PONG"}', { type: 'PONG' }],
    [
      '{"type":"ERROR","errorMessage":"authentication error"}',
      { type: 'ERROR', errorMessage: 'authentication error' },
    ],
    ['{"type":"ERROR"}', { type: 'ERROR', errorMessage: 'unknown error' }],
    [
      '{"type":"SERVER_HELLO","apiVersion":1,"message":"This is the Remootio Websocket API"}',
      { type: 'SERVER_HELLO', apiVersion: 1 },
    ],
    [
      '{"type":"SERVER_HELLO","apiVersion":3,"message":"x","serialNumber":"1234567890ab0001","remootioVersion":"remootio-2"}',
      {
        type: 'SERVER_HELLO',
        apiVersion: 3,
        serialNumber: '1234567890ab0001',
        remootioVersion: 'remootio-2',
      },
    ],
    [
      '{"type":"SERVER_HELLO","apiVersion":2,"serialNumber":"../../etc/passwd"}',
      { type: 'SERVER_HELLO', apiVersion: 2 },
    ],
    [
      '{"type":"SERVER_HELLO","apiVersion":2,"serialNumber":7,"remootioVersion":"<b>"}',
      { type: 'SERVER_HELLO', apiVersion: 2 },
    ],
    ['{"type":"FIRMWARE"}', { type: 'UNKNOWN', name: 'FIRMWARE' }],
    [
      '{"type":"SERVER_HELLO","apiVersion":"3"}',
      { type: 'MALFORMED', problem: 'of type SERVER_HELLO has no apiVersion' },
    ],
    [
      '{"type":"SERVER_HELLO","apiVersion":0}',
      { type: 'MALFORMED', problem: 'of type SERVER_HELLO has no apiVersion' },
    ],
    ['{"type":"ENCRYPTED"}', { type: 'MALFORMED', problem: 'of type ENCRYPTED has no data' }],
    [
      '{"type":"ENCRYPTED","data":[],"mac":""}',
      { type: 'MALFORMED', problem: 'of type ENCRYPTED has no data' },
    ],
    [
      '{"type":"ENCRYPTED","data":{"iv":1,"payload":""},"mac":""}',
      { type: 'MALFORMED', problem: 'of type ENCRYPTED lacks iv, payload or mac' },
    ],
    [
      '{"type":"ENCRYPTED","data":{"iv":"","payload":""}}',
      { type: 'MALFORMED', problem: 'of type ENCRYPTED lacks iv, payload or mac' },
    ],
    [
      '{"type":"ENCRYPTED","data":{"iv":"","payload":"","more":[]},"mac":""}',
      { type: 'MALFORMED', problem: 'of type ENCRYPTED holds more than texts' },
    ],
    ['{"type":7}', { type: 'MALFORMED', problem: 'has no type' }],
    ['{"__proto__":{"type":"PONG"}}', { type: 'MALFORMED', problem: 'has no type' }],
    ['[]', { type: 'MALFORMED', problem: 'is not a JSON object' }],
    ['null', { type: 'MALFORMED', problem: 'is not a JSON object' }],
    ['{', { type: 'MALFORMED', problem: 'is not a JSON object' }],
    ['', { type: 'MALFORMED', problem: 'is not a JSON object' }],
  ])('%s', (text, expected) => expect(parseFrame(text)).toEqual(expected));

  it('keeps the order of the keys in data for the MAC', () => {
    expect(parseFrame('{"mac":"m","data":{ "payload" : "p", "iv":"i" },"type":"ENCRYPTED"}')).toMatchObject({
      macBase: '{"payload":"p","iv":"i"}',
    });
  });

  it('cuts what a device may put into a log', () => {
    const frame = parseFrame(
      JSON.stringify({ type: 'ERROR', errorMessage: `\n\u001b[31m${'x'.repeat(500)}` }),
    );
    expect(frame).toMatchObject({ type: 'ERROR' });
    const { errorMessage } = frame as { errorMessage: string };
    expect(errorMessage).toMatch(/^[\x20-\x7e]{120}$/);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseFrame(text)).toHaveProperty('type');
      }),
    );
  });
});

describe('supportedVersion', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
  ] as const)('a device that says %i is spoken to as version %i', (said, spoken) =>
    expect(supportedVersion(said)).toBe(spoken),
  );
});
