/**
 * What the settings page and its server say to each other: types alone, for both sides. By design no key, no
 * token and no link is in any answer, but for the one link that was just asked for.
 */

/** Requests by name, with what is sent and what is answered. Events come beside them, see {@link PageEvents}. */
export interface Requests {
  '/overview': { readonly params: NoParams; readonly result: Overview };
  '/discover': { readonly params: NoParams; readonly result: FoundDevices };
  '/discover/stop': { readonly params: NoParams; readonly result: Done };
  '/test': { readonly params: TestParams; readonly result: TestResult };
  '/test/stop': { readonly params: NoParams; readonly result: Done };
  '/status': { readonly params: NoParams; readonly result: StatusView };
  '/status/stop': { readonly params: NoParams; readonly result: Done };
  '/journal': { readonly params: JournalParams; readonly result: JournalView };
  '/diagnostics': { readonly params: NoParams; readonly result: Diagnostics };
  '/config/check': { readonly params: CheckParams; readonly result: CheckResult };
  '/takeover': { readonly params: NoParams; readonly result: TakeoverPreview };
  '/takeover/apply': { readonly params: NoParams; readonly result: TakeoverDone };
  '/reach/list': { readonly params: NoParams; readonly result: ReachView };
  '/reach/rollout': { readonly params: RolloutParams; readonly result: ComputerView };
  '/reach/link': { readonly params: LinkParams; readonly result: LinkView };
  '/reach/revoke': { readonly params: ComputerParams; readonly result: ComputerView };
  '/reach/forget': { readonly params: ComputerParams; readonly result: ComputerView };
}

export type RequestName = keyof Requests;

/** What the server says unasked. */
export interface PageEvents {
  readonly found: FoundDevices;
  readonly test: TestProgress;
  readonly status: StatusView;
  /** Something was added to the journal. */
  readonly journal: Done;
  /** A computer's state may have changed. */
  readonly reach: Done;
}

export type NoParams = Readonly<Record<string, never>>;
export type Done = Readonly<Record<string, never>>;

/** A device of the saved config, without its keys. */
export interface SavedDevice {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly serialNumber?: string;
}

export interface Overview {
  readonly version: string;
  readonly devices: readonly SavedDevice[];
  /** What is wrong in the saved config, a line each. */
  readonly problems: readonly string[];
  /** Names of the devices of homebridge-remootio that could be taken over. */
  readonly peerDevices: readonly string[];
  readonly remoteSupport: boolean;
}

export interface FoundDevice {
  readonly serialNumber: string;
  readonly hostName: string;
  readonly address: string;
  readonly port: number;
  /** Its name in the saved config. */
  readonly configuredAs?: string;
}

export interface FoundDevices {
  readonly devices: readonly FoundDevice[];
}

/** A key as it was pasted: 64 hex digits. */
export interface PastedKey {
  readonly text: string;
  /** As its label says, which may be wrong. */
  readonly label: 'secret' | 'auth' | 'none';
}

export interface TestPlace {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly PastedKey[];
}

/** `run` comes back with each step, so that those of an earlier test are known. */
export type TestParams = { readonly run: number } &
  /** A device of the saved config, by its name. */
  ({ readonly device: string } | { readonly place: TestPlace });

export type TestStepName = 'reach' | 'identify' | 'keys' | 'sensor' | 'logging' | 'slot';

