import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { MdnsOptions } from '../../src/discovery/mdns-socket.ts';
import { questionsOf } from './dns-bytes.ts';

const GROUP = '224.0.0.251';
const LOOPBACK = '127.0.0.1';

/** A port on which nobody listens: nothing of these tests meets the real mDNS of this machine. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** For `Discovery`: multicast that does not leave this machine. */
export function onLoopback(port: number): MdnsOptions {
  return { interface: LOOPBACK, bind: '0.0.0.0', port, loopback: true, ttl: 1 };
}

/** Something on the network that hears the questions of others and says what it likes. */
export class Responder {
  readonly questions: { name: string; type: string }[] = [];
  readonly #socket: Socket;
  readonly #port: number;
  #answer: (questions: { name: string; type: string }[]) => readonly Buffer[] = () => [];

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on('message', (message) => {
      // It hears itself, too, and says broken things.
      const questions = readable(() => questionsOf(message)) ?? [];
      this.questions.push(...questions);
      if (questions.length > 0) for (const answer of this.#answer(questions)) this.say(answer);
    });
  }

  static async open(port: number): Promise<Responder> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.bind(port, '0.0.0.0');
    await once(socket, 'listening');
    socket.addMembership(GROUP, LOOPBACK);
    socket.setMulticastInterface(LOOPBACK);
    socket.setMulticastLoopback(true);
    socket.setMulticastTTL(0);
    return new Responder(socket, port);
  }

  answerWith(answer: (questions: { name: string; type: string }[]) => readonly Buffer[]): void {
    this.#answer = answer;
  }

  say(message: Buffer): void {
    this.#socket.send(message, this.#port, GROUP);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
