import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { apiBaseProblem, callAddress } from '../../src/reach/api-address.ts';
import { ReachClient, type ReachClientOptions } from '../../src/reach/client.ts';
import { ReachError } from '../../src/reach/errors.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { SELF_SIGNED } from './self-signed.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const TOKEN = 'script-token-5b1f9a';
const DECOMMISSION = 'decommission-77aa01';
const NONCE = '243dd78d07324ab7befa41390d08d35f';
const IDS = { tenantId: 't0001', remotecontrolId: 'r124124124' };
const ROLLOUT = { ...IDS, requestId: '{8c4fa1a7-9d1c-41e9-be17-70e95c289080}', permissions: ['unattended'] };
const CONTROL = { ...IDS, deviceKeyId: '{114f}', controlType: 'attended', tenantNonce: NONCE };
const UNREGISTER = { ...IDS, deviceKeyId: '{114f}', decommissionToken: DECOMMISSION };

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A backend that answers whatever the test says. */
async function backend(
  answer: (response: ServerResponse, request: Seen) => void,
  options: Partial<ReachClientOptions> = {},
) {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { method, url, headers } = request;
      const one = { method, url, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
      seen.push(one);
      answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const clock = new FakeClock();
  const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new ReachClient({
    apiBase,
    unregisterRevision: 'current',
    token: () => Promise.resolve(TOKEN),
    clock,
    ...options,
  });
  return { client, clock, seen, apiBase };
}

function json(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function failure(promise: Promise<unknown>): Promise<ReachError> {
  const error: unknown = await promise.then(
    (value) => {
      throw new Error(`it succeeded: ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ReachError);
  return error as ReachError;
}

const KEY_ANSWER = { device_key: 'PEM', device_key_id: '{114f}', decommission_token: DECOMMISSION };
const CONTROL_ANSWER = {
  encrypted_device_secret: 'c2VjcmV0',
  target_nonce: 'abcdef',
  link: 'teamviewerapi://x?YOURMASTERSECRET',
};

describe('what is sent', () => {
  it.each([
    [
      'createdevicekey',
      { method: 'POST', url: '/api/v1/oem/devices/createdevicekey' },
      {
        key_permissions: 'unattended',
        remotecontrol_id: 'r124124124',
        request_id: '{8c4fa1a7-9d1c-41e9-be17-70e95c289080}',
        tenant_id: 't0001',
      },
      KEY_ANSWER,
      (client: ReachClient) => client.createDeviceKey(ROLLOUT),
    ],
    [
      'requestcontrol',
      { method: 'POST', url: '/api/v1/oem/devices/requestcontrol' },
      {
        control_type: 'attended',
        device_key_id: '{114f}',
        remotecontrol_id: 'r124124124',
        tenant_id: 't0001',
        tenant_nonce: NONCE,
      },
      CONTROL_ANSWER,
      (client: ReachClient) => client.requestControl(CONTROL),
    ],
    [
      'appregistrations',
      { method: 'POST', url: '/api/v1/oem/appregistrations' },
      { app_key: 'ab'.repeat(32) },
      { app_key: 'ab'.repeat(32), app_key_id: '17' },
      (client: ReachClient) => client.registerApp(Array(32).fill('ab').join(':')),
    ],
  ] as const)('%s is as the guide has it', async (_name, line, body, answer, call) => {
    const { client, seen } = await backend((response) => json(response, 200, answer));
    await call(client);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject(line);
    expect(seen[0]!.body).toEqual(body);
    expect(seen[0]!.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      connection: 'close',
    });
  });

  it.each([
    ['current', '/api/v1/oem/devices/unregister'],
    ['2018', '/api/v1/oem/devices'],
  ] as const)(
    'unregister is a DELETE with a body, on the path of the %s revision',
    async (revision, path) => {
      const { client, seen } = await backend((response) => response.writeHead(204).end(), {
        unregisterRevision: revision,
      });
      await client.unregister(UNREGISTER);
      expect(seen[0]).toMatchObject({ method: 'DELETE', url: path });
      expect(seen[0]!.body).toEqual({
        tenant_id: 't0001',
        remotecontrol_id: 'r124124124',
        device_key_id: '{114f}',
        decommission_token: DECOMMISSION,
      });
    },
  );

  it('sends a set of permissions as a list', async () => {
    const { client, seen } = await backend((response) => json(response, 200, KEY_ANSWER));
    await client.createDeviceKey({ ...ROLLOUT, permissions: ['attended', 'view_only'] });
    expect(seen[0]!.body).toMatchObject({ key_permissions: ['attended', 'view_only'] });
  });

  it('takes a base address with a path of its own', async () => {
    const { apiBase, seen, clock } = await backend((response) => json(response, 200, KEY_ANSWER));
    const client = new ReachClient({
      apiBase: `${apiBase}/proxy/`,
      unregisterRevision: 'current',
      token: () => Promise.resolve(TOKEN),
      clock,
    });
    await client.createDeviceKey(ROLLOUT);
    expect(seen[0]!.url).toBe('/proxy/api/v1/oem/devices/createdevicekey');
  });

  it('sends the app key under a configured name', async () => {
    const { client, seen } = await backend((response) => json(response, 200, { app_key_id: 17 }), {
      fieldNames: { appKeyRequest: 'signature_hash' },
    });
    expect(await client.registerApp('AB'.repeat(32))).toEqual({ appKey: 'AB'.repeat(32), appKeyId: '17' });
    expect(seen[0]!.body).toEqual({ signature_hash: 'AB'.repeat(32) });
  });
});

describe('nothing is sent', () => {
  it.each([
    ['a tenant ID without its t', { tenantId: '0001' }],
    ['a RemotecontrolID without its r', { remotecontrolId: '124124124' }],
    ['an empty ID', { remotecontrolId: '' }],
    ['an ID that is a prefix and nothing else', { tenantId: 't' }],
  ])('with %s, by any call', async (_what, wrong) => {
    const { client, seen } = await backend((response) => json(response, 200, {}));
    const calls = [
      client.createDeviceKey({ ...ROLLOUT, ...wrong }),
      client.requestControl({ ...CONTROL, ...wrong }),
      client.unregister({ ...UNREGISTER, ...wrong }),
    ];
    for (const call of calls)
      expect(await failure(call)).toMatchObject({ code: 'INVALID', outcome: 'not sent' });
    expect(seen).toEqual([]);
  });

  it('without permissions, or with an app key that is no SHA-256', async () => {
    const { client, seen } = await backend((response) => json(response, 200, {}));
    expect((await failure(client.createDeviceKey({ ...ROLLOUT, permissions: [] }))).code).toBe('INVALID');
    expect((await failure(client.registerApp('abc'))).code).toBe('INVALID');
    expect(seen).toEqual([]);
  });

  it('where nobody listens', async () => {
    const { client } = await backend(() => undefined, { apiBase: 'http://127.0.0.1:1' });
    expect(await failure(client.createDeviceKey(ROLLOUT))).toMatchObject({
      code: 'NOT_CONNECTED',
      outcome: 'not sent',
      retry: true,
    });
  });

  it('to a server whose certificate is not that of the address', async () => {
    let requests = 0;
    const server = createTlsServer(SELF_SIGNED, () => requests++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { client } = await backend(() => undefined, {
      apiBase: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    expect(await failure(client.createDeviceKey(ROLLOUT))).toMatchObject({
      code: 'NOT_CONNECTED',
      outcome: 'not sent',
    });
    expect(requests).toBe(0);
  });
});

describe('answers', () => {
  const spellings = {
    snake_case: KEY_ANSWER,
    camelCase: { deviceKey: 'PEM', deviceKeyId: '{114f}', decommissionToken: DECOMMISSION },
    PascalCase: { DeviceKey: 'PEM', DeviceKeyId: '{114f}', DecommissionToken: DECOMMISSION },
    'PascalCase with ID': { DeviceKey: 'PEM', DeviceKeyID: '{114f}', DecommissionToken: DECOMMISSION },
  };
  it.each(Object.entries(spellings))('are read in %s', async (_style, body) => {
    const { client } = await backend((response) => json(response, 201, body));
    expect(await client.createDeviceKey(ROLLOUT)).toEqual({
      deviceKey: 'PEM',
      deviceKeyId: '{114f}',
      decommissionToken: DECOMMISSION,
      incomplete: undefined,
    });
  });

  it('are read under a configured name', async () => {
    const { client } = await backend(
      (response) => json(response, 200, { ...KEY_ANSWER, device_key: undefined, privateKey: 'PEM' }),
      { fieldNames: { answers: { deviceKey: 'privateKey' } } },
    );
    expect((await client.createDeviceKey(ROLLOUT)).deviceKey).toBe('PEM');
  });

  it.each(['link', 'teamviewer_link', 'Whatever'])('have the link in "%s"', async (name) => {
    const { link, ...rest } = CONTROL_ANSWER;
    const { client } = await backend((response) => json(response, 200, { ...rest, [name]: link }));
    expect((await client.requestControl(CONTROL)).linkTemplate).toBe(link);
  });

  it('that lack a field are named with the fields that came, and without a value', async () => {
    const { client } = await backend((response) =>
      json(response, 200, { decommission_token: DECOMMISSION, extra: 'v4lue' }),
    );
    const created = await client.createDeviceKey(ROLLOUT);
    expect(created.decommissionToken).toBe(DECOMMISSION);
    expect(created.incomplete).toMatchObject({ code: 'BAD_ANSWER', outcome: 'unknown' });
    expect(created.incomplete!.message).toBe(
      "TeamViewer's answer to createdevicekey cannot be used: it lacks device_key, device_key_id. Received: decommission_token, extra.",
    );
  });

  it.each([
    ['no target nonce', { ...CONTROL_ANSWER, target_nonce: '' }, /lacks target_nonce/],
    [
      'no device secret',
      { ...CONTROL_ANSWER, encrypted_device_secret: null },
      /lacks encrypted_device_secret/,
    ],
    ['no template', { ...CONTROL_ANSWER, link: 'teamviewerapi://x' }, /no link template/],
    ['nothing', {}, /no link template.*no field at all/],
    ['a list', [], /not a JSON object/],
    ['a text', 'hello', /not a JSON object/],
  ])('to requestcontrol with %s fail', async (_what, body, message) => {
    const { client } = await backend((response) => json(response, 200, body));
    const error = await failure(client.requestControl(CONTROL));
    expect(error.code).toBe('BAD_ANSWER');
    expect(error.message).toMatch(message);
  });

  it.each([200, 201, 202, 205])('to unregister with %i are no success', async (status) => {
    const { client } = await backend((response) => json(response, status, status === 205 ? undefined : {}));
    expect(await failure(client.unregister(UNREGISTER))).toMatchObject({
      code: 'BAD_ANSWER',
      outcome: 'unknown',
    });
  });
});

describe('refusals', () => {
  const said = {
    error: 'some_error',
    error_description: 'Why not.',
    error_code: 42,
    error_signature: 'sig-1',
  };
  it.each([
    [400, 'REFUSED', 'refused', false],
    [401, 'UNAUTHORIZED', 'refused', false],
    [403, 'FORBIDDEN', 'refused', false],
    [404, 'NOT_FOUND', 'refused', false],
    [408, 'REFUSED', 'unknown', false],
    [409, 'REFUSED', 'refused', false],
    [429, 'RATE_LIMITED', 'refused', true],
    [500, 'SERVER_ERROR', 'unknown', true],
    [503, 'SERVER_ERROR', 'unknown', true],
  ] as const)('%i is %s, outcome %s', async (status, code, outcome, retry) => {
    const { client } = await backend((response) => json(response, status, said));
    const error = await failure(client.createDeviceKey(ROLLOUT));
    expect(error).toMatchObject({
      code,
      outcome,
      retry,
      status,
      error: 'some_error',
      errorCode: 42,
      description: 'Why not.',
      signature: 'sig-1',
    });
    expect(error.message).toContain(`(HTTP ${status}, some_error, error code 42): Why not.`);
  });

  it.each([
    ['PascalCase', { Error: 'e', ErrorDescription: 'd', ErrorCode: '7' }],
    ['camelCase', { error: 'e', errorDescription: 'd', errorCode: '7' }],
  ])('are read in %s', async (_style, body) => {
    const { client } = await backend((response) => json(response, 400, body));
    expect(await failure(client.createDeviceKey(ROLLOUT))).toMatchObject({
      error: 'e',
      description: 'd',
      errorCode: '7',
    });
  });

  it('that are not JSON are told by their status', async () => {
    const { client } = await backend((response) => response.writeHead(404).end('<h1>no</h1>'));
    const error = await failure(client.unregister(UNREGISTER));
    expect(error).toMatchObject({ code: 'NOT_FOUND', error: undefined, errorCode: undefined });
  });

  it('know the rate limit that comes as a 403', async () => {
    const { client } = await backend((response) => json(response, 403, { error: 'rate_limit_reached' }));
    expect((await failure(client.createDeviceKey(ROLLOUT))).code).toBe('RATE_LIMITED');
  });

  it.each([
    [404, { error: 'unknown_device_key' }, {}],
    [400, { Error: 'device_key_not_found' }, {}],
    [404, { error: 'own_name' }, { unknownKeyErrors: ['own_name'] }],
    [400, { error: 'invalid_request', error_code: 815 }, { unknownKeyErrors: ['815'] }],
  ])('know the unknown key: %i %j', async (status, body, fieldNames) => {
    const { client } = await backend((response) => json(response, status, body), { fieldNames });
    expect((await failure(client.unregister(UNREGISTER))).code).toBe('UNKNOWN_KEY');
  });

  it.each([
    [404, { error: 'not_found' }],
    [500, { error: 'unknown_device_key' }],
    [401, { error: 'unknown_device_key' }],
  ])('do not take for an unknown key: %i %j', async (status, body) => {
    const { client } = await backend((response) => json(response, status, body));
    expect((await failure(client.unregister(UNREGISTER))).code).not.toBe('UNKNOWN_KEY');
  });

  it('never quote what was sent, nor what looks like a secret', async () => {
    const echo = `bad ${DECOMMISSION} with Bearer ${TOKEN}\n and teamviewerapi://x?y ${'ab'.repeat(32)}`;
    const { client } = await backend((response) =>
      json(response, 400, {
        error: TOKEN,
        error_description: echo,
        error_code: DECOMMISSION,
        error_signature: echo,
      }),
    );
    const error = await failure(client.unregister(UNREGISTER));
    const shown = JSON.stringify(error) + String(error.stack) + error.message;
    for (const secret of [TOKEN, DECOMMISSION, 'teamviewerapi://x', 'abab'])
      expect(shown).not.toContain(secret);
  });
});

describe('redirects', () => {
  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    let elsewhere = 0;
    const other = await backend((response) => {
      elsewhere++;
      json(response, 200, KEY_ANSWER);
    });
    const { client, seen } = await backend((response) =>
      response.writeHead(status, { Location: `${other.apiBase}/api/v1/oem/devices/createdevicekey` }).end(),
    );
    expect(await failure(client.createDeviceKey(ROLLOUT))).toMatchObject({
      code: 'REDIRECTED',
      outcome: 'refused',
    });
    expect(seen).toHaveLength(1);
    expect(elsewhere).toBe(0);
  });
});

