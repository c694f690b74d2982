import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReachBackend, runReachBackend, type ReachBackendOptions } from '../../src/simulator/reach/index.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const ALL = { token: 'all', tenantId: 't0001' };
const CREATE = '/api/v1/oem/devices/createdevicekey';
const CONTROL = '/api/v1/oem/devices/requestcontrol';
const UNREGISTER = '/api/v1/oem/devices/unregister';
const APPS = '/api/v1/oem/appregistrations';
const STUDY = 'r124124124';
const NONCE = '243dd78d07324ab7befa41390d08d35f';

let folder: string;
let backend: ReachBackend;
let base: string;

beforeEach(() => {
  folder = makeTempFolder('backend');
});
afterEach(async () => {
  await backend.stop();
  removeTempFolder(folder);
});

async function start(options: Partial<ReachBackendOptions> = {}): Promise<void> {
  backend = new ReachBackend({
    tokens: [
      ALL,
      { token: 'nothing', tenantId: 't0001', permissions: [] },
      { token: 'other', tenantId: 't0002' },
    ],
    targets: [{ remotecontrolId: STUDY, keyBits: 1024, rolloutFile: join(folder, 'rollout') }],
    ...options,
  });
  base = await backend.start();
}

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function call(path: string, body: unknown, { method = 'POST', token = 'all' } = {}): Promise<Reply> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    redirect: 'manual',
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, body: parsed as Record<string, unknown>, headers: response.headers };
}

const rollout = (more: object = {}) => ({
  key_permissions: 'unattended',
  remotecontrol_id: STUDY,
  request_id: backend.targets.get(STUDY)!.rolloutData.RequestID,
  tenant_id: 't0001',
  ...more,
});

async function register(more: object = {}) {
  const { body } = await call(CREATE, rollout(more));
  return { id: body['device_key_id'] as string, token: body['decommission_token'] as string };
}

const control = (id: string, more: object = {}) => ({
  control_type: 'unattended',
  device_key_id: id,
  remotecontrol_id: STUDY,
  tenant_id: 't0001',
  tenant_nonce: NONCE,
  ...more,
});

describe('the rules of createdevicekey', () => {
  it('makes a key that is encrypted as the guide shows', async () => {
    await start();
    const { status, body } = await call(CREATE, rollout());
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['device_key', 'device_key_id', 'decommission_token']);
    expect(body['device_key']).toMatch(
      /^-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,[0-9A-F]{32}\n\n/,
    );
  });

  it.each([
    ['a token that is none', {}, 'x', 401, 'invalid_token'],
    ['a token without the permission', {}, 'nothing', 403, 'missing_permission'],
    ['the token of another tenant', {}, 'other', 403, 'wrong_tenant'],
    ['no tenant', { tenant_id: undefined }, 'all', 400, 'invalid_request'],
    ['no permissions', { key_permissions: undefined }, 'all', 400, 'invalid_request'],
    ['no request ID', { request_id: '' }, 'all', 400, 'invalid_request'],
    [
      'permissions that the client has not',
      { key_permissions: 'view_only' },
      'all',
      400,
      'invalid_key_permissions',
    ],
    ['a device that is none', { remotecontrol_id: 'r1' }, 'all', 400, 'invalid_remotecontrol_id'],
    ['a request ID that is none', { request_id: '{0}' }, 'all', 400, 'invalid_request_id'],
  ])('refuse %s', async (_what, more, token, status, error) => {
    await start();
    const reply = await call(CREATE, rollout(more), { token });
    expect(reply).toMatchObject({ status, body: { error } });
    expect(reply.body).toMatchObject({
      error_code: expect.any(Number) as number,
      error_description: expect.any(String) as string,
    });
    expect(backend.targets.get(STUDY)!.keyIds).toEqual([]);
  });

  it('serve one request for each rollout key, and write the file anew after each, good or bad', async () => {
    await start();
    const file = (): string => readFileSync(join(folder, 'rollout'), 'utf8');
    const first = file();
    const request = rollout();
    await call(CREATE, request);
    const second = file();
    expect(second).not.toBe(first);
    expect(await call(CREATE, request)).toMatchObject({ status: 400, body: { error: 'invalid_request_id' } });
    expect(file()).not.toBe(second);
    expect(backend.targets.get(STUDY)!.keyIds).toHaveLength(1);
  });

  it('reach no computer that is off', async () => {
    await start();
    await call('/simulator/computer', { remotecontrol_id: STUDY, online: false });
    expect(await call(CREATE, rollout())).toMatchObject({ status: 400, body: { error: 'device_offline' } });
  });
});

