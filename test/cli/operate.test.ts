import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemoteError } from '../../src/channel/errors.ts';
import type { ActionType } from '../../src/wire/actions.ts';
import { FakePlugin } from './fake-plugin.ts';
import { gatehouse, gatehouseProgram, Home } from './gatehouse.ts';

let home: Home;

beforeEach(async () => {
  home = await Home.build({
    Garage: {},
    'Yard gate': { sensor: false },
    'Held gate': { sensor: false, config: { holdWithoutSensor: true } },
    'Old gate': { apiVersion: 1 },
    Shown: { config: { readOnly: true } },
    Away: { config: { port: 1 } },
  });
});
afterEach(() => home.demolish());

/** The actions that a device is asked for while `run` runs, QUERY left out. */
async function actionsOf(name: string, run: () => Promise<unknown>): Promise<readonly object[]> {
  const actions: { type: ActionType; duration?: number }[] = [];
  const off = home.device(name).happenings.on((happening) => {
    if (happening.event === 'action' && happening.type !== 'QUERY') {
      const { type, duration } = happening;
      actions.push({ type, ...(duration !== undefined && { duration }) });
    }
  });
  await run();
  off();
  return actions;
}

describe('commands to a device', { timeout: 30_000 }, () => {
  it.each([
    ['query', [], 'Garage: closed', undefined],
    ['trigger', [], 'Garage: the output was operated', { type: 'TRIGGER' }],
    ['secondary', [], 'Garage: the second output was operated', { type: 'TRIGGER_SECONDARY' }],
    ['restart', ['--yes'], 'Garage: restarts', { type: 'RESTART' }],
  ])('gatehouse %s, as a program', async (command, flags, line, action) => {
    const actions = await actionsOf('Garage', async () => {
      const { code, out, error } = await gatehouseProgram([command, 'garage', ...flags, ...home.here]);
      expect({ code, out, error }).toEqual({ code: 0, out: `${line}\n`, error: '' });
    });
    expect(actions).toEqual(action ? [action] : []);
  });

  it('gatehouse open, then once more, then close, as a program', async () => {
    const said = async (command: string): Promise<string> =>
      (await gatehouseProgram([command, 'Garage', ...home.here])).out;
    const actions = await actionsOf('Garage', async () => {
      expect(await said('open')).toBe('Garage: opening\n');
      expect(await said('open')).toBe('Garage: is open already, nothing was done\n');
      expect(await said('close')).toBe('Garage: closing\n');
    });
    expect(actions).toEqual([{ type: 'OPEN' }, { type: 'OPEN' }, { type: 'CLOSE' }]);
  });

  it('gatehouse hold, as a program', async () => {
    const actions = await actionsOf('Garage', async () => {
      const { out } = await gatehouseProgram(['hold', 'Garage', '--minutes', '7', ...home.here]);
      expect(out).toBe('Garage: opening, and held for 7 min\n');
    });
    expect(actions).toEqual([{ type: 'OPEN', duration: 7 }]);
  });

  it('gatehouse hold of a gate without a sensor pulses only where that was chosen', async () => {
    const held = await actionsOf('Held gate', async () => {
      expect((await gatehouse('hold', 'Held gate', '--minutes', '2', ...home.here)).code).toBe(0);
    });
    expect(held).toEqual([{ type: 'TRIGGER', duration: 2 }]);
    const refused = await actionsOf('Yard gate', async () => {
      expect((await gatehouse('hold', 'Yard gate', '--minutes', '2', ...home.here)).code).toBe(4);
    });
    expect(refused).toEqual([{ type: 'OPEN', duration: 2 }]);
  });

  it.each([
    ['query', [], { sensor: 'closed' }],
    ['open', [], { command: 'open', relayTriggered: true, sensor: 'closed' }],
    ['close', [], { command: 'close', relayTriggered: false, sensor: 'closed' }],
    ['trigger', ['--minutes', '1'], { command: 'trigger', relayTriggered: true, sensor: 'closed' }],
    ['secondary', [], { command: 'secondary', relayTriggered: true, sensor: 'closed' }],
    ['hold', ['--minutes', '2'], { command: 'hold', relayTriggered: true, sensor: 'closed' }],
    ['restart', ['--yes'], { command: 'restart', relayTriggered: false, sensor: 'closed' }],
  ])('gatehouse %s --json', async (command, flags, shape) => {
    const { code, json, error } = await gatehouse(command, 'Garage', '--json', ...flags, ...home.here);
    expect([code, error]).toEqual([0, '']);
    expect(json).toEqual([{ ok: true, device: 'Garage', via: 'direct', ...shape }]);
  });

  it.each([
    ['query', []],
    ['open', []],
    ['close', []],
    ['trigger', []],
    ['secondary', []],
    ['hold', ['--minutes', '2']],
    ['restart', ['--yes']],
  ])(
    'gatehouse %s of a device that cannot be reached: exit code 3, and what to do',
    async (command, flags) => {
      const human = await gatehouse(command, 'Away', ...flags, ...home.here);
      expect([human.code, human.out]).toEqual([3, '']);
      expect(human.error).toMatch(/^gatehouse: 127\.0\.0\.1 answers, but nothing listens on port 1\. Enable/);
      const { code, json, error } = await gatehouse(command, 'Away', '--json', ...flags, ...home.here);
      expect([code, error]).toEqual([3, '']);
      expect(json).toEqual([
        { ok: false, error: { code: 'OFFLINE', message: human.error.slice(11, -1), retry: true } },
      ]);
    },
  );

  it.each([
    ['no sensor', 'open', 'Yard gate', [], 'NO_SENSOR'],
    ['an API version without it', 'secondary', 'Old gate', [], 'NOT_SUPPORTED'],
    ['an API version without holding', 'hold', 'Old gate', ['--minutes', '1'], 'NOT_SUPPORTED'],
    ['read-only', 'open', 'Shown', [], 'READ_ONLY'],
    ['read-only, which holds for each command', 'restart', 'Shown', ['--yes'], 'READ_ONLY'],
    ['read-only, whoever insists', 'trigger', 'Shown', ['--direct'], 'READ_ONLY'],
  ])('a refusal (%s) is exit code 4', async (_what, command, name, flags, code) => {
    const actions = await actionsOf(name, async () => {
      const ended = await gatehouse(command, name, '--json', ...flags, ...home.here);
      expect(ended.code).toBe(4);
      expect(ended.json).toMatchObject([{ ok: false, error: { code, retry: false } }]);
    });
    expect(actions).toEqual(code === 'NO_SENSOR' ? [{ type: 'OPEN' }] : []);
  });

  it('says that it may have been carried out where no answer came: exit code 5', async () => {
    home.device('Garage').faults.enable('drop-after-execution');
    const { code, json } = await gatehouse('trigger', 'Garage', '--json', ...home.here);
    expect(code).toBe(5);
    expect(json).toMatchObject([
      { ok: false, error: { code: 'CONNECTION_LOST', outcome: 'unknown', retry: false } },
    ]);
  });

  it('refuses a device that is not the one of the config', async () => {
    const { host, port, apiSecretKey, apiAuthKey } = home.addressOf('Garage');
    const other = await Home.build({});
    other.write({
      platforms: [
        {
          platform: 'Gatehouse',
          devices: [{ name: 'Garage', host, port, apiSecretKey, apiAuthKey, serialNumber: 'another' }],
        },
      ],
    });
    const { code, error } = await gatehouse('open', 'Garage', ...other.here);
    expect(code).toBe(3);
    expect(error).toContain('Another device answers');
    await other.demolish();
  });

  it('restarts nothing without a yes', async () => {
    const actions = await actionsOf('Garage', async () => {
      const { code, error } = await gatehouseProgram(['restart', 'Garage', ...home.here]);
      expect([code, error]).toEqual([2, 'gatehouse: There is nobody to ask: say --yes.\n']);
    });
    expect(actions).toEqual([]);
  });
});

