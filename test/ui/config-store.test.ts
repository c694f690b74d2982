import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigStore } from '../../src/ui/public/config-store.ts';
import { SecretKeeper } from '../../src/ui/public/secrets.ts';
import type { Values } from '../../src/ui/public/settings-values.ts';

const SECRET = '0123456789abcdef'.repeat(4);
const AUTH = 'fedcba9876543210'.repeat(4);
const gate = { name: 'Gate', host: '192.168.1.50', apiSecretKey: SECRET, apiAuthKey: AUTH };
const support = {
  tenantId: 't1',
  scriptToken: 'the token',
  computers: [{ name: 'Study', rolloutData: { RolloutKey: 'the rollout key' } }],
};
const SECRETS = [SECRET, AUTH, 'the token', 'the rollout key'];

const leak = (value: unknown): readonly string[] =>
  SECRETS.filter((secret) => JSON.stringify(value).includes(secret));

describe('what is secret', () => {
  it('has a stand-in for each, everywhere, and comes back whole', () => {
    const keeper = new SecretKeeper();
    const config = { devices: [gate, { ...gate, name: 'Garage' }], remoteSupport: support };
    const hidden = keeper.hide(config);
    expect(leak(hidden)).toEqual([]);
    expect(hidden).toMatchObject({
      devices: [{ name: 'Gate' }, { name: 'Garage' }],
      remoteSupport: { tenantId: 't1' },
    });
    expect(keeper.restore(hidden)).toEqual(config);
    // One key, one stand-in: what is typed twice is seen to be the same.
    expect(new Set(JSON.stringify(hidden).match(/[0-9a-f]{64}/g)).size).toBe(4);
  });

  it('is replaced by what is typed anew', () => {
    const keeper = new SecretKeeper();
    const hidden = keeper.hide({ apiSecretKey: SECRET, apiAuthKey: AUTH });
    expect(keeper.isKept(hidden['apiSecretKey'])).toBe(true);
    expect(keeper.isKept(SECRET)).toBe(false);
    const typed = 'a'.repeat(64);
    expect(keeper.restore({ ...hidden, apiSecretKey: typed })).toEqual({
      apiSecretKey: typed,
      apiAuthKey: AUTH,
    });
  });

  it('is hidden once: what is hidden stays as it is', () => {
    const keeper = new SecretKeeper();
    const hidden = keeper.hide({ apiSecretKey: SECRET });
    expect(keeper.hide(hidden)).toEqual(hidden);
  });

  it('comes back whatever else is in the config', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (config) => {
        const keeper = new SecretKeeper();
        expect(keeper.restore(keeper.hide({ ...config, devices: [gate] }))).toEqual({
          ...config,
          devices: [gate],
        });
      }),
    );
  });
});

describe('the config while it is edited', () => {
  let given: unknown;
  let handed: Values[][];
  let store: ConfigStore;

  beforeEach(() => {
    handed = [];
    store = new ConfigStore({
      getPluginConfig: () => Promise.resolve(given),
      updatePluginConfig: (blocks) => Promise.resolve(handed.push(structuredClone(blocks))),
    });
  });

  it('shows no secret, and hands each back', async () => {
    given = [{ platform: 'Gatehouse', devices: [gate], remoteSupport: support }];
    await store.load();
    expect(leak(store.config)).toEqual([]);
    expect(store.isChanged).toBe(false);
    store.devices[0]!['name'] = 'Front gate';
    expect(store.isChanged).toBe(true);
    await store.changed();
    expect(handed).toEqual([
      [{ platform: 'Gatehouse', devices: [{ ...gate, name: 'Front gate' }], remoteSupport: support }],
    ]);
  });

  it('adds a device, and tells whoever listens', async () => {
    given = [];
    await store.load();
    let told = 0;
    const off = store.onChange(() => told++);
    await store.addDevice({ ...gate });
    expect(leak(store.config)).toEqual([]);
    expect(handed.at(-1)).toEqual([{ name: 'Gatehouse', devices: [gate] }]);
    off();
    await store.changed();
    expect(told).toBe(1);
  });

  it('says of what is gone that it is gone, since the Homebridge UI merges', async () => {
    given = [{ platform: 'Gatehouse', journal: { enabled: false } }];
    await store.load();
    delete store.config['journal'];
    await store.changed();
    expect(handed.at(-1)).toEqual([{ platform: 'Gatehouse', journal: undefined }]);
    expect(Object.keys(handed.at(-1)![0]!)).toContain('journal');
  });

  it('leaves further blocks as they are', async () => {
    const other = { platform: 'Gatehouse', devices: [{ ...gate, name: 'Other' }] };
    given = [{ platform: 'Gatehouse' }, other];
    await store.load();
    await store.changed();
    expect(handed.at(-1)).toEqual([{ platform: 'Gatehouse' }, other]);
  });

  it('takes over what was changed in the plain form', async () => {
    given = [{ platform: 'Gatehouse' }];
    await store.load();
    let told = 0;
    store.onChange(() => told++);
    store.reload([{ platform: 'Gatehouse', devices: [gate] }]);
    expect([told, store.devices.length, store.isChanged, leak(store.config)]).toEqual([1, 1, true, []]);
  });

  it.each([undefined, null, 'x', {}, [null], [[]], [7]])('makes something of %j', async (odd) => {
    given = odd;
    await store.load();
    expect(store.config).toEqual({ name: 'Gatehouse' });
    expect(store.devices).toEqual([]);
  });
});
