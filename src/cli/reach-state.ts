import type { ComputerState } from '../reach/support-state.ts';
import { plain, type Cell } from './terminal.ts';
import { localTime } from './time.ts';

const PHASES: Readonly<Record<ComputerState['phase'], Cell>> = {
  closed: 'off',
  opening: { text: 'being turned on', style: 'yellow' },
  open: { text: 'on', style: 'green' },
  revoking: { text: 'off, but not unregistered yet', style: 'yellow' },
};

/** A computer as a row of a table. */
export function rowOf(state: ComputerState): readonly Cell[] {
  const { name, phase, controlTypes, until, possiblyOrphaned, problem, platform } = state;
  const remarks = [
    ...(controlTypes.length > 0 ? [controlTypes.join(', ')] : []),
    ...(until === undefined ? [] : [`until ${localTime(until)}`]),
    ...(platform === undefined ? ['not in the config any more'] : []),
    ...(possiblyOrphaned > 0 ? [`possibly orphaned keys: ${possiblyOrphaned}`] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return [plain(name), PHASES[phase], plain(remarks.join('; '))];
}
