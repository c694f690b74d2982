import { own, type JsonObject } from '../../base/json.ts';
import { refusal, type Answer, type CaseStyle } from './answers.ts';
import { FAULTS, parseFault, type Faults } from './faults.ts';
import type { Target } from './target.ts';

/** What the test's own calls act on. */
export interface Controlled {
  readonly faults: Faults;
  readonly targets: ReadonlyMap<string, Target>;
  caseStyle: CaseStyle;
}

const CASE_STYLES: readonly CaseStyle[] = ['snake_case', 'camelCase', 'PascalCase'];

/** The calls below `/simulator/`, which no real backend has. */
export async function control(
  backend: Controlled,
  route: string,
  body: JsonObject | undefined,
): Promise<Answer> {
  switch (route) {
    case 'POST /simulator/verify-link':
      return verifyLink(backend, body);
    case 'GET /simulator/state':
      return { status: 200, body: { computers: [...backend.targets.values()].map(describe) } };
    case 'POST /simulator/faults':
      return addFault(backend, body);
    case 'DELETE /simulator/faults':
      backend.faults.clear();
      return { status: 204 };
    case 'POST /simulator/case-style':
      return setCaseStyle(backend, body);
    case 'POST /simulator/computer':
      return setComputer(backend, body);
    case 'POST /simulator/rollout-data':
      return rolloutData(backend, body);
    default:
      return refusal(404, 'not_found', 0, 'The simulator has no such call.');
  }
}

function describe({ settings, online, keyIds }: Target): object {
  return { remotecontrol_id: settings.remotecontrolId, online, device_key_ids: keyIds };
}

/** `{"link": …}` → `{"accepted": true, …}`, once for each link. */
function verifyLink({ targets }: Controlled, body: JsonObject | undefined): Answer {
  const link = body ? own(body, 'link') : undefined;
  if (typeof link !== 'string') return bad('link is missing');
  const verdicts = [...targets.values()].map((target) => target.verifyLink(link));
  const told = verdicts.find((verdict) => verdict.accepted) ??
    verdicts.find((verdict) => !verdict.accepted && verdict.reason !== 'no such session') ??
    verdicts[0] ?? { accepted: false, reason: 'no such session' };
  const { accepted } = told;
  const more = told.accepted
    ? { remotecontrol_id: told.remotecontrolId, control_type: told.controlType }
    : { reason: told.reason };
  return { status: 200, body: { accepted, ...more } };
}

/** `{"kind": "status", "status": 429, "retryAfter": "2", "call": "unregister", "times": 1}` */
function addFault({ faults }: Controlled, body: JsonObject | undefined): Answer {
  const fault = parseFault(body);
  if (!fault) return bad(`kind is one of ${FAULTS.join(', ')}`);
  faults.add(fault);
  return { status: 204 };
}

/** `{"style": "PascalCase"}` */
function setCaseStyle(backend: Controlled, body: JsonObject | undefined): Answer {
  const style = CASE_STYLES.find((known) => body && own(body, 'style') === known);
  if (!style) return bad(`style is one of ${CASE_STYLES.join(', ')}`);
  backend.caseStyle = style;
  return { status: 204 };
}

/** `{"remotecontrol_id": "r1", "online": false}`, and `"restart": true` has the client write its file anew. */
async function setComputer(backend: Controlled, body: JsonObject | undefined): Promise<Answer> {
  const target = targetOf(backend, body);
  if (!target || !body) return bad('there is no computer of this remotecontrol_id');
  const online = own(body, 'online');
  if (typeof online === 'boolean') target.online = online;
  if (own(body, 'restart') === true) await target.start();
  return { status: 200, body: { ...describe(target) } };
}

/** What the rollout file holds: for a rollout command, or for typing in. */
function rolloutData(backend: Controlled, body: JsonObject | undefined): Answer {
  const target = targetOf(backend, body);
  return target
    ? { status: 200, body: { ...target.rolloutData } }
    : bad('there is no computer of this remotecontrol_id');
}

function targetOf({ targets }: Controlled, body: JsonObject | undefined): Target | undefined {
  const id = body ? own(body, 'remotecontrol_id') : undefined;
  return typeof id === 'string' ? targets.get(id) : undefined;
}

function bad(why: string): Answer {
  return refusal(400, 'invalid_request', 0, why);
}