describe('which device', () => {
  it.each([
    [
      'none of several',
      [],
      2,
      'Say which device is meant: "Garage", "Yard gate", "Held gate", "Old gate", "Shown", "Away".',
    ],
    ['one that is not there', ['Shed'], 1, 'has no device "Shed". It has "Garage"'],
    ['a name and an address', ['Garage', '--host', 'x'], 2, 'the name of a device or its --host, not both'],
    ['half a minute', ['Garage', '--minutes', '0.5'], 2, 'It must be a whole number, 1 to 65535.'],
  ])('%s: says what there is to choose from', async (_what, args, code, message) => {
    const { code: found, out, error } = await gatehouse('open', ...args, ...home.here);
    expect([found, out]).toEqual([code, '']);
    expect(error).toMatch(/^gatehouse: [^\n]+\n$/);
    expect(error).toContain(message);
  });

  it('the only one needs no name', async () => {
    const one = await Home.build({ Barn: {} });
    expect((await gatehouse('query', ...one.here)).out).toBe('Barn: closed\n');
    await one.demolish();
  });

  it('one that is wrong in the config is told as the log would', async () => {
    const broken = await Home.build({ Barn: { config: { apiAuthKey: 'ab' } } });
    const { code, error } = await gatehouse('query', 'Barn', ...broken.here);
    expect(code).toBe(1);
    expect(error).toMatch(/^gatehouse: Barn: apiAuthKey has 2 hex digits instead of 64; copy it again/);
    await broken.demolish();
  });
});

