import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tape } from '../helpers/tape.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

interface Message {
  readonly action: string;
  readonly payload: { readonly requestId?: number; readonly success?: boolean; readonly data?: unknown };
}

const storage = makeTempFolder('page-server');
const messages = new Tape<Message>('the server of the page', (message) => JSON.stringify(message));
const server = fork(fileURLToPath(new URL('../../src/ui/server.ts', import.meta.url)), {
  stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  env: { ...process.env, HOMEBRIDGE_STORAGE_PATH: storage },
});
let errors = '';
server.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
server.on('message', (message) => messages.push(message as Message));
const ended = once(server, 'exit');

let requests = 0;

async function ask(path: unknown, body?: unknown): Promise<Message['payload']> {
  const requestId = ++requests;
  server.send({ action: 'request', requestId, path, body });
  const { payload } = await messages.waitFor(
    'an answer',
    (message) => message.payload.requestId === requestId,
  );
  return payload;
}

beforeAll(() =>
  messages.waitFor('the server to be ready', ({ action }) => action === 'ready', { within: 20_000 }),
);

afterAll(async () => {
  // As the Homebridge UI does when somebody closes the settings.
  server.disconnect();
  await ended;
  removeTempFolder(storage);
});

it('answers what the page asks', async () => {
  expect(await ask('/status')).toMatchObject({ success: true, data: { plugin: 'absent' } });
  expect(await ask('/status/stop')).toMatchObject({ success: true });
});

it.each([
  '/unheard-of',
  '',
  'toString',
  'constructor',
  '__proto__',
  'hasOwnProperty',
  '/overview/',
  '/OVERVIEW',
])('has no request "%s"', async (path) => {
  expect(await ask(path)).toMatchObject({ success: false, data: { message: 'Not Found' } });
});

it('tells a refusal in one sentence and a code, and where it lies', async () => {
  expect(await ask('/overview')).toEqual({
    requestId: requests,
    success: false,
    data: { message: "Homebridge's config.json cannot be read (ENOENT).", error: { code: 'NO_CONFIG' } },
  });
  expect(await ask('/overview', { odd: true })).toMatchObject({
    success: false,
    data: { error: { code: 'INVALID_REQUEST' } },
  });
  expect(errors).not.toContain('    at ');
});
