/** DNS messages as bytes, written by hand from RFC 1035, so that no library is tested against itself. */

export type TestRecord =
  | { readonly type: 'PTR'; readonly name: string; readonly ttl?: number; readonly data: string }
  | {
      readonly type: 'SRV';
      readonly name: string;
      readonly ttl?: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: 'A'; readonly name: string; readonly ttl?: number; readonly data: string };

const TYPES = { A: 1, PTR: 12, AAAA: 28, SRV: 33 } as const;

function name(text: string): Buffer {
  const labels = text.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

function dataOf(record: TestRecord): Buffer {
  if (record.type === 'PTR') return name(record.data);
  if (record.type === 'A') return Buffer.from(record.data.split('.').map(Number));
  return Buffer.concat([words(0, 0, record.port), name(record.target)]);
}

export function response(...records: TestRecord[]): Buffer {
  const answers = records.map((record) => {
    const data = dataOf(record);
    const ttl = record.ttl ?? 120;
    return Buffer.concat([
      name(record.name),
      words(TYPES[record.type], 1, ttl >>> 16, ttl & 0xffff, data.length),
      data,
    ]);
  });
  return Buffer.concat([words(0, 0x8400, 0, records.length, 0, 0), ...answers]);
}

/** The questions of a query, which `multicast-dns` writes without compression. */
export function questionsOf(message: Buffer): { name: string; type: string }[] {
  if ((message.readUInt16BE(2) & 0x8000) !== 0) return [];
  const questions: { name: string; type: string }[] = [];
  let at = 12;
  for (let left = message.readUInt16BE(4); left > 0; left--) {
    const labels: string[] = [];
    for (let length = message[at]!; length > 0; length = message[at]!) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const code = message.readUInt16BE(at + 1);
    const type = Object.entries(TYPES).find(([, value]) => value === code)?.[0] ?? String(code);
    questions.push({ name: labels.join('.'), type });
    at += 5;
  }
  return questions;
}