describe('while the plugin is running', { timeout: 30_000 }, () => {
  let plugin: FakePlugin | undefined;

  afterEach(async () => {
    await plugin?.stop();
    plugin = undefined;
  });

  it.each([
    ['open', [], { command: 'open' }],
    ['hold', ['--minutes', '3'], { command: 'hold', minutes: 3 }],
    ['restart', ['--yes'], { command: 'restart' }],
  ])('gatehouse %s goes through it, and the device hears nothing from us', async (command, flags, params) => {
    plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }]);
    const actions = await actionsOf('Garage', async () => {
      const { code, json } = await gatehouse(command, 'garage', '--json', ...flags, ...home.here);
      expect(code).toBe(0);
      expect(json).toEqual([
        { ok: true, device: 'Garage', via: 'plugin', command, relayTriggered: true, sensor: 'closed' },
      ]);
    });
    expect(plugin.commands).toEqual([{ device: 'Garage', ...params }]);
    expect(actions).toEqual([]);
  });

  it('goes through the one of several that has the device', async () => {
    const other = await FakePlugin.start(home.storage, [{ name: 'Barn' }]);
    plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }], 'Child bridge');
    expect((await gatehouse('query', 'Garage', ...home.here)).out).toBe('Garage: closed\n');
    expect([plugin.queries, other.queries]).toEqual([['Garage'], []]);
    await other.stop();
  });

  it('goes through it as well when the device is named by its address, and needs no keys', async () => {
    plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }]);
    const { port } = home.device('Garage');
    const ended = await gatehouse('open', '--host', '127.0.0.1', '--port', String(port), ...home.here);
    expect(ended.out).toBe('Garage: opening\n');
    expect(plugin.commands).toHaveLength(1);
  });

  it('insists with --direct', async () => {
    plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }]);
    const { json } = await gatehouse('query', 'Garage', '--json', '--direct', ...home.here);
    expect(json).toMatchObject([{ via: 'direct' }]);
    expect(plugin.queries).toEqual([]);
  });

  it('passes on why the plugin refuses', async () => {
    plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }]);
    plugin.refusal = new RemoteError('open: The gate is only shown.', { code: 'READ_ONLY', retry: false });
    const { code, error } = await gatehouse('open', 'Garage', ...home.here);
    expect([code, error]).toEqual([4, 'gatehouse: open: The gate is only shown.\n']);
  });

  it('says that it may have been carried out where the plugin ends before it answers', async () => {
    plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }]);
    const ending = plugin;
    plugin.server.serve('command', async () => {
      await ending.stop();
      return {};
    });
    const { code, json } = await gatehouse('open', 'Garage', '--json', ...home.here);
    expect(code).toBe(5);
    expect(json).toMatchObject([{ error: { code: 'NO_ANSWER', outcome: 'unknown' } }]);
  });

  it('connects by itself to a device that the plugin does not have', async () => {
    plugin = await FakePlugin.start(home.storage, [{ name: 'Barn' }]);
    expect((await gatehouse('query', 'Garage', '--json', ...home.here)).json).toMatchObject([
      { via: 'direct' },
    ]);
  });
});
