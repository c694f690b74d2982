import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswers } from '../../src/discovery/answers.ts';

/** Half of a surrogate pair included. */
const anyCharacter = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));
const NOTHING = { services: [], addresses: [] };
const ptr = (data: unknown, name = '_remootio._tcp.local'): object => ({ type: 'PTR', name, ttl: 120, data });
const srv = (name: string, data: unknown): object => ({ type: 'SRV', name, ttl: 120, data });
const a = (name: unknown, data: unknown, type = 'A'): object => ({ type, name, ttl: 120, flush: true, data });

describe('what an mDNS response says', () => {
  it('of a device', () => {
    const packet = {
      answers: [ptr('A4CF12F7A3F0._remootio._tcp.local')],
      additionals: [
        srv('A4CF12F7A3F0._Remootio._TCP.local', { port: 8080, target: 'Remootio_A4CF12F7A3F0.local' }),
        { type: 'TXT', name: 'A4CF12F7A3F0._remootio._tcp.local', ttl: 120, data: [Buffer.from('x')] },
        a('remootio_a4cf12f7a3f0.local', '192.168.1.30'),
        a('remootio_a4cf12f7a3f0.local', '2001:db8::1', 'AAAA'),
      ],
    };
    const hostName = 'remootio_a4cf12f7a3f0.local';
    expect(readAnswers(packet)).toEqual({
      services: [
        { serialNumber: 'A4CF12F7A3F0', ttl: 120 },
        { serialNumber: 'A4CF12F7A3F0', hostName, port: 8080, ttl: 120 },
      ],
      addresses: [
        { hostName, address: '192.168.1.30', ttl: 120, flush: true },
        { hostName, address: '2001:db8::1', ttl: 120, flush: true },
      ],
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['no answers', {}],
    ['answers that are none', { answers: 'x', additionals: [null, 1, 'x', []] }],
    ['another service', { answers: [ptr('x._hap._tcp.local', '_hap._tcp.local')] }],
    ['no instance name', { answers: [ptr('_remootio._tcp.local'), ptr('._remootio._tcp.local')] }],
    ['an instance that is no serial number', { answers: [ptr('a b\n._remootio._tcp.local')] }],
    ['an instance that is too long', { answers: [ptr(`${'x'.repeat(65)}._remootio._tcp.local`)] }],
    ['no lifetime', { answers: [{ type: 'A', name: 'x.local', data: '10.0.0.1' }] }],
    ['no target', { answers: [srv('x._remootio._tcp.local', { port: 1 })] }],
    ['no port', { answers: [srv('x._remootio._tcp.local', { port: 0, target: 'x.local' })] }],
    ['a target that is no name', { answers: [srv('x._remootio._tcp.local', { port: 1, target: 'x/../y' })] }],
    ['an address that is none', { answers: [a('x.local', 'ten'), a('x.local', 7), a(5, '10.0.0.1')] }],
    ['nobody', { answers: [a('x.local', '0.0.0.0'), a('x.local', '::', 'AAAA')] }],
    [
      'everybody',
      {
        answers: [
          a('x.local', '224.0.0.251'),
          a('x.local', '255.255.255.255'),
          a('x.local', 'ff02::1', 'AAAA'),
        ],
      },
    ],
    ['a link-local address without its link', { answers: [a('x.local', 'fe80::1', 'AAAA')] }],
  ])('%s: is passed over', (_, packet) => expect(readAnswers(packet)).toEqual(NOTHING));

  it('never throws, and lets nothing pass that could do harm in a log', () => {
    const text = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom('x._remootio._tcp.local', 'A', 'PTR', 'SRV'),
    );
    const record = fc.record(
      {
        name: text,
        type: text,
        ttl: fc.oneof(fc.nat(), fc.anything({ maxDepth: 1 })),
        data: fc.oneof(text, fc.anything({ maxDepth: 1 })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.anything({ maxDepth: 1 }), fc.record({ answers: fc.array(record, { maxLength: 8 }) })),
        (packet) => {
          const { services, addresses } = readAnswers(packet);
          const texts = [...services.map((one) => one.serialNumber), ...addresses.map((one) => one.hostName)];
          for (const one of texts) expect(one).toMatch(/^[\w.:-]{1,253}$/);
        },
      ),
    );
  });

  it('does not read endless lists', () => {
    const answers = Array.from({ length: 5000 }, (_, n) => a(`h${n}.local`, '10.0.0.1'));
    expect(readAnswers({ answers }).addresses).toHaveLength(100);
  });
});
