import * as v from 'valibot';
import type { ChannelClient } from '../../channel/client.ts';
import { RemoteError } from '../../channel/errors.ts';
import type { ReachMethod } from '../../channel/protocol.ts';
import { decodeLink, parseComputerState, REMOTE_CALL_TIMEOUT } from '../../reach/remote-calls.ts';
import type { ComputerParams, ComputerView, LinkParams, ReachView, RolloutParams } from '../protocol.ts';
import {
  nameText,
  noParams,
  request,
  RequestProblem,
  type PageContext,
  type RequestHandler,
} from '../request.ts';
import { asProblem, withPlugins } from '../running-plugins.ts';
import { withoutUndefined } from '../views.ts';

const computer: v.GenericSchema<unknown, ComputerParams> = v.strictObject({ name: nameText });

const typed = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(4000));
const rollout: v.GenericSchema<unknown, RolloutParams> = v.pipe(
  v.strictObject({
    name: nameText,
    data: v.optional(v.strictObject({ rolloutKey: typed, requestId: typed, remotecontrolId: typed })),
  }),
  v.transform(withoutUndefined),
);
const link: v.GenericSchema<unknown, LinkParams> = v.pipe(
  v.strictObject({ name: nameText, controlType: v.optional(v.pipe(v.string(), v.maxLength(64))) }),
  v.transform(withoutUndefined),
);

/** Remote support, through the running plugin: it alone has the vault open. */
export function reachRequests(context: PageContext): readonly RequestHandler[] {
  const ask = (method: ReachMethod, params: object): Promise<unknown> => askPlugin(context, method, params);
  return [
    request('/reach/list', noParams, () => list(context)),
    request('/reach/rollout', rollout, async (params) => stateOf(await ask('reach.rollout', params))),
    request('/reach/link', link, async (params) => {
      const made = decodeLink(await ask('reach.link', params));
      if (made === undefined) throw notUnderstood();
      return { link: made };
    }),
    request('/reach/revoke', computer, async (params) => stateOf(await ask('reach.revoke', params))),
    request('/reach/forget', computer, async (params) => stateOf(await ask('reach.forget', params))),
  ];
}

async function list(context: PageContext): Promise<ReachView> {
  return withPlugins(context, async (clients) => {
    if (clients.length === 0) return { state: 'absent', computers: [] };
    for (const client of clients) {
      const computers = await listOf(client);
      if (computers) return { state: 'running', computers: computers.map(stateOf) };
    }
    return { state: 'off', computers: [] };
  });
}

/** Of several bridges, one has remote support. */
async function listOf(client: ChannelClient): Promise<readonly unknown[] | undefined> {
  try {
    const answer = await client.call('reach.list', {});
    return Array.isArray(answer) ? (answer as readonly unknown[]) : undefined;
  } catch (error) {
    if (error instanceof RemoteError && error.code === 'METHOD_NOT_FOUND') return undefined;
    throw asProblem(error);
  }
}

async function askPlugin(context: PageContext, method: ReachMethod, params: object): Promise<unknown> {
  return withPlugins(context, async (clients) => {
    for (const client of clients) {
      if (!(await listOf(client))) continue;
      try {
        return await client.call(method, params, { timeout: REMOTE_CALL_TIMEOUT });
      } catch (error) {
        throw asProblem(error);
      }
    }
    throw new RequestProblem(
      'NOT_RUNNING',
      'The plugin does not run with remote support: restart Homebridge.',
    );
  });
}

function stateOf(value: unknown): ComputerView {
  const state = parseComputerState(value);
  if (!state) throw notUnderstood();
  const { name, phase, controlTypes, platform, since, until, endingSoon, possiblyOrphaned, problem } = state;
  return withoutUndefined({
    ...{ name, phase, controlTypes, platform, since, until },
    ...{ endingSoon, possiblyOrphaned, problem },
  });
}

function notUnderstood(): RequestProblem {
  return new RequestProblem(
    'NOT_UNDERSTOOD',
    "The running plugin's answer was not understood: restart Homebridge.",
  );
}