describe('the rules of requestcontrol', () => {
  it('give a template, a secret and a nonce', async () => {
    await start();
    const { status, body } = await call(CONTROL, control((await register()).id));
    expect(status).toBe(200);
    expect(body['link']).toMatch(/^teamviewerapi:\/\/.*YOURMASTERSECRET/);
    expect(body['encrypted_device_secret']).toMatch(/^[\w-]+$/);
    expect(body['target_nonce']).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    [
      'a control type that was not asked for',
      { control_type: 'attended' },
      400,
      'control_type_not_permitted',
    ],
    ['a key that is unknown', { device_key_id: '{x}' }, 404, 'unknown_device_key'],
    ['a nonce that is too short', { tenant_nonce: 'abc' }, 400, 'invalid_tenant_nonce'],
    ['no nonce', { tenant_nonce: undefined }, 400, 'invalid_request'],
    ['no control type', { control_type: undefined }, 400, 'invalid_request'],
  ])('refuse %s', async (_what, more, status, error) => {
    await start();
    const { id } = await register();
    expect(await call(CONTROL, control(id, more))).toMatchObject({ status, body: { error } });
  });

  it('refuse a nonce that was used, and a token without the permission', async () => {
    await start();
    const { id } = await register();
    await call(CONTROL, control(id));
    expect(await call(CONTROL, control(id))).toMatchObject({
      status: 400,
      body: { error: 'tenant_nonce_used' },
    });
    expect((await call(CONTROL, control(id), { token: 'nothing' })).status).toBe(403);
  });

  it('allow each of a set of permissions', async () => {
    await start();
    const { id } = await register({ key_permissions: ['attended', 'unattended'] });
    expect((await call(CONTROL, control(id, { control_type: 'attended' }))).status).toBe(200);
  });
});

describe('the rules of unregister', () => {
  const body = (id: string, token: string) => ({
    tenant_id: 't0001',
    remotecontrol_id: STUDY,
    device_key_id: id,
    decommission_token: token,
  });

  it('answer 204 without a body, once', async () => {
    await start();
    const { id, token } = await register();
    const gone = await call(UNREGISTER, body(id, token), { method: 'DELETE' });
    expect(gone).toMatchObject({ status: 204, body: {} });
    expect(await call(UNREGISTER, body(id, token), { method: 'DELETE' })).toMatchObject({
      status: 404,
      body: { error: 'unknown_device_key' },
    });
    expect(await call(CONTROL, control(id))).toMatchObject({ body: { error: 'unknown_device_key' } });
  });

  it('refuse a wrong decommission token, and a script token without the permission', async () => {
    await start();
    const { id, token } = await register();
    expect(await call(UNREGISTER, body(id, 'x'), { method: 'DELETE' })).toMatchObject({
      status: 403,
      body: { error: 'invalid_decommission_token' },
    });
    expect((await call(UNREGISTER, body(id, token), { method: 'DELETE', token: 'nothing' })).status).toBe(
      403,
    );
    expect(backend.targets.get(STUDY)!.keyIds).toEqual([id]);
  });

  it.each([
    ['current', UNREGISTER, 204],
    ['current', '/api/v1/oem/devices', 404],
    ['2018', UNREGISTER, 404],
    ['2018', '/api/v1/oem/devices', 204],
    ['both', UNREGISTER, 204],
    ['both', '/api/v1/oem/devices', 204],
  ] as const)('of the %s revision: %s is %i', async (unregisterPath, path, status) => {
    await start({ unregisterPath });
    const { id, token } = await register();
    expect((await call(path, body(id, token), { method: 'DELETE' })).status).toBe(status);
  });
});

describe('the rules of appregistrations', () => {
  it('want a SHA-256 in hex, and the permission', async () => {
    await start();
    expect((await call(APPS, { app_key: 'ab'.repeat(32) })).body).toMatchObject({ app_key: 'ab'.repeat(32) });
    expect(await call(APPS, { app_key: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_app_key' },
    });
    expect(await call(APPS, {})).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await call(APPS, { app_key: 'ab'.repeat(32) }, { token: 'nothing' })).status).toBe(403);
  });
});

