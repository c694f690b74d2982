import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../src/base/redact.ts';
import { checkClock } from '../../src/cli/doctor/device-state.ts';
import { fits } from '../../src/cli/doctor/versions.ts';
import type { FaultName } from '../../src/simulator/index.ts';
import { FakePlugin } from './fake-plugin.ts';
import { gatehouse, gatehouseProgram, Home, type Json } from './gatehouse.ts';

type Cleanup = (end: () => Promise<void>) => void;

async function build(cleanup: Cleanup, ...args: Parameters<typeof Home.build>): Promise<Home> {
  const home = await Home.build(...args);
  cleanup(() => home.demolish());
  return home;
}

async function run(cleanup: Cleanup, ...args: Parameters<typeof FakePlugin.start>): Promise<void> {
  const plugin = await FakePlugin.start(...args);
  cleanup(() => plugin.stop());
}

interface Finding {
  readonly check: string;
  readonly outcome: string;
  readonly tried: string;
  readonly found: string;
  readonly todo?: string;
}

interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

interface Examined {
  readonly code: number | null;
  readonly sections: readonly Section[];
  /** `check: outcome` of the first section, the device. */
  readonly device: Readonly<Record<string, string>>;
  readonly find: (check: string) => Finding;
}

async function examine(...args: readonly string[]): Promise<Examined> {
  const { code, json } = await gatehouse('doctor', '--json', ...args);
  const sections = json[0]!['sections'] as readonly Section[];
  return {
    code,
    sections,
    device: Object.fromEntries(sections[0]!.findings.map(({ check, outcome }) => [check, outcome])),
    find: (check) => sections.flatMap(({ findings }) => findings).find((each) => each.check === check)!,
  };
}

const DEVICE_CHECKS = [
  ...['name-resolution', 'port', 'upgrade', 'hello', 'keys', 'slot', 'sensor', 'logging', 'device-clock'],
];

