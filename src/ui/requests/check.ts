import * as v from 'valibot';
import { isObject, own } from '../../base/json.ts';
import { parseConfig } from '../../config/parse.ts';
import { parseRemoteSupport } from '../../reach/config.ts';
import { KEY_FORMAT } from '../../wire/keys.ts';
import type { CheckParams, CheckResult } from '../protocol.ts';
import { request, type RequestHandler } from '../request.ts';
import { withoutUndefined } from '../views.ts';

const params: v.GenericSchema<unknown, CheckParams> = v.strictObject({
  config: v.custom<CheckParams['config']>(isObject),
});

/** Says what the plugin would say of a config at its start, before it is saved. */
export function checkRequests(): readonly RequestHandler[] {
  return [
    request('/config/check', params, ({ config }): CheckResult => {
      const rest = Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'remoteSupport'));
      const support = parseRemoteSupport(own(config, 'remoteSupport'));
      return {
        problems: [
          ...parseConfig(rest, KEY_FORMAT).problems.map(({ severity, message, device, key }) =>
            withoutUndefined({ severity, message, device, key }),
          ),
          ...support.problems.map(({ severity, message }) => ({ severity, message, key: 'remoteSupport' })),
        ],
      };
    }),
  ];
}
