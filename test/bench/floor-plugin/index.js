// The floor that the plugin is measured against: bare `ws` and `node:crypto` under a GarageDoorOpener, and
// nothing around them. It checks nothing, survives nothing and knows no truth: nobody should run it. The one
// QUERY a minute is what keeps a session alive: without it a device would drop it.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import WebSocket from 'ws';

const PLUGIN = 'homebridge-gatehouse-floor';
const PLATFORM = 'GatehouseFloor';

class Link {
  constructor({ host, port, apiSecretKey, apiAuthKey }, onState) {
    this.url = `ws://${host}:${port}/`;
    this.secret = createSecretKey(Buffer.from(apiSecretKey, 'hex'));
    this.auth = createSecretKey(Buffer.from(apiAuthKey, 'hex'));
    this.onState = onState;
    this.waiting = new Map();
    this.connect();
  }

  connect() {
    this.key = this.secret;
    this.socket = new WebSocket(this.url, { perMessageDeflate: false });
    this.socket.on('open', () => this.socket.send('{"type":"HELLO"}'));
    const alive = setInterval(() => void this.request('QUERY'), 60_000);
    this.socket.on('message', (data) => this.read(JSON.parse(data)));
    this.socket.on('close', () => {
      clearInterval(alive);
      this.connect();
    });
    this.socket.on('error', () => undefined);
  }

  read(frame) {
    if (frame.type === 'SERVER_HELLO') this.socket.send('{"type":"AUTH"}');
    if (frame.type !== 'ENCRYPTED') return;
    const decipher = createDecipheriv('aes-256-cbc', this.key, Buffer.from(frame.data.iv, 'base64'));
    const text = decipher.update(frame.data.payload, 'base64', 'latin1') + decipher.final('latin1');
    const { challenge, response, event } = JSON.parse(text);
    if (challenge) {
      this.key = createSecretKey(Buffer.from(challenge.sessionKey, 'base64'));
      this.id = challenge.initialActionId;
      void this.request('QUERY').then(({ state }) => this.onState(state));
    }
    if (response) {
      this.waiting.get(response.id)?.(response);
      this.waiting.delete(response.id);
    }
    if (event?.type === 'StateChange') this.onState(event.state);
  }

  request(type) {
    this.id = (this.id + 1) % 0x7fffffff;
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', this.key, iv);
    const plain = JSON.stringify({ action: { type, id: this.id } });
    const payload = cipher.update(plain, 'latin1', 'base64') + cipher.final('base64');
    const data = { iv: iv.toString('base64'), payload };
    const mac = createHmac('sha256', this.auth).update(JSON.stringify(data)).digest('base64');
    return new Promise((resolve) => {
      this.waiting.set(this.id, resolve);
      this.socket.send(JSON.stringify({ type: 'ENCRYPTED', data, mac }));
    });
  }
}

class FloorPlatform {
  constructor(log, config, api) {
    this.api = api;
    api.on('didFinishLaunching', () => {
      for (const device of config.devices) this.add(device);
    });
  }

  add(device) {
    const { Service, Characteristic } = this.api.hap;
    const accessory = new this.api.platformAccessory(device.name, this.api.hap.uuid.generate(randomUUID()));
    const service = accessory.addService(Service.GarageDoorOpener, device.name);
    const link = new Link(device, (sensor) => {
      const state = sensor === 'open' ? 0 : 1;
      service.updateCharacteristic(Characteristic.TargetDoorState, state);
      service.updateCharacteristic(Characteristic.CurrentDoorState, state);
    });
    service.getCharacteristic(Characteristic.TargetDoorState).onSet(async (target) => {
      await link.request(target === 0 ? 'OPEN' : 'CLOSE');
    });
    this.api.registerPlatformAccessories(PLUGIN, PLATFORM, [accessory]);
  }

  configureAccessory(accessory) {
    this.api.unregisterPlatformAccessories(PLUGIN, PLATFORM, [accessory]);
  }
}

export default (api) => api.registerPlatform(PLUGIN, PLATFORM, FloorPlatform);
