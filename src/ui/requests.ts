import type { PageContext, RequestHandler } from './request.ts';
import { checkRequests } from './requests/check.ts';
import { diagnosticsRequests } from './requests/diagnostics.ts';
import { discoverRequests } from './requests/discover.ts';
import { journalRequests } from './requests/journal.ts';
import { overviewRequests } from './requests/overview.ts';
import { reachRequests } from './requests/reach.ts';
import { statusRequests } from './requests/status.ts';
import { takeoverRequests } from './requests/takeover.ts';
import { testRequests } from './requests/test.ts';

/** Everything that the page may ask for. */
export function allRequests(context: PageContext): readonly RequestHandler[] {
  return [
    ...overviewRequests(context),
    ...discoverRequests(context),
    ...testRequests(context),
    ...statusRequests(context),
    ...journalRequests(context),
    ...diagnosticsRequests(context),
    ...checkRequests(),
    ...takeoverRequests(context),
    ...reachRequests(context),
  ];
}
