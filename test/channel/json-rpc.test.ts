import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/base/errors.ts';
import {
  errorLine,
  notificationLine,
  parseMessage,
  requestLine,
  resultLine,
  toRpcError,
} from '../../src/channel/json-rpc.ts';

/** Half of a surrogate pair included. */
const anyCharacter = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));

class Offline extends GatehouseError {
  override readonly code = 'OFFLINE';
  override readonly retry = true;
  readonly outcome = 'not sent';
}

describe('messages', () => {
  it.each<[string, unknown]>([
    ['not json', { kind: 'invalid', id: null, code: -32700 }],
    ['[]', { kind: 'invalid', id: null, code: -32600 }],
    ['null', { kind: 'invalid', id: null, code: -32600 }],
    ['[{"jsonrpc":"2.0","id":1,"method":"status"}]', { kind: 'invalid', code: -32600 }],
    ['{"id":1,"method":"status"}', { kind: 'invalid', id: 1, code: -32600 }],
    ['{"jsonrpc":"1.0","id":"a","method":"status"}', { kind: 'invalid', id: 'a' }],
    ['{"jsonrpc":"2.0","id":{},"method":"status"}', { kind: 'invalid', id: null }],
    ['{"jsonrpc":"2.0","id":null,"method":"status"}', { kind: 'invalid', id: null }],
    ['{"jsonrpc":"2.0","id":1,"method":5}', { kind: 'invalid', id: 1 }],
    [`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(101)}"}`, { kind: 'invalid', id: 1 }],
    [`{"jsonrpc":"2.0","id":"${'x'.repeat(101)}","method":"m"}`, { kind: 'invalid', id: null }],
    ['{"jsonrpc":"2.0","id":1}', { kind: 'invalid', id: 1 }],
    ['{"__proto__":{"jsonrpc":"2.0","method":"status"},"id":1}', { kind: 'invalid', id: 1 }],
    [
      `{"jsonrpc":"2.0","id":1,"method":"m","params":${'['.repeat(31)}${']'.repeat(31)}}`,
      { kind: 'request' },
    ],
    [
      `{"jsonrpc":"2.0","id":1,"method":"m","params":${'['.repeat(40)}${']'.repeat(40)}}`,
      { kind: 'invalid' },
    ],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, { kind: 'invalid', id: null }],
    [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, { kind: 'invalid', id: null }],
    ['{"jsonrpc":"2.0","id":0,"method":"m"}', { kind: 'request', id: 0, method: 'm', params: undefined }],
    ['{"jsonrpc":"2.0","method":"m","params":[1]}', { kind: 'notification', method: 'm', params: [1] }],
    ['{"jsonrpc":"2.0","id":7,"result":null}', { kind: 'result', id: 7, result: null }],
    ['{"jsonrpc":"2.0","id":null,"error":{}}', { kind: 'error', id: null, error: { code: -32603 } }],
    [
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"x","data":{"code":"BUSY","retry":true}}}',
      { kind: 'error', error: { code: -32000, message: 'x', data: { code: 'BUSY', retry: true } } },
    ],
  ])('%.80s', (line, expected) => expect(parseMessage(line)).toMatchObject(expected as object));

  it('come back as they were sent', () => {
    const id = fc.oneof(fc.integer(), fc.string({ maxLength: 20 }));
    const params = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { noNullPrototype: true });
    fc.assert(
      fc.property(id, params, (someId, someParams) => {
        const plain = JSON.parse(JSON.stringify(someParams)) as unknown;
        expect(parseMessage(requestLine(someId, 'm', someParams))).toEqual({
          kind: 'request',
          id: someId,
          method: 'm',
          params: plain,
        });
        expect(parseMessage(notificationLine('m', someParams))).toMatchObject({ params: plain });
        expect(parseMessage(resultLine(someId, someParams))).toMatchObject({ result: plain });
      }),
    );
  });

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCharacter }), fc.json({ maxDepth: 2 })), (line) => {
        expect(['request', 'notification', 'result', 'error', 'invalid']).toContain(parseMessage(line).kind);
      }),
    );
  });

  it('are one line each', () => {
    expect(resultLine(1, 'a\nb')).toMatch(/^[^\n]+\n$/);
    expect(resultLine(1, undefined)).toBe('{"jsonrpc":"2.0","id":1,"result":null}\n');
  });

  it('let nothing out that looks like a secret', () => {
    const key = '0123456789ABCDEF'.repeat(4);
    const link = 'teamviewerapi://remotecontrol?secret=abc';
    for (const line of [
      resultLine(1, { deep: [{ apiSecretKey: key, link }] }),
      notificationLine('event', { text: `key ${key} and ${link}` }),
      errorLine(1, { code: 1, message: key }),
    ]) {
      expect(line).not.toContain('0123456789ABCDEF');
      expect(line).not.toContain('secret=abc');
      expect(parseMessage(line).kind).not.toBe('invalid');
    }
  });
});

describe('errors of handlers', () => {
  it('of ours say what happened; others do not', () => {
    expect(toRpcError(new Offline('Garage is offline'))).toEqual({
      code: -32000,
      message: 'Garage is offline',
      data: { code: 'OFFLINE', retry: true, outcome: 'not sent' },
    });
    expect(JSON.stringify(toRpcError(new Error('/home/x: password')))).not.toContain('password');
    expect(toRpcError('x').code).toBe(-32603);
  });
});
