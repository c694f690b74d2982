import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Child } from '../helpers/child.ts';
import { Tape } from '../helpers/tape.ts';

/** The vendor's own client, as far as it is used here. It has no types that Node's module resolution finds. */
interface RemootioDevice {
  connect(autoReconnect: boolean): void;
  disconnect(): void;
  authenticate(): void;
  sendHello(): void;
  sendPing(): void;
  sendQuery(): void;
  sendOpen(): void;
  sendClose(): void;
  sendTriggerSecondary(): void;
  holdTriggerOutputActive(minutes: number): void;
  sendRestart(): void;
  readonly isAuthenticated: boolean;
  on(event: 'connected' | 'authenticated' | 'disconnect', listener: () => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'incomingmessage', listener: (frame: Frame, payload: Payload | undefined) => void): void;
}

interface Frame {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface Payload {
  readonly event?: { readonly type: string; readonly state: string };
  readonly response?: Readonly<Record<string, unknown>>;
}

const VendorClient = createRequire(import.meta.url)('remootio-api-client') as new (
  ip: string,
  secretKey: string,
  authKey: string,
) => RemootioDevice;

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

interface Listening {
  readonly port: number;
  readonly secretKey: string;
  readonly authKey: string;
}

/** `gatehouse simulate` as a process, and the vendor's client connected to it. */
async function meet(...flags: readonly string[]) {
  const args = ['simulate', '--port', '0', '--travel-ms', '100', '--relay-ms', '20', '--minute-ms', '50'];
  const simulator = new Child({ name: 'simulator', args: [MAIN, ...args, '--boot-ms', '20', ...flags] });
  cleanUp.push(() => simulator.stop());
  const first = await simulator.lines.waitFor('its first line', () => true);
  const { port, secretKey, authKey } = JSON.parse(first.text) as Listening;
  const device = new VendorClient(vendorAddress(port), secretKey, authKey);
  cleanUp.push(() => device.disconnect());
  const said = new Tape<Said>("the vendor's client", (item) => JSON.stringify(item));
  device.on('connected', () => said.push({ what: 'connected' }));
  device.on('authenticated', () => said.push({ what: 'authenticated' }));
  device.on('disconnect', () => said.push({ what: 'disconnect' }));
  device.on('error', (error) => said.push({ what: 'error', error: String(error) }));
  device.on('incomingmessage', (frame, payload) => said.push({ what: 'message', frame, ...payload }));
  device.connect(false);
  await said.waitFor('the connection', ({ what }) => what === 'connected');
  return { simulator, device, said };
}

interface Said extends Payload {
  readonly what: 'connected' | 'authenticated' | 'disconnect' | 'error' | 'message';
  readonly frame?: Frame;
  readonly error?: string;
}

/** It always appends ":8080/": behind a question mark that is part of the path. */
function vendorAddress(port: number): string {
  return `127.0.0.1:${port}/?`;
}

async function authenticated(...flags: readonly string[]) {
  const met = await meet(...flags);
  met.device.authenticate();
  await met.said.waitFor('the authentication', ({ what }) => what === 'authenticated');
  return met;
}

const event = (type: string, state: string) => (said: Said) =>
  said.event?.type === type && said.event.state === state;
const response = (type: string) => (said: Said) => said.response?.['type'] === type;

describe("the vendor's own client", { timeout: 30_000 }, () => {
  it.each(['1', '2', '3'])('version %s: says hello and authenticates', async (version) => {
    const { device, said } = await meet('--api-version', version, '--serial', 'abc123');
    device.sendHello();
    const { frame } = await said.waitFor('SERVER_HELLO', ({ what }) => what === 'message');
    expect(frame).toEqual({
      type: 'SERVER_HELLO',
      apiVersion: Number(version),
      message: 'This is the Remootio Websocket API',
      ...(version !== '1' && { serialNumber: 'abc123', remootioVersion: 'remootio-2' }),
    });
    device.authenticate();
    await said.waitFor('the authentication', ({ what }) => what === 'authenticated');
    expect(device.isAuthenticated).toBe(true);
    device.sendPing();
    await said.waitFor('PONG', (it_) => it_.frame?.type === 'PONG');
    expect(said.since(0).filter(({ what }) => what === 'error')).toEqual([]);
  });

  it('queries, opens, closes, and receives the events', async () => {
    const { device, said, simulator } = await authenticated();
    const since = said.mark();
    device.sendQuery();
    const { response: state } = await said.waitFor('the state', response('QUERY'), { since });
    expect(state).toMatchObject({ success: true, state: 'closed', relayTriggered: false });
    device.sendOpen();
    const { response: opened } = await said.waitFor('the answer to OPEN', response('OPEN'));
    expect(opened).toMatchObject({ success: true, relayTriggered: true, errorCode: '' });
    await said.waitFor('RelayTrigger', event('RelayTrigger', 'closed'));
    await said.waitFor('StateChange', event('StateChange', 'open'));
    await simulator.lines.waitFor('the gate open', ({ text }) => text.includes('"position":1,'));
    device.sendClose();
    await said.waitFor('the answer to CLOSE', response('CLOSE'));
    await said.waitFor('StateChange', event('StateChange', 'closed'));
    expect(said.since(0).filter(({ what }) => what === 'error')).toEqual([]);
  });

  it('hears of somebody at the gate, operates the free relay and holds the output', async () => {
    const { device, said, simulator } = await authenticated();
    simulator.say('{"do":"pushDoorbell"}');
    await said.waitFor('DoorbellPushed', event('DoorbellPushed', 'closed'));
    device.sendTriggerSecondary();
    await said.waitFor('its event', event('SecondaryRelayTrigger', 'closed'));
    device.holdTriggerOutputActive(1);
    await said.waitFor('its events', event('OutputHeldActive', 'closed'));
    await said.waitFor('its end', (it_) => it_.event?.type === 'Output1Deactivated');
  });

  it('sees the device restart', async () => {
    const { device, said } = await authenticated();
    device.sendRestart();
    await said.waitFor('the answer', response('RESTART'));
    await said.waitFor('the end', ({ what }) => what === 'disconnect');
  });
});
