import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { response, type TestRecord } from '../discovery/dns-bytes.ts';
import { freeUdpPort, Responder } from '../discovery/responder.ts';
import { Child } from '../helpers/child.ts';
import { gatehouse, gatehouseProgram, Home, MAIN, type Json } from './gatehouse.ts';

const SERVICE = '_remootio._tcp.local';
const SERIAL = 'a4cf12f7a3f0abcd';
const HOST = `remootio_${SERIAL}.local`;
const RECORDS: readonly TestRecord[] = [
  { type: 'PTR', name: SERVICE, data: `${SERIAL}.${SERVICE}` },
  { type: 'SRV', name: `${SERIAL}.${SERVICE}`, port: 8080, target: HOST },
  { type: 'A', name: HOST, data: '192.0.2.30' },
];
const FOUND = { serialNumber: SERIAL, hostName: HOST, addresses: ['192.0.2.30'], port: 8080 };

let home: Home;
let device: Responder;
let flags: readonly string[];

beforeEach(async () => {
  home = new Home();
  const keys = { apiSecretKey: 'ab'.repeat(32), apiAuthKey: 'cd'.repeat(32) };
  home.write({
    platforms: [{ platform: 'Gatehouse', devices: [{ name: 'Garage', host: '192.0.2.30', ...keys }] }],
  });
  const port = await freeUdpPort();
  device = await Responder.open(port);
  flags = ['--interface', '127.0.0.1', '--mdns-port', String(port), ...home.here];
});
afterEach(async () => {
  await device.close();
  await home.demolish();
});

function answer(): void {
  device.answerWith((questions) =>
    questions.some(({ name, type }) => name === SERVICE && type === 'PTR') ? [response(...RECORDS)] : [],
  );
}

describe('gatehouse discover', { timeout: 30_000 }, () => {
  it('lists what announces itself, as a program', async () => {
    answer();
    const { code, out, error } = await gatehouseProgram(['discover', '--timeout', '1', ...flags]);
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe(`${SERIAL}  192.0.2.30:8080  in the config as Garage\n`);
  });

  it('is one object of JSON', async () => {
    answer();
    const { json } = await gatehouse('discover', '--timeout', '1', '--json', ...flags);
    expect(json).toEqual([{ ok: true, devices: [{ ...FOUND, configuredAs: 'Garage' }] }]);
  });

  it('keeps looking with --watch, and tells who comes and goes', async () => {
    answer();
    const child = new Child({
      name: 'gatehouse discover',
      args: [MAIN, 'discover', '--watch', '--json', ...flags],
    });
    const next = async (event: string): Promise<Json> => {
      const line = await child.lines.waitFor(
        event,
        ({ text }) => (JSON.parse(text) as Json)['event'] === event,
      );
      return JSON.parse(line.text) as Json;
    };
    try {
      expect(await next('found')).toEqual({ event: 'found', ...FOUND, configuredAs: 'Garage' });
      device.say(response(...RECORDS.map((record) => ({ ...record, ttl: 0 }))));
      expect(await next('gone')).toMatchObject({ event: 'gone', serialNumber: SERIAL });
      expect(await child.stop('SIGINT')).toEqual({ code: 0, signal: null });
    } finally {
      await child.stop();
    }
  });

  it('says what to try when nobody answers', async () => {
    const { code, out, error } = await gatehouse('discover', '--timeout', '1', ...flags);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(/^gatehouse: No Remootio device announced itself\. Check .* use the address/);
    const { json } = await gatehouse('discover', '--timeout', '1', '--json', ...flags);
    expect(json).toMatchObject([{ ok: false, error: { code: 'NOTHING_FOUND' } }]);
  });
});
