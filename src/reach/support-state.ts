import type { Platform } from './config.ts';
import type { RolloutData } from './rollout-data.ts';

/**
 * - `closed`: no key is registered.
 * - `opening`: a rollout is under way.
 * - `open`: a key is registered, and links can be made.
 * - `revoking`: no link can be made any more; the target has not yet confirmed that the key is deleted.
 */
export type SupportPhase = 'closed' | 'opening' | 'open' | 'revoking';

/** How it stands with one computer. Holds no secret: it may be shown and logged as it is. */
export interface ComputerState {
  readonly name: string;
  readonly phase: SupportPhase;
  /** Whether a key of ours that is known to exist may be on the computer still: open and revoking. */
  readonly accessOpen: boolean;
  /** Undefined for a computer that is in the vault and not in the config. */
  readonly platform: Platform | undefined;
  /** The control types that a link may have; empty unless open. */
  readonly controlTypes: readonly string[];
  /** Wall time at which the phase began; undefined while closed or opening. */
  readonly since: number | undefined;
  /** Wall time at which support ends by itself; undefined unless open and limited. */
  readonly until: number | undefined;
  /** The end is near: the warning has been logged. */
  readonly endingSoon: boolean;
  /** Keys that may exist on the computer, and that nobody can use or unregister. */
  readonly possiblyOrphaned: number;
  /** What is wrong at the moment, in plain words. */
  readonly problem: string | undefined;
}

export interface RolloutRequest {
  /** Monotonic time at which the caller gives up; a key that comes later is stored and unregistered. */
  readonly deadline?: number;
  /** Rollout data that came with the call, instead of what is configured. */
  readonly data?: RolloutData;
}

export interface RevokeRequest {
  /** Monotonic time up to which the first try to unregister is waited for. */
  readonly deadline?: number;
}

/** For the journal: that a link was made, never the link. */
export interface LinkMade {
  readonly name: string;
  /** Wall time. */
  readonly at: number;
  readonly controlType: string;
}

/** The points between which a process may die; tests stop it at each. */
export type Step =
  | 'rollout data read'
  | 'rollout intent stored'
  | 'createdevicekey answered'
  | 'device key stored'
  | 'revoke intent stored'
  | 'unregister answered'
  | 'key removed';

export type StepHook = (step: Step) => Promise<void>;
