import * as v from 'valibot';
import { isObject, parseJson } from '../base/json.ts';
import type { RemoteSupport } from './remote-support.ts';
import type { ComputerState } from './support-state.ts';

/** What a call's parameters were read as; the shape is the local channel's. */
export type ReadParams =
  { readonly ok: true; readonly params: CallParams } | { readonly ok: false; readonly problem: string };

export interface CallParams {
  readonly name: string;
  /** Of a link. */
  readonly controlType?: string | undefined;
  /** Rollout data that somebody has typed in. */
  readonly data?: unknown;
}

/** One call that a tool makes to the running plugin, which alone has the vault open. */
export interface RemoteCall {
  readonly name: `reach.${string}`;
  readonly parse: (value: unknown) => ReadParams;
  readonly handle: (params: CallParams) => Promise<unknown>;
}

/** Longer than any rollout: the file may have to be rewritten, a command run, a key pair made. */
export const REMOTE_CALL_TIMEOUT = 150_000;

const params = v.object({
  name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  controlType: v.optional(v.pipe(v.string(), v.maxLength(64))),
  dataBase64: v.optional(v.pipe(v.string(), v.maxLength(20_000))),
});

/**
 * Serves the settings page and the command line over the local channel: `reach.list`, `reach.rollout`,
 * `reach.link`, `reach.revoke`, `reach.forget`.
 */
export function remoteCalls(support: RemoteSupport): readonly RemoteCall[] {
  const call = (name: RemoteCall['name'], handle: RemoteCall['handle']): RemoteCall => ({
    name,
    parse,
    handle,
  });
  return [
    call('reach.list', () => Promise.resolve(support.list())),
    call('reach.rollout', ({ name, data }) =>
      data === undefined ? support.rollout(name) : support.rolloutWith(name, data),
    ),
    call('reach.link', async ({ name, controlType }) => encodeLink(await support.link(name, controlType))),
    call('reach.revoke', ({ name }) => support.revoke(name)),
    call('reach.forget', ({ name }) => support.forget(name)),
  ];
}

function parse(value: unknown = {}): ReadParams {
  const read = isObject(value) ? v.safeParse(params, value) : undefined;
  if (!read?.success) {
    return { ok: false, problem: '"name", "controlType" and "dataBase64" must be texts' };
  }
  const { name, controlType, dataBase64 } = read.output;
  // What is no JSON is refused as what it then is: rollout data that lacks everything.
  const data = dataBase64 === undefined ? undefined : (parseJson(fromBase64(dataBase64)) ?? {});
  return { ok: true, params: { name, controlType, data } };
}

/**
 * Rollout data for `reach.rollout`. Like the link in an answer it is wrapped, because the channel takes out
 * whatever looks like a secret, for the case that one gets there by mistake; these two are meant to.
 */
export function encodeRolloutData(data: object): { readonly dataBase64: string } {
  return { dataBase64: toBase64(JSON.stringify(data)) };
}

function encodeLink(link: string): { readonly linkBase64: string } {
  return { linkBase64: toBase64(link) };
}

/** The link in the answer to `reach.link`. @returns undefined when it is not one. */
export function decodeLink(answer: unknown): string | undefined {
  const read = v.safeParse(v.object({ linkBase64: v.string() }), answer);
  return read.success ? fromBase64(read.output.linkBase64) : undefined;
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

const state = v.object({
  name: v.string(),
  phase: v.picklist(['closed', 'opening', 'open', 'revoking']),
  accessOpen: v.boolean(),
  platform: v.optional(v.picklist(['windows', 'macos', 'android'])),
  controlTypes: v.array(v.string()),
  since: v.optional(v.number()),
  until: v.optional(v.number()),
  endingSoon: v.boolean(),
  possiblyOrphaned: v.number(),
  problem: v.optional(v.string()),
});

/** A state that came as JSON. @returns undefined when it is not one. */
export function parseComputerState(value: unknown): ComputerState | undefined {
  const read = v.safeParse(state, value);
  if (!read.success) return undefined;
  const { platform, since, until, problem, ...rest } = read.output;
  return { ...rest, platform, since, until, problem };
}