describe.concurrent('gatehouse doctor', { timeout: 30_000 }, () => {
  it('says for each check what was tried, what came back and what to do, as a program', async ({
    onTestFinished,
  }) => {
    const home = await build(onTestFinished, {
      Garage: { serialNumber: 'abc' },
      Barn: { config: { port: 1 } },
    });
    const { code, out, error } = await gatehouseProgram(['doctor', ...home.here]);
    expect([code, error]).toEqual([1, '']);
    const { port } = home.device('Garage');
    expect(out).toContain(`Garage, 127.0.0.1 port ${port}
  ✓ name-resolution  read 127.0.0.1: it is an address, no name has to be looked up
  ✓ port             connected to 127.0.0.1, port ${port}: something listens there
  ✓ upgrade          asked for a websocket: granted
  ✓ hello            said HELLO: remootio-2, API version 3, serial number abc
  ✓ keys             authenticated with both keys: both keys are right
  ✓ slot             looked who has the one connection that the device allows: it was free, and stayed ours
  ✓ sensor           asked the device how its status sensor is: closed
`);
    expect(out).toContain(`
  ✗ port             connected to 127.0.0.1, port 1: 127.0.0.1 answers, but nothing listens on port 1.
                     → Enable the Websocket API in the Remootio app, and check that the address is the device's.
  - upgrade          not tried, since the step before failed
`);
    expect(out).toMatch(/\nThis computer\n {2}✓ clock {12}.*\n {2}✓ config {11}/);
    expect(out).toMatch(/\n1 failed\.\n$/);
  });

  it('finds nothing wrong where nothing is, in the order of the way to the gate', async ({
    onTestFinished,
  }) => {
    const home = await build(onTestFinished, { Garage: {} });
    await run(onTestFinished, home.storage, []);
    home.writeFile('gatehouse/journal.jsonl', '{"v":1,"recordedAt":1,"kind":"opened"}\n{"v":2}\n');
    const { code, json } = await gatehouse('doctor', '--json', ...home.here);
    expect(code).toBe(0);
    const sections = json[0]!['sections'] as readonly Section[];
    expect(json).toEqual([{ ok: true, sections }]);
    const checks = sections.flatMap(({ findings }) => findings.map(({ check, outcome }) => [check, outcome]));
    const house = ['clock', 'config', 'plugin', 'node', 'homebridge', 'state-files'];
    const outcomeOf = (check: string): string => (check === 'logging' ? 'skipped' : 'ok');
    expect(checks).toEqual([...DEVICE_CHECKS, ...house].map((check) => [check, outcomeOf(check)]));
  });

  /** Which check fails, and what is said of it. What comes before is well, what comes after is not tried. */
  it.for([
    ['refuse-upgrade', 'upgrade', 'Another client seems to hold'],
    ['ignore-upgrade', 'upgrade', 'accepts the connection and does not answer'],
    ['close-on-hello', 'hello', 'Another client seems to hold'],
    ['silence', 'hello', 'accepts the connection and does not answer'],
    ['authentication-error', 'keys', 'answers "authentication error"'],
    ['wrong-mac', 'keys', 'The API Auth Key is wrong.'],
    ['slot-taken', 'slot', 'another client took it soon after it was ours'],
  ] as const satisfies readonly (readonly [FaultName, string, string])[])(
    'finds the step that fails: %s',
    async ([fault, check, words], { onTestFinished }) => {
      const home = await build(onTestFinished, { Garage: {} });
      home.device('Garage').faults.enable(fault);
      const { code, device, find } = await examine(...home.here);
      expect(code).toBe(1);
      expect(find(check)).toMatchObject({
        outcome: 'failed',
        todo: expect.stringMatching(/\w\.$/) as string,
      });
      expect(find(check).found).toContain(words);
      const place = DEVICE_CHECKS.indexOf(check);
      for (const before of DEVICE_CHECKS.slice(0, place))
        expect([before, device[before]]).toEqual([before, 'ok']);
      if (check !== 'slot') expect(device['sensor']).toBe('skipped');
    },
  );

  it.for<readonly [string, Json, string]>([
    ['wrong auth key', { apiAuthKey: '00'.repeat(32) }, 'The API Auth Key is wrong.'],
    ['wrong secret key', { apiSecretKey: '00'.repeat(32) }, 'The API Secret Key is wrong.'],
    ['another device', { serialNumber: 'other' }, 'Another device answers'],
  ])('tells a %s', async ([, config, words], { onTestFinished }) => {
    const home = await build(onTestFinished, { Garage: { config } });
    const { code, find } = await examine(...home.here);
    expect(code).toBe(1);
    expect(find(config['serialNumber'] === undefined ? 'keys' : 'hello').found).toContain(words);
  });

  it('sees that the keys are in each other’s place', async ({ onTestFinished }) => {
    const home = await build(onTestFinished, { Garage: {} });
    const { host, port, apiSecretKey, apiAuthKey } = home.addressOf('Garage');
    const swapped = { name: 'Garage', host, port, apiSecretKey: apiAuthKey, apiAuthKey: apiSecretKey };
    home.write({ platforms: [{ platform: 'Gatehouse', devices: [swapped] }] });
    const { find } = await examine(...home.here);
    expect(find('keys')).toMatchObject({
      outcome: 'failed',
      tried: 'authenticated with both keys, 3 times',
      todo: 'Swap API Secret Key and API Auth Key.',
    });
  });

  it('hears from replayed events that logging is on, and sees that there is no sensor', async ({
    onTestFinished,
  }) => {
    const home = await build(onTestFinished, { Garage: { sensor: false } });
    home.device('Garage').operate();
    const { code, find } = await examine(...home.here);
    expect(code).toBe(0);
    expect(find('logging')).toMatchObject({ outcome: 'ok', found: 'on' });
    expect(find('sensor')).toMatchObject({
      outcome: 'warning',
      found: 'there is none, or it is not enabled',
    });
  });

  it('leaves a device to the running plugin that is connected to it, unless --direct', async ({
    onTestFinished,
  }) => {
    const home = await build(onTestFinished, { Garage: {} });
    await run(onTestFinished, home.storage, [{ name: 'Garage', logging: 'off', sensor: 'open' }]);
    const { code, device, find } = await examine(...home.here);
    expect(code).toBe(0);
    expect(device).toEqual({
      ...Object.fromEntries(DEVICE_CHECKS.map((check) => [check, 'ok'])),
      logging: 'warning',
      'device-clock': 'skipped',
    });
    expect(find('slot').found).toBe('the running plugin has it, as it should');
    expect(find('homebridge').tried).toMatch(/^compared version 2\.4\.0 with /);
    expect((await examine('--direct', ...home.here)).device['device-clock']).toBe('ok');
  });

  it('says when nobody knows the name', async ({ onTestFinished }) => {
    const home = await build(onTestFinished, { Garage: { config: { host: 'gate.invalid' } } });
    const { code, device, find } = await examine(...home.here);
    expect(code).toBe(1);
    expect(find('name-resolution')).toMatchObject({ outcome: 'failed', found: 'the name is not known' });
    expect(Object.values(device).slice(1)).toEqual(DEVICE_CHECKS.slice(1).map(() => 'skipped'));
  });

  it('sees another plugin that has the same device', async ({ onTestFinished }) => {
    const rival = { platform: 'Remootio', devices: [{ ipAddress: '127.0.0.1' }] };
    const home = await build(onTestFinished, { Garage: {} }, [rival]);
    expect((await examine(...home.here)).find('slot')).toMatchObject({
      outcome: 'warning',
      found: 'the config has this device in the platform "Remootio" as well',
    });
  });

  it('looks at the config and at what the plugin keeps', async ({ onTestFinished }) => {
    const home = await build(onTestFinished, { Garage: {}, Barn: { config: { apiAuthKey: 'ab' } } });
    const config = JSON.parse(readFileSync(join(home.storage, 'config.json'), 'utf8')) as Json;
    home.write({ ...config, plugins: ['x'], disabledPlugins: ['homebridge-gatehouse'] });
    home.writeFile('gatehouse/channel.json', 'half');
    home.writeFile('gatehouse/journal.jsonl', 'half\n{"v":1,"recordedAt":1,"kind":"opened"}\n');
    const { code, sections } = await examine(...home.here);
    expect(code).toBe(1);
    const wrong = sections[1]!.findings
      .filter(({ outcome }) => outcome === 'failed' || outcome === 'warning')
      .map(({ check, outcome, found }) => [check, outcome, found]);
    expect(wrong).toEqual([
      ['config', 'failed', 'Barn: apiAuthKey has 2 hex digits instead of 64'],
      ['config', 'failed', '"plugins" lists what may run, and homebridge-gatehouse is not in it'],
      ['config', 'failed', 'homebridge-gatehouse is in "disabledPlugins"'],
      ['plugin', 'warning', 'it is not running on this storage'],
      ['state-files', 'warning', 'cannot be understood'],
      ['state-files', 'warning', '1 of 2 lines cannot be read'],
    ]);
  });

  it('has something to say without any config, and with one that has no devices', async ({
    onTestFinished,
  }) => {
    const home = new Home();
    onTestFinished(() => home.demolish());
    const none = await examine(...home.here);
    expect([none.code, none.find('config').outcome]).toEqual([1, 'failed']);
    home.write({ platforms: [] });
    const empty = await examine(...home.here);
    expect([empty.code, empty.find('config').found]).toEqual([1, 'there is no platform "Gatehouse"']);
    const { code, error } = await gatehouse('doctor', 'Shed', ...home.here);
    expect([code, error]).toEqual([
      1,
      `gatehouse: ${home.storage}/config.json has no device "Shed". It has none.\n`,
    ]);
  });
});

