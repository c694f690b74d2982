import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { messageOf, systemCode } from '../base/errors.ts';
import { ReachError } from './errors.ts';

export interface HttpCall {
  readonly method: 'POST' | 'DELETE';
  readonly url: URL;
  readonly token: string;
  /** JSON. */
  readonly body: string;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** The largest answer of the API, a DeviceKey in PEM, is about 3 kB. */
const LARGEST_ANSWER = 1024 * 1024;

/**
 * One call over a connection of its own. `node:https` rather than `fetch`, for two reasons: it tells whether
 * the connection was ever made, hence whether the call can have been carried out, which decides if a device
 * key may be orphaned; and it has no redirects that could be followed and no pool whose stale connection
 * would make that question open again.
 * @throws ReachError NOT_CONNECTED (nothing was sent) or NO_ANSWER (the outcome is unknown).
 */
export function exchange(call: HttpCall, clock: Clock): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let sent = false;
    const fail = (why: string, cause?: unknown): void => {
      limit.cancel();
      call.signal?.removeEventListener('abort', abort);
      request.destroy();
      reject(failure(call.url, sent, why, cause));
    };
    const abort = (): void => fail('the call was given up');
    const limit = clock.after(call.timeout, () =>
      fail(`no answer came within ${Math.round(call.timeout / 1000)} s`),
    );
    const request = start(call, () => (sent = true));
    request.on('error', (error) => fail(reasonOf(error), error));
    request.on('response', (response) => {
      readText(response).then(
        (text) => {
          limit.cancel();
          call.signal?.removeEventListener('abort', abort);
          const retryAfter = response.headers['retry-after'];
          resolve({ status: response.statusCode ?? 0, retryAfter, text });
        },
        (error: unknown) => fail(reasonOf(error), error),
      );
    });
    if (call.signal?.aborted) abort();
    else call.signal?.addEventListener('abort', abort, { once: true });
    request.end(call.body);
  });
}

function start(call: HttpCall, onSent: () => void): ClientRequest {
  const secure = call.url.protocol === 'https:';
  const request = (secure ? httpsRequest : httpRequest)(call.url, {
    method: call.method,
    agent: false,
    headers: {
      Authorization: `Bearer ${call.token}`,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(call.body),
      Accept: 'application/json',
      'User-Agent': 'homebridge-gatehouse',
    },
  });
  // Once the connection stands, and its certificate is accepted, the waiting request goes out.
  request.on('socket', (socket: Socket) => socket.once(secure ? 'secureConnect' : 'connect', onSent));
  return request;
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error('the answer is far larger than any that the API gives');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name was not found';
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'ECONNRESET':
      return 'the connection was closed before the answer was complete';
    default:
      return messageOf(error);
  }
}

function failure(url: URL, sent: boolean, why: string, cause: unknown): ReachError {
  const details = cause === undefined ? {} : { cause };
  return sent
    ? new ReachError('NO_ANSWER', `No answer from ${url.host}: ${why}.`, { ...details, outcome: 'unknown' })
    : new ReachError('NOT_CONNECTED', `${url.host} cannot be reached: ${why}.`, details);
}
