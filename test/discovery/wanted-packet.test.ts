import { describe, expect, it } from 'vitest';
import { WantedPackets } from '../../src/discovery/wanted-packet.ts';
import { response } from './dns-bytes.ts';

const SERVICE = '_remootio._tcp.local';
const PRINTER = response({ type: 'PTR', name: '_ipp._tcp.local', data: 'Printer._ipp._tcp.local' });
const NAMED = response({ type: 'A', name: 'Garage.local', data: '192.0.2.7' });

function asQuestion(packet: Buffer): Buffer {
  const question = Buffer.from(packet);
  question[2] = 0;
  return question;
}

describe('of the packets of multicast DNS', () => {
  const device = response({ type: 'PTR', name: SERVICE, data: `A4CF12F7A3F0.${SERVICE}` });
  it.each([
    ['what a device says of itself', device, true],
    ['the same in capitals', Buffer.from(device.toString('latin1').toUpperCase(), 'latin1'), true],
    [
      'the address of a device alone',
      response({ type: 'A', name: 'remootio_A4CF12F7A3F0.local', data: '192.0.2.7' }),
      true,
    ],
    ['a question for devices', asQuestion(device), false],
    ['what others say', PRINTER, false],
    ['an address that nobody asked for', NAMED, false],
    ['less than a header', device.subarray(0, 11), false],
    ['nothing', Buffer.alloc(0), false],
  ])('%s', (_, packet, isWanted) => {
    expect(new WantedPackets().includes(packet)).toBe(isWanted);
  });

  it('an address that was asked for, in any case', () => {
    const wanted = new WantedPackets();
    wanted.ask('garage.LOCAL');
    expect(wanted.includes(NAMED)).toBe(true);
    expect(wanted.includes(PRINTER)).toBe(false);
  });
});
