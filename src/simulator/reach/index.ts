/**
 * A simulated REACH backend, for tests of anything that speaks TeamViewer's REACH API:
 * `const backend = new ReachBackend({ tokens: […], targets: […] }); const apiBase = await backend.start();`.
 */
export type { CaseStyle } from './answers.ts';
export { ReachBackend, type BackendHappening, type ReachBackendOptions } from './backend.ts';
export { CALLS, FAULTS, type Call, type Fault, type Faults } from './faults.ts';
export { runReachBackend, type ReachBackendProcessOptions } from './process.ts';
export { TOKEN_PERMISSIONS, type ScriptToken, type TokenPermission } from './rules.ts';
export type { LinkVerdict, RolloutValues, Target, TargetSettings } from './target.ts';