export interface TestStep {
  readonly step: TestStepName;
  /** `unknown`: it cannot be told yet. */
  readonly state: 'running' | 'ok' | 'unknown' | 'warning' | 'failed';
  /** Which sentence says it. */
  readonly code: string;
  /** What is put into the sentence. */
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface TestProgress {
  readonly run: number;
  readonly step: TestStep;
}

export interface Problem {
  /** As in the plugin's own diagnosis, for a translation. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface TestResult {
  /** Whether the device can be used as it was tested. */
  readonly ok: boolean;
  /** `plugin`: the running plugin has the connection, and was asked. */
  readonly via: 'device' | 'plugin';
  /** Which of the two keys is the API Secret Key; undefined where that is not known. */
  readonly secretKey?: 0 | 1;
  readonly serialNumber?: string;
  readonly remootioVersion?: string;
  readonly apiVersion?: number;
  readonly sensor?: 'open' | 'closed' | 'no sensor';
  readonly problem?: Problem;
}

export interface DoorView {
  readonly current: 'open' | 'closed' | 'opening' | 'closing';
  readonly obstruction: boolean;
  readonly unavailable: boolean;
  readonly reason: string;
}

export interface DeviceView {
  readonly id: string;
  readonly name: string;
  readonly state: 'stopped' | 'connecting' | 'online' | 'offline';
  /** Milliseconds, when the view was made. */
  readonly offlineFor?: number;
  readonly sensor?: string;
  readonly door?: DoorView;
  readonly readOnly: boolean;
  readonly logging: 'on' | 'off' | 'unknown';
  readonly serialNumber?: string;
  readonly apiVersion?: number;
  readonly remootioVersion?: string;
  readonly problem?: Problem;
}

export interface StatusView {
  /** `absent`: no plugin runs on this Homebridge. `unreachable`: one runs and cannot be asked. */
  readonly plugin: 'running' | 'absent' | 'unreachable';
  readonly problem?: string;
  readonly devices: readonly DeviceView[];
}

export interface JournalParams {
  readonly device?: string;
  readonly person?: string;
  readonly limit: number;
  /** Of whoever reads it, an IANA name. */
  readonly timeZone: string;
}

export interface ActorView {
  readonly keyNr?: number | undefined;
  readonly keyType?: string | undefined;
  readonly via?: string | undefined;
  readonly name?: string | undefined;
  readonly inferred?: boolean | undefined;
}

export interface EntryView {
  readonly kind: string;
  /** Wall milliseconds; undefined where nobody knows when it happened. */
  readonly at?: number | undefined;
  readonly recordedAt: number;
  readonly device?: string | undefined;
  readonly by?: ActorView | undefined;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  /** Who it was, in English. */
  readonly person?: string | undefined;
}

export interface PersonView {
  /** What is asked for with {@link JournalParams.person}. */
  readonly name: string;
  readonly by: ActorView;
}

export interface DayView {
  /** `YYYY-MM-DD` */
  readonly start: string;
  readonly opened: number;
  readonly openedByHour: readonly number[];
}

export interface JournalView {
  /** The newest first. */
  readonly entries: readonly EntryView[];
  /** The last seven days, the oldest first, of the same device and person. */
  readonly days: readonly DayView[];
  /** What can be chosen. */
  readonly devices: readonly string[];
  readonly people: readonly PersonView[];
}

export interface Diagnostics {
  /** JSON for a bug report, without anything secret. */
  readonly text: string;
}

export interface CheckParams {
  /** The platform's block; in place of each saved key something that looks like one. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface ConfigProblemView {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly device?: number;
  readonly key?: string;
}

export interface CheckResult {
  readonly problems: readonly ConfigProblemView[];
}

export interface TakeoverLine {
  readonly device?: string;
  readonly key: string;
  readonly becomes?: string;
  readonly message: string;
}

export interface TakeoverPreview {
  readonly lines: readonly TakeoverLine[];
  /** Names of the devices that would be added. */
  readonly devices: readonly string[];
  /** What the new config would lack, a line each. */
  readonly problems: readonly string[];
}

export interface TakeoverDone {
  readonly devices: readonly string[];
  /** The name of the file that holds the config as it was. */
  readonly backup: string;
}

export interface ComputerParams {
  readonly name: string;
}

export interface RolloutParams extends ComputerParams {
  /** What was typed in, where the plugin cannot get it by itself. */
  readonly data?: {
    readonly rolloutKey: string;
    readonly requestId: string;
    readonly remotecontrolId: string;
  };
}

export interface LinkParams extends ComputerParams {
  readonly controlType?: string;
}

export interface LinkView {
  readonly link: string;
}

export interface ComputerView {
  readonly name: string;
  readonly phase: 'closed' | 'opening' | 'open' | 'revoking';
  readonly controlTypes: readonly string[];
  readonly platform?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly endingSoon: boolean;
  readonly possiblyOrphaned: number;
  readonly problem?: string | undefined;
}

export interface ReachView {
  /** `off`: not configured, or the running plugin does not have it yet. */
  readonly state: 'running' | 'absent' | 'off';
  readonly computers: readonly ComputerView[];
}