describe('Retry-After', () => {
  it.each([
    ['2', 2_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['99999999', 3_600_000],
  ])('"%s" is waited for', async (header, wait) => {
    const { client, clock, seen } = await backend((response) =>
      json(response, 429, {}, { 'Retry-After': header }),
    );
    expect((await failure(client.createDeviceKey(ROLLOUT))).retryAfter).toBe(wait);
    if (wait > 0) {
      await clock.advance(wait - 1);
      // No call, not even another one, goes out before.
      expect(await failure(client.unregister(UNREGISTER))).toMatchObject({
        code: 'RATE_LIMITED',
        outcome: 'not sent',
        retryAfter: 1,
      });
      expect(seen).toHaveLength(1);
      await clock.advance(1);
    }
    await failure(client.unregister(UNREGISTER));
    expect(seen).toHaveLength(2);
  });

  it('that says nothing is as if it were not there', async () => {
    const { client, seen } = await backend((response) => json(response, 429, {}, { 'Retry-After': 'soon' }));
    expect((await failure(client.createDeviceKey(ROLLOUT))).retryAfter).toBeUndefined();
    await failure(client.createDeviceKey(ROLLOUT));
    expect(seen).toHaveLength(2);
  });
});

describe('no answer', () => {
  it('in time: the outcome is unknown, and it is not called again', async () => {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { client, clock, seen } = await backend(() => arrived(), { timeout: 60_000 });
    const call = failure(client.createDeviceKey(ROLLOUT));
    await arrival;
    await clock.advance(59_999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(await call).toMatchObject({ code: 'NO_ANSWER', outcome: 'unknown' });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['the connection is closed without one', (response: ServerResponse) => response.destroy()],
    [
      'the connection is closed in the middle of one',
      (response: ServerResponse) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('{"device_key":', () => response.destroy());
      },
    ],
  ])('%s', async (_what, answer) => {
    const { client, clock, seen } = await backend(answer);
    expect(await failure(client.createDeviceKey(ROLLOUT))).toMatchObject({
      code: 'NO_ANSWER',
      outcome: 'unknown',
    });
    expect(seen).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('an answer without end is given up', async () => {
    const { client } = await backend((response) => {
      response.writeHead(200);
      const more = (): void => void response.write('x'.repeat(65_536), (error) => !error && more());
      more();
    });
    expect((await failure(client.createDeviceKey(ROLLOUT))).message).toMatch(/far larger/);
  });

  it('when it is aborted', async () => {
    const abort = new AbortController();
    const { client, clock } = await backend(() => abort.abort());
    expect(await failure(client.createDeviceKey(ROLLOUT, { signal: abort.signal }))).toMatchObject({
      code: 'NO_ANSWER',
      outcome: 'unknown',
    });
    expect(clock.pending).toBe(0);
    expect(await failure(client.createDeviceKey(ROLLOUT, { signal: abort.signal }))).toMatchObject({
      code: 'NOT_CONNECTED',
      outcome: 'not sent',
    });
  });
});

describe('the base address', () => {
  it.each([
    'https://webapi.teamviewer.com',
    'https://proxy.example/teamviewer/',
    'http://127.0.0.1:8080',
    'http://127.9.9.9',
    'http://[::1]:80',
    'http://localhost:3000',
  ])('may be %s', (address) => expect(apiBaseProblem(address)).toBeUndefined());

  it.each([
    ['http://webapi.teamviewer.com', /https/],
    ['http://127.0.0.1.example.com', /https/],
    ['http://10.0.0.1', /https/],
    ['ftp://127.0.0.1', /https/],
    ['https://user:secret@webapi.teamviewer.com', /user name/],
    ['https://webapi.teamviewer.com/?a=b', /query/],
    ['webapi.teamviewer.com', /not an address/],
    ['', /not an address/],
    [17, /not an address/],
  ])('must not be %s', (address, why) => expect(apiBaseProblem(address)).toMatch(why));

  it('keeps its host whatever the path', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const url = callAddress('https://webapi.teamviewer.com', `/api${path}`);
        expect(url.host).toBe('webapi.teamviewer.com');
      }),
    );
  });
});