describe('what else there is', () => {
  it.each([
    ['GET', CREATE],
    ['POST', '/api/v1/oem/devices'],
    ['POST', '/api/v1/elsewhere'],
    ['POST', '/__proto__'],
  ])('%s %s is not found, and not as a call is', async (method, path) => {
    await start();
    const reply = await call(path, {}, { method });
    expect(reply.status).toBe(404);
    expect(reply.body).toEqual({});
  });

  it('refuses a body that is no JSON', async () => {
    await start();
    const response = await fetch(`${base}${CREATE}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer all', 'Content-Type': 'application/json' },
      body: 'hello',
    });
    expect(response.status).toBe(400);
  });

  it('checks no link that it did not make', async () => {
    await start();
    for (const link of ['teamviewerapi://remotecontrol?session=00&secret=x', 'hello', '']) {
      expect((await call('/simulator/verify-link', { link })).body).toEqual({
        accepted: false,
        reason: 'no such session',
      });
    }
    expect((await call('/simulator/verify-link', {})).status).toBe(400);
  });

  it('checks a link with a wrong secret', async () => {
    await start();
    const { body } = await call(CONTROL, control((await register()).id));
    const link = (body['link'] as string).replace('YOURMASTERSECRET', 'AAAA');
    expect((await call('/simulator/verify-link', { link })).body).toEqual({
      accepted: false,
      reason: 'the master secret is wrong',
    });
  });

  it('writes key=value where that is asked for', async () => {
    await start({
      targets: [{ remotecontrolId: STUDY, rolloutFile: join(folder, 'rollout'), rolloutFormat: 'key=value' }],
    });
    expect(readFileSync(join(folder, 'rollout'), 'utf8')).toMatch(
      /^RolloutKey=[0-9a-f]{64}\r\nRequestID=\{[0-9a-f-]{36}\}\r\nRemotecontrolID=r124124124\r\n$/,
    );
  });
});

describe('faults', () => {
  it.each([401, 403, 404, 429, 500])('answer %i', async (status) => {
    await start();
    await call('/simulator/faults', { kind: 'status', status, retryAfter: '7', times: 1 });
    const reply = await call(CREATE, rollout());
    expect(reply).toMatchObject({ status, body: { error_code: status } });
    expect(reply.headers.get('retry-after')).toBe('7');
    expect((await call(CREATE, rollout())).status).toBe(200);
  });

  it.each([
    ['close', 0],
    ['close after', 1],
    ['cut', 1],
  ] as const)('%s the connection', async (kind, keys) => {
    await start();
    backend.faults.add({ kind, call: 'createdevicekey', times: 1 });
    await expect(call(CREATE, rollout())).rejects.toThrow();
    expect(backend.targets.get(STUDY)!.keyIds).toHaveLength(keys);
  });

  it.each([
    ['timeout', 0],
    ['timeout after', 1],
  ] as const)('%s: no answer comes', async (kind, keys) => {
    await start();
    backend.faults.add({ kind });
    const abort = new AbortController();
    backend.happened.on(({ event }) => {
      if (event === 'answered') setImmediate(() => abort.abort());
    });
    const request = fetch(`${base}${CREATE}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer all', 'Content-Type': 'application/json' },
      body: JSON.stringify(rollout()),
      signal: abort.signal,
    });
    await expect(request).rejects.toThrow(/abort/i);
    expect(backend.targets.get(STUDY)!.keyIds).toHaveLength(keys);
  });

  it('take fields away, respell the others, redirect, and talk HTML', async () => {
    await start();
    backend.faults.add({ kind: 'missing fields', fields: ['device_key'], times: 1 });
    await call('/simulator/case-style', { style: 'PascalCase' });
    expect(Object.keys((await call(CREATE, rollout())).body)).toEqual(['DeviceKeyId', 'DecommissionToken']);
    await call('/simulator/case-style', { style: 'camelCase' });
    expect(Object.keys((await call(CREATE, rollout())).body)).toContain('deviceKey');
    backend.faults.add({ kind: 'redirect', times: 1 });
    expect((await call(CREATE, rollout())).status).toBe(307);
    backend.faults.add({ kind: 'not json', times: 1 });
    expect(await call(CREATE, rollout())).toMatchObject({ status: 200, body: {} });
  });

  it('concern the call that they name, and can be taken away', async () => {
    await start();
    await call('/simulator/faults', { kind: 'status', status: 500, call: 'unregister' });
    expect((await call(CREATE, rollout())).status).toBe(200);
    await call('/simulator/faults', { kind: 'status', status: 500 });
    expect((await call(CREATE, rollout())).status).toBe(500);
    await call('/simulator/faults', {}, { method: 'DELETE' });
    expect((await call(CREATE, rollout())).status).toBe(200);
    expect((await call('/simulator/faults', { kind: 'nonsense' })).status).toBe(400);
  });
});

describe('as a program', () => {
  it('says where it listens and what happens, and no secret', async () => {
    await start();
    const lines: Record<string, unknown>[] = [];
    const stop = new AbortController();
    let running: Promise<void> | undefined;
    const address = await new Promise<string>((resolve) => {
      running = runReachBackend({
        tokens: [ALL],
        targets: [{ remotecontrolId: STUDY, keyBits: 1024, rolloutFile: join(folder, 'other') }],
        print: (line) => {
          const said = JSON.parse(line) as Record<string, unknown>;
          lines.push(said);
          if (said['event'] === 'listening') resolve(said['apiBase'] as string);
        },
        signal: stop.signal,
      });
    });
    expect(existsSync(join(folder, 'other'))).toBe(true);
    base = address;
    const { RequestID } = JSON.parse(readFileSync(join(folder, 'other'), 'utf8')) as { RequestID: string };
    const { body } = await call(CREATE, rollout({ request_id: RequestID }));
    expect((await call('/simulator/state', {}, { method: 'GET' })).body).toEqual({
      computers: [{ remotecontrol_id: STUDY, online: true, device_key_ids: [body['device_key_id']] }],
    });
    stop.abort();
    await running;
    expect(lines.map(({ event }) => event)).toEqual(['listening', 'received', 'carried out', 'answered']);
    expect(lines.every(({ time }) => typeof time === 'number')).toBe(true);
    expect(JSON.stringify(lines)).not.toContain(body['decommission_token']);
    await expect(fetch(address)).rejects.toThrow();
  });
});
