import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  matchDevices,
  ownerOf,
  type ConfiguredDevice,
  type KnownAccessory,
} from '../../src/homekit/identity.ts';

const device = (name: string, host: string, serialNumber?: string): ConfiguredDevice => ({
  name,
  host,
  port: 8080,
  serialNumber,
});
const known = (uuid: string, name: string, host: string, serialNumber?: string): KnownAccessory => ({
  uuid,
  name,
  address: `${host}:8080`,
  serialNumber,
  onBridge: true,
});

/** One line for each device: what it is, in the order of the config; then what nobody claims. */
function outcome(devices: readonly ConfiguredDevice[], accessories: readonly KnownAccessory[]): string {
  const { claims, unclaimed } = matchDevices(devices, accessories);
  const claimed = claims.map((claim) => (claim.kind === 'known' ? claim.accessory.uuid : claim.kind));
  return [...claimed, '|', ...unclaimed.map((accessory) => accessory.uuid)].join(' ');
}

describe('a device is recognised', () => {
  it.each<[string, ConfiguredDevice[], KnownAccessory[], string]>([
    ['first start', [device('A', 'a')], [], 'new |'],
    ['nothing changed', [device('A', 'a')], [known('1', 'A', 'a', 'S1')], '1 |'],
    ['by name, at a new address', [device('A', 'b')], [known('1', 'A', 'a', 'S1')], '1 |'],
    ['by address, under a new name', [device('B', 'a')], [known('1', 'A', 'a', 'S1')], '1 |'],
    ['by a name in other letters', [device('garage', 'b')], [known('1', 'Garage', 'a')], '1 |'],
    [
      'by serial number, under a new name and address',
      [device('B', 'b', 's1')],
      [known('1', 'A', 'a', 'S1')],
      '1 |',
    ],
    [
      'by serial number before name: two that swapped names',
      [device('A', 'a', 'S2'), device('B', 'b', 'S1')],
      [known('1', 'A', 'a', 'S1'), known('2', 'B', 'b', 'S2')],
      '2 1 |',
    ],
    [
      'by name before address: two that swapped addresses',
      [device('A', 'b'), device('B', 'a')],
      [known('1', 'A', 'a'), known('2', 'B', 'b')],
      '1 2 |',
    ],
    [
      'a name does not take what a serial number has a right to',
      [device('A', 'x'), device('B', 'y', 'S1')],
      [known('1', 'A', 'a', 'S1')],
      'new 1 |',
    ],
    [
      'a replaced device keeps the accessory by its name',
      [device('A', 'a', 'S9')],
      [known('1', 'A', 'a', 'S1')],
      '1 |',
    ],
    [
      'an address that was handed on is another device where both serial numbers are known',
      [device('B', 'a', 'S9')],
      [known('1', 'A', 'a', 'S1')],
      'new | 1',
    ],
    ['removed from the config', [], [known('1', 'A', 'a', 'S1')], '| 1'],
    ['known by nothing: it is asked', [device('B', 'b')], [known('1', 'A', 'a', 'S1')], 'ask | 1'],
    [
      'known by nothing, and nothing could be taken over by serial number',
      [device('B', 'b')],
      [known('1', 'A', 'a')],
      'new | 1',
    ],
    [
      'its serial number is known and is not among those left',
      [device('B', 'b', 'S2')],
      [known('1', 'A', 'a', 'S1')],
      'new | 1',
    ],
    [
      'what is only on disk is found again',
      [device('A', 'a')],
      [{ ...known('1', 'A', 'a', 'S1'), onBridge: false }],
      '1 |',
    ],
    [
      'what is only on disk keeps nobody waiting',
      [device('B', 'b')],
      [{ ...known('1', 'A', 'a', 'S1'), onBridge: false }],
      'new |',
    ],
  ])('%s', (_, devices, accessories, expected) => {
    expect(outcome(devices, accessories)).toBe(expected);
  });
});

it.each([
  ['S1', '1'],
  ['s2', '2'],
  ['S3', undefined],
])('the owner of %s is %s', (serialNumber, uuid) => {
  const unclaimed = [known('0', 'X', 'x'), known('1', 'A', 'a', 'S1'), known('2', 'B', 'b', 'S2')];
  expect(ownerOf(serialNumber, unclaimed)?.uuid).toBe(uuid);
});

describe('whatever is configured and known', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd');
  const serial = fc.option(word, { nil: undefined });
  const devices = fc.uniqueArray(
    fc.record({ name: word, host: word, port: fc.constant(8080), serialNumber: serial }),
    { selector: (each) => each.name },
  );
  const accessories = fc
    .array(fc.record({ name: word, address: word.map((host) => `${host}:8080`), serialNumber: serial }))
    .map((list) => list.map((each, index) => ({ ...each, uuid: String(index), onBridge: true })));

  it('each device has one claim, each accessory is claimed once or left over', () => {
    fc.assert(
      fc.property(devices, accessories, (configured, cached) => {
        const { claims, unclaimed } = matchDevices(configured, cached);
        expect(claims.map((claim) => claim.device)).toEqual(configured);
        const used = claims.flatMap((claim) => (claim.kind === 'known' ? claim.accessory.uuid : []));
        const all = [...used, ...unclaimed.map((accessory) => accessory.uuid)];
        expect(all.sort()).toEqual(cached.map((accessory) => accessory.uuid).sort());
      }),
    );
  });

  it('no device is new while an accessory with its name or serial number is left over', () => {
    fc.assert(
      fc.property(devices, accessories, (configured, cached) => {
        const { claims, unclaimed } = matchDevices(configured, cached);
        for (const claim of claims) {
          if (claim.kind === 'known') continue;
          const { device: each } = claim;
          for (const accessory of unclaimed) {
            expect(accessory.name).not.toBe(each.name);
            if (each.serialNumber !== undefined) expect(accessory.serialNumber).not.toBe(each.serialNumber);
            else expect(accessory.address).not.toBe(addressOf(each));
          }
        }
      }),
    );
  });
});
