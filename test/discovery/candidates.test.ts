import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidatesFor,
  chooseCandidate,
  isLocalName,
  type Candidate,
  type Known,
  type Place,
} from '../../src/discovery/candidates.ts';

const SERIAL = 'A4CF12F7A3F0';
const NAME = `remootio_${SERIAL}.local`;
const at = (...addresses: string[]): Known['discovered'] => ({ addresses, port: 8080 });

describe('where a device may be', () => {
  it.each<[string, Place, Known, string[]]>([
    ['the configured host', { host: '10.0.0.5' }, {}, ['10.0.0.5:8080 configured']],
    ['its port', { host: '10.0.0.5', port: 81 }, {}, ['10.0.0.5:81 configured']],
    [
      'then where mDNS says',
      { host: '10.0.0.5', serialNumber: SERIAL },
      { discovered: at('10.0.0.9') },
      ['10.0.0.5:8080 configured', '10.0.0.9:8080 discovered'],
    ],
    [
      'each place once',
      { host: '10.0.0.5', serialNumber: SERIAL },
      { discovered: at('10.0.0.5', '10.0.0.6'), resolved: new Map([[NAME, ['10.0.0.6', '10.0.0.7']]]) },
      ['10.0.0.5:8080 configured', '10.0.0.6:8080 discovered', '10.0.0.7:8080 host name'],
    ],
    [
      'a configured name, and the address that mDNS has for it',
      { host: 'gate.local', port: 99 },
      { resolved: new Map([['gate.local', ['10.0.0.3']]]) },
      ['gate.local:99 configured', '10.0.0.3:99 configured'],
    ],
    [
      'the name by the serial number as a last resort',
      { serialNumber: SERIAL },
      {},
      [`${NAME}:8080 host name`],
    ],
    [
      'not where there is something better',
      { serialNumber: SERIAL },
      { discovered: at('10.0.0.9') },
      ['10.0.0.9:8080 discovered'],
    ],
    ['nowhere', {}, {}, []],
    [
      'no more than two addresses of a kind',
      { serialNumber: SERIAL },
      { discovered: at('10.0.0.1', '10.0.0.2', '10.0.0.3') },
      ['10.0.0.1:8080 discovered', '10.0.0.2:8080 discovered'],
    ],
  ])('%s', (_, place, known, expected) => {
    expect(candidatesFor(place, known).map(({ host, port, source }) => `${host}:${port} ${source}`)).toEqual(
      expected,
    );
  });
});

describe('which place is next', () => {
  const configured: Candidate = { host: '10.0.0.5', port: 8080, source: 'configured' };
  const discovered: Candidate = { host: '10.0.0.9', port: 8080, source: 'discovered' };
  const named: Candidate = { host: '10.0.0.7', port: 8080, source: 'host name' };
  const all = [configured, discovered, named];
  const order = (list: readonly Candidate[], lastGood?: Candidate): (string | undefined)[] =>
    Array.from({ length: 6 }, (_, failures) => chooseCandidate(list, { failures, lastGood })?.host);

  it('alternates between the first choice and the others', () => {
    expect(order(all)).toEqual(['10.0.0.5', '10.0.0.9', '10.0.0.5', '10.0.0.7', '10.0.0.5', '10.0.0.9']);
    expect(order([configured])).toEqual(Array(6).fill('10.0.0.5'));
    expect(order([])).toEqual(Array(6).fill(undefined));
  });

  it('begins where the device was found last, as long as that is still a candidate', () => {
    expect(order(all, discovered).slice(0, 3)).toEqual(['10.0.0.9', '10.0.0.5', '10.0.0.9']);
    expect(order([configured], discovered)[0]).toBe('10.0.0.5');
  });

  it('goes where the device was just heard, unless nothing failed yet', () => {
    expect(chooseCandidate(all, { failures: 2, announced: true })).toBe(discovered);
    expect(chooseCandidate(all, { failures: 0, announced: true })).toBe(configured);
    expect(chooseCandidate([configured], { failures: 2, announced: true })).toBe(configured);
  });

  it('leaves no candidate out, and never comes back to the first choice later than every second time', () => {
    const candidates = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(candidates, (numbers) => {
        const list = numbers.map((n): Candidate => ({ ...discovered, host: `10.0.0.${n}` }));
        const tried = Array.from({ length: list.length * 2 }, (_, failures) =>
          chooseCandidate(list, { failures }),
        );
        expect(new Set(tried)).toEqual(new Set(list));
        expect(tried.filter((_, index) => index % 2 === 0).every((one) => one === list[0])).toBe(true);
      }),
    );
  });
});

it.each([
  ['remootio_1.local', true],
  ['GATE.LOCAL.', true],
  ['gate.lan', false],
  ['local', false],
  ['10.0.0.1', false],
  ['gate.local.example', false],
])('%s is a name for mDNS: %s', (host, expected) => expect(isLocalName(host)).toBe(expected));
