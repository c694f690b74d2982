import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRemoteSupport } from '../../src/reach/config.ts';

const SECRET = 'S3cr3t-0f-the-house';
const GOOD = {
  tenantId: 't0001',
  scriptToken: SECRET,
  computers: [{ name: 'Study', platform: 'windows', rolloutFile: '/var/lib/rollout.json' }],
};
const TYPED = {
  RolloutKey: SECRET,
  GUID: '8c4fa1a7-9d1c-41e9-be17-70e95c289080',
  RemotecontrolID: 'r124124124',
};

describe('remoteSupport', () => {
  it.each([undefined, null])('that is %s is not configured, and no problem', (value) => {
    expect(parseRemoteSupport(value)).toEqual({ config: undefined, problems: [] });
  });

  it('has defaults', () => {
    expect(parseRemoteSupport(GOOD)).toEqual({
      problems: [],
      config: {
        tenantId: 't0001',
        vendorId: undefined,
        scriptToken: { text: SECRET, file: undefined, environment: 'GATEHOUSE_SCRIPT_TOKEN' },
        vaultPassphrase: { text: undefined, file: undefined, environment: 'GATEHOUSE_VAULT_PASSPHRASE' },
        apiBase: 'https://webapi.teamviewer.com',
        unregisterRevision: 'current',
        timeout: 60_000,
        fieldNames: {},
        computers: [
          {
            name: 'Study',
            platform: 'windows',
            permissions: ['attended'],
            remotecontrolId: undefined,
            source: { kind: 'file', path: '/var/lib/rollout.json' },
            revokeAfter: undefined,
          },
        ],
      },
    });
  });

  it('may say everything', () => {
    const { config, problems } = parseRemoteSupport({
      tenantId: 't0002',
      vendorId: 'v17',
      scriptTokenFile: '/run/token',
      scriptTokenEnvironment: 'MY_TOKEN',
      vaultPassphraseFile: '/run/passphrase',
      vaultPassphraseEnvironment: 'MY_PASSPHRASE',
      apiBase: 'https://proxy.example',
      unregisterPath: '2018',
      timeoutSeconds: 5,
      revokeAfterHours: 2,
      fieldNames: {
        answers: { deviceKey: 'private_key' },
        appKeyRequest: 'hash',
        unknownKeyErrors: ['gone'],
      },
      computers: [
        {
          name: ' Study ',
          platform: 'macos',
          permissions: ['attended', 'view_only', 'attended'],
          remotecontrolId: 'r1',
          rolloutCommand: ['ssh', 'study', 'cat rollout'],
          rolloutCommandTimeoutSeconds: 7,
          revokeAfterHours: 0.5,
        },
        { name: 'Phone', platform: 'android', permissions: 'unattended', rolloutCommand: 'fetch phone' },
        { name: 'Desk', platform: 'windows', rolloutData: TYPED },
        {
          name: 'Attic',
          platform: 'windows',
          rolloutFile: '',
          rolloutCommand: [],
          rolloutData: { RolloutKey: '' },
        },
      ],
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      vendorId: 'v17',
      scriptToken: { text: undefined, file: '/run/token', environment: 'MY_TOKEN' },
      vaultPassphrase: { file: '/run/passphrase', environment: 'MY_PASSPHRASE' },
      unregisterRevision: '2018',
      timeout: 5_000,
      fieldNames: {
        answers: { deviceKey: 'private_key' },
        appKeyRequest: 'hash',
        unknownKeyErrors: ['gone'],
      },
      computers: [
        {
          name: 'Study',
          permissions: ['attended', 'view_only'],
          remotecontrolId: 'r1',
          source: { kind: 'command', command: ['ssh', 'study', 'cat rollout'], timeout: 7_000 },
          revokeAfter: 1_800_000,
        },
        {
          permissions: ['unattended'],
          source: { kind: 'command', command: 'fetch phone', timeout: 30_000 },
          revokeAfter: 7_200_000,
        },
        {
          source: {
            kind: 'typed',
            data: { rolloutKey: SECRET, requestId: `{${TYPED.GUID}}`, remotecontrolId: 'r124124124' },
          },
        },
        { source: { kind: 'by hand' } },
      ],
    });
  });

  it.each([
    ['no object', 'yes', /^remoteSupport is not an object/],
    ['no tenant', { ...GOOD, tenantId: undefined }, /tenantId is missing/],
    ['a tenant without its t', { ...GOOD, tenantId: '0001' }, /tenantId must begin with the letter t/],
    [
      'a base address without TLS',
      { ...GOOD, apiBase: 'http://example.com' },
      /apiBase must begin with https/,
    ],
    [
      'an unknown revision',
      { ...GOOD, unregisterPath: '2019' },
      /unregisterPath is neither "current" nor "2018"/,
    ],
    ['a token with blanks', { ...GOOD, scriptToken: `${SECRET} ${SECRET}` }, /scriptToken has characters/],
    ['a token that is a number', { ...GOOD, scriptToken: 4711_4711 }, /scriptToken is missing or not a text/],
    ['no time', { ...GOOD, timeoutSeconds: 0 }, /timeoutSeconds is less than 1 s/],
    [
      'a variable that is a secret',
      { ...GOOD, scriptTokenEnvironment: SECRET },
      /not the name of an environment/,
    ],
    [
      'an unknown field name',
      { ...GOOD, fieldNames: { answers: { nonsense: 'x' } } },
      /is none of deviceKey/,
    ],
  ])('with %s does not run', (_what, value, message) => {
    const { config, problems } = parseRemoteSupport(value);
    expect(config).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(message) as string,
    });
    expect(problems[0]!.message).not.toMatch(new RegExp(`${SECRET}|47114711`));
  });

  it.each([
    ['no name', { name: '' }, /^Computer 1: name/],
    ['a platform that the guides do not have', { platform: 'linux' }, /^Study: platform is none of/],
    ['no permission', { permissions: [] }, /permissions is an empty list/],
    [
      'a permission with blanks',
      { permissions: `${SECRET} x` },
      /permissions is not the name|permissions is neither/,
    ],
    ['an ID without its r', { remotecontrolId: '124' }, /remotecontrolId must begin with the letter r/],
    ['two sources', { rolloutCommand: 'x' }, /exclude each other/],
    ['an empty command', { rolloutFile: undefined, rolloutCommand: [''] }, /rolloutCommand is neither/],
    [
      'data that lacks something',
      { rolloutFile: undefined, rolloutData: { RolloutKey: SECRET } },
      /lacks the GUID/,
    ],
    [
      'data of another computer',
      { rolloutFile: undefined, rolloutData: TYPED, remotecontrolId: 'r1' },
      /remotecontrolId is not that of rolloutData/,
    ],
    ['hours that are none', { revokeAfterHours: -1 }, /revokeAfterHours is less/],
  ])('leaves out a computer with %s, and the rest runs', (_what, wrong, message) => {
    const computers = [
      { ...GOOD.computers[0], ...wrong },
      { name: 'Desk', platform: 'macos' },
    ];
    const { config, problems } = parseRemoteSupport({ ...GOOD, computers });
    expect(config?.computers.map(({ name }) => name)).toEqual(['Desk']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      severity: 'error',
      computer: 0,
      message: expect.stringMatching(message) as string,
    });
    expect(problems[0]!.message).not.toContain(SECRET);
  });

  it('leaves out the second of two computers with one name', () => {
    const computers = [...GOOD.computers, { name: 'STUDY', platform: 'macos' }];
    const { config, problems } = parseRemoteSupport({ ...GOOD, computers });
    expect(config?.computers).toHaveLength(1);
    expect(problems).toMatchObject([{ computer: 1, key: 'name' }]);
  });

  it('warns of keys that it does not know, without showing what may be a secret', () => {
    const { config, problems } = parseRemoteSupport({
      ...GOOD,
      [`${SECRET} as a key`]: 1,
      computers: [{ ...GOOD.computers[0], permission: 'attended' }],
    });
    expect(config?.computers).toHaveLength(1);
    expect(problems.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'warning: remoteSupport: an unknown key is not a setting and has no effect; remove it',
      'warning: Study: permission is not a setting and has no effect; remove it',
    ]);
  });

  it('never throws', () => {
    const anything = fc.anything({ withNullPrototype: true });
    const shaped = fc.record(
      {
        tenantId: fc.oneof(fc.constant('t1'), anything),
        scriptToken: anything,
        fieldNames: anything,
        computers: fc.oneof(
          anything,
          fc.array(
            fc.record(
              {
                name: fc.oneof(fc.constant('Study'), anything),
                platform: fc.constant('macos'),
                permissions: anything,
                rolloutCommand: anything,
                rolloutData: anything,
              },
              { requiredKeys: [] },
            ),
          ),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, shaped), (value) => {
        const { config, problems } = parseRemoteSupport(value);
        if (!config && value !== undefined && value !== null) expect(problems.length).toBeGreaterThan(0);
        // Valibot's own messages quote what they were given.
        for (const { message } of problems) expect(message).not.toMatch(/[Rr]eceived|Invalid/);
      }),
    );
  });
});
