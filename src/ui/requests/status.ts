import { LiveStatus } from '../live-status.ts';
import { noParams, request, type PageContext, type RequestHandler } from '../request.ts';

/** How the devices are, now and from now on. */
export function statusRequests(context: PageContext): readonly RequestHandler[] {
  const live = new LiveStatus(context);
  return [
    request('/status', noParams, () => live.start()),
    request('/status/stop', noParams, async () => {
      await live.stop();
      return {};
    }),
  ];
}
