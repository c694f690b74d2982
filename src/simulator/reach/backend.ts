import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Signal } from '../../base/emitter.ts';
import { isObject, parseJson, type JsonObject } from '../../base/json.ts';
import { refusal, spell, type Answer, type CaseStyle } from './answers.ts';
import { control } from './control.ts';
import { Faults, type Call, type Fault } from './faults.ts';
import { Rules, type ScriptToken } from './rules.ts';
import { Target, type TargetSettings } from './target.ts';

export interface ReachBackendOptions {
  readonly tokens: readonly ScriptToken[];
  readonly targets: readonly TargetSettings[];
  /** Which revision's path of the unregister call it knows. */
  readonly unregisterPath?: 'current' | '2018' | 'both';
  readonly caseStyle?: CaseStyle;
}

/** What happened, without a secret: fit for a log. */
export interface BackendHappening {
  readonly event: 'received' | 'carried out' | 'answered';
  readonly call: Call;
  /** Undefined where no answer goes out. */
  readonly status?: number;
  readonly fault?: Fault['kind'];
}

const POSTS: Readonly<Record<string, Call>> = {
  '/api/v1/oem/devices/createdevicekey': 'createdevicekey',
  '/api/v1/oem/devices/requestcontrol': 'requestcontrol',
  '/api/v1/oem/appregistrations': 'appregistrations',
};
const DELETES = { current: '/api/v1/oem/devices/unregister', '2018': '/api/v1/oem/devices' };
const LARGEST_BODY = 64 * 1024;

/**
 * A REACH backend with the computers behind it, over plain HTTP on this machine: the guides' calls with the
 * guides' rules, and `/simulator/…` for what only a test may do.
 */
export class ReachBackend {
  readonly faults = new Faults();
  readonly happened = new Signal<BackendHappening>();
  readonly targets: ReadonlyMap<string, Target>;
  caseStyle: CaseStyle;
  readonly #options: ReachBackendOptions;
  readonly #rules: Rules;
  readonly #server: Server;

  constructor(options: ReachBackendOptions) {
    this.#options = options;
    this.caseStyle = options.caseStyle ?? 'snake_case';
    this.targets = new Map(
      options.targets.map((settings) => [settings.remotecontrolId, new Target(settings)]),
    );
    this.#rules = new Rules(options.tokens, this.targets);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** Listens, on loopback alone, and has the clients write their rollout files. @returns the base address. */
  async start(port = 0): Promise<string> {
    for (const target of this.targets.values()) await target.start();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return this.address;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, also those that a fault keeps waiting. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const text = await readBody(request);
    const parsed = parseJson(text);
    const body: JsonObject | undefined = isObject(parsed) ? parsed : undefined;
    if (pathname.startsWith('/simulator/')) {
      const route = `${request.method ?? ''} ${pathname}`;
      send(response, await control(this, route, body), 'snake_case', []);
      return;
    }
    const call = this.#callOf(request.method, pathname);
    if (call === undefined)
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not found</h1>');
    else await this.#answer(call, request, response, body);
  }

  #callOf(method: string | undefined, path: string): Call | undefined {
    if (method === 'POST') return Object.hasOwn(POSTS, path) ? POSTS[path] : undefined;
    if (method !== 'DELETE') return undefined;
    const { unregisterPath = 'current' } = this.#options;
    const known = unregisterPath === 'both' ? Object.values(DELETES) : [DELETES[unregisterPath]];
    return known.includes(path) ? 'unregister' : undefined;
  }

  async #answer(
    call: Call,
    request: IncomingMessage,
    response: ServerResponse,
    body: JsonObject | undefined,
  ): Promise<void> {
    this.happened.emit({ event: 'received', call });
    const fault = this.faults.take(call);
    const named = fault ? { fault: fault.kind } : {};
    if (fault && this.#insteadOfIt(fault, call, response)) return;
    const isJson = request.headers['content-type']?.startsWith('application/json') === true;
    const { authorization } = request.headers;
    const answer =
      body && isJson
        ? await this.#rules.answer({ call, authorization, body })
        : refusal(400, 'invalid_request', 8, 'The body is not JSON.');
    this.happened.emit({ event: 'carried out', call, status: answer.status, ...named });
    const status = this.#afterIt(fault, answer, response);
    this.happened.emit({ event: 'answered', call, ...(status === undefined ? {} : { status }), ...named });
  }

  /** @returns whether the call has met its end. */
  #insteadOfIt(fault: Fault, call: Call, response: ServerResponse): boolean {
    const { kind, status = 500 } = fault;
    const answered = (sent?: number): true => {
      this.happened.emit({
        event: 'answered',
        call,
        fault: kind,
        ...(sent === undefined ? {} : { status: sent }),
      });
      return true;
    };
    switch (kind) {
      case 'status':
        send(response, statusAnswer(fault), this.caseStyle, []);
        return answered(status);
      case 'redirect':
        response.writeHead(307, { Location: fault.location ?? `${this.address}/elsewhere` }).end();
        return answered(307);
      case 'timeout':
        return answered();
      case 'close':
        response.destroy();
        return answered();
      default:
        return false;
    }
  }

  /** @returns the status that went out, if one did. */
  #afterIt(fault: Fault | undefined, answer: Answer, response: ServerResponse): number | undefined {
    switch (fault?.kind) {
      case 'status after':
        send(response, statusAnswer(fault), this.caseStyle, []);
        return fault.status ?? 500;
      case 'timeout after':
        return undefined;
      case 'close after':
        response.destroy();
        return undefined;
      case 'cut': {
        const text = JSON.stringify(answer.body ?? {});
        response.writeHead(answer.status, { 'Content-Length': text.length + 1 });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return answer.status;
      }
      case 'not json':
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>');
        return 200;
      default:
        send(response, answer, this.caseStyle, fault?.fields ?? []);
        return answer.status;
    }
  }
}

const STATUS_ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  401: ['invalid_token', 'The access token is not valid.'],
  403: ['access_denied', 'The access is denied.'],
  404: ['not_found', 'The resource was not found.'],
  429: ['rate_limit_reached', 'Too many requests.'],
  500: ['internal_error', 'An internal error has occurred.'],
};

function statusAnswer({ status = 500, retryAfter }: Fault): Answer {
  const [error, description] = STATUS_ERRORS[status] ?? ['error', 'It did not work.'];
  return refusal(
    status,
    error,
    status,
    description,
    retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
  );
}

function send(response: ServerResponse, answer: Answer, style: CaseStyle, missing: readonly string[]): void {
  const { status, body, headers = {} } = answer;
  if (!body) {
    response.writeHead(status, headers).end();
    return;
  }
  response
    .writeHead(status, { 'Content-Type': 'application/json', ...headers })
    .end(JSON.stringify(spell(body, style, missing)));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