describe.concurrent('gatehouse doctor --report', { timeout: 30_000 }, () => {
  it('writes everything that a bug report needs, and no key', async ({ onTestFinished }) => {
    const home = await build(onTestFinished, {
      Garage: {},
      Barn: { config: { apiAuthKey: 'ab'.repeat(31) } },
    });
    const [secret] = home.keys;
    home.writeFile(
      'gatehouse/journal.jsonl',
      `{"v":1,"recordedAt":1,"kind":"command","detail":{"x":"${secret!}"}}\n`,
    );
    home.writeFile('gatehouse/channel.json', JSON.stringify({ pid: 1, note: secret!.toUpperCase() }));
    await run(onTestFinished, home.storage, []);
    const file = join(home.storage, 'report.json');
    const { out } = await gatehouse('doctor', '--report', file, ...home.here);
    expect(out).toMatch(/The report is in \S+report\.json\. Look through it before you send it\.\n$/);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      versions: { gatehouse: expect.any(String) as string, node: process.versions.node, homebridge: '2.4.0' },
      system: { platform: process.platform },
      sections: [{ title: expect.stringMatching(/^Garage/) as string }, { title: 'This computer' }],
      config: [{ platform: 'Gatehouse', devices: [{ name: 'Garage', apiSecretKey: '[redacted]' }, {}] }],
      state: { 'channel.json': expect.anything() as unknown },
      journal: [{ kind: 'command' }],
      diagnostics: [{ said: 'by the plugin' }],
    });
    for (const key of [...home.keys, 'ab'.repeat(31)]) {
      for (const form of [key, key.toUpperCase(), Buffer.from(key, 'hex').toString('base64')]) {
        expect(text).not.toContain(form);
      }
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says when it cannot be written', async ({ onTestFinished }) => {
    const home = await build(onTestFinished, { Garage: { config: { port: 1 } } });
    const file = join(home.storage, 'report.json');
    mkdirSync(join(file, 'x'), { recursive: true });
    const { code, error } = await gatehouse('doctor', '--report', file, ...home.here);
    expect(code).toBe(1);
    expect(error).toMatch(/^gatehouse: \S+report\.json cannot be written \(E/);
  });
});

describe('what the doctor knows', () => {
  it.each([
    ['22.12.0', true],
    ['22.11.9', false],
    ['24.99.0', true],
    ['23.0.0', false],
    ['26.0.0-rc.1', true],
  ])('Node %s fits: %s', (version, fit) => expect(fits(version, '^22.12.0 || ^24.0.0 || ^26.0.0')).toBe(fit));

  it('hides what stands below the name of a secret, and only that', () => {
    const value = {
      keyNames: [{ name: 'Ann' }],
      apiAuthKey: 'x',
      scriptToken: { value: 'y', n: 1 },
      list: ['z'],
    };
    expect(withoutSecrets(value)).toEqual({
      keyNames: [{ name: 'Ann' }],
      apiAuthKey: '[redacted]',
      scriptToken: { value: '[redacted]', n: 1 },
      list: ['z'],
    });
  });

  it('sees a clock that was never set', () => {
    expect(checkClock(0)).toMatchObject({ outcome: 'failed', todo: 'Set the clock, or turn on NTP.' });
  });
});
