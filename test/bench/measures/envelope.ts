import { createSecretKey, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { open, seal } from '../../../src/wire/envelope.ts';
import { parseFrame } from '../../../src/wire/frames.ts';
import { parsePayload } from '../../../src/wire/payloads.ts';
import { openBare, sealBare, type SealedFrame } from '../bare.ts';
import { alternate, ratio, type Contender } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';

interface VendorCrypto {
  remootioApiConstructEncrypedFrame(text: string, secret: string, auth: string, session: string): object;
  remootioApiDecryptEncrypedFrame(frame: unknown, secret: string, auth: string, session: string): unknown;
}
const vendor = createRequire(import.meta.url)('remootio-api-client/lib/apicrypto.js') as VendorCrypto;

const secretHex = randomBytes(32).toString('hex');
const authBytes = randomBytes(32);
const sessionBytes = randomBytes(32);
const authKey = createSecretKey(authBytes);
const sessionKey = createSecretKey(sessionBytes);

/** What a device sends most: the answer to a command. */
const plaintext =
  '{"response":{"type":"OPEN","id":808411244,"success":true,"state":"closed","t100ms":898500,"relayTriggered":true,"errorCode":""}}';

function ours(): void {
  const frame = parseFrame(seal(plaintext, sessionKey, authKey));
  if (frame.type !== 'ENCRYPTED') throw new Error('bench: not a frame');
  const opened = open(frame, sessionKey, authKey);
  if (!opened.ok || parsePayload(opened.payload).kind !== 'response') throw new Error('bench: not opened');
}

function floor(): void {
  const frame = JSON.parse(sealBare(plaintext, sessionKey, authKey)) as SealedFrame;
  openBare(frame, sessionKey, authKey);
}

function vendorClient(): void {
  const authHex = authBytes.toString('hex');
  const session = sessionBytes.toString('base64');
  const frame = vendor.remootioApiConstructEncrypedFrame(plaintext, secretHex, authHex, session);
  const opened = vendor.remootioApiDecryptEncrypedFrame(
    JSON.parse(JSON.stringify(frame)),
    secretHex,
    authHex,
    session,
  );
  if (opened === undefined) throw new Error('bench: vendor');
}

/** Round trips a second over `count` runs. */
function rate(name: string, once: () => void, count: number): Contender {
  return {
    name,
    run: () => {
      const start = performance.now();
      for (let index = 0; index < count; index++) once();
      return (count * 1000) / (performance.now() - start);
    },
  };
}

export const envelope: Measure = {
  name: 'seal + open of a typical frame',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const count = short ? 500 : 20_000;
    const samples = await alternate(
      [
        rate('floor', floor, count),
        rate('gatehouse', ours, count),
        rate('remootio-api-client', vendorClient, count / 10),
      ],
      short ? 3 : 9,
    );
    const [bare, own, peer] = samples;
    return [
      {
        measure: this.name,
        unit: 'frames/s',
        samples,
        ours: 'gatehouse',
        goals: [
          { against: 'floor', sense: 'at least', ratio: 0.9, reached: ratio(own!, bare!) },
          { against: 'remootio-api-client', sense: 'at least', ratio: 7, reached: ratio(own!, peer!) },
        ],
      },
    ];
  },
};
