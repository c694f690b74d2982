import type { Measure } from '../measure.ts';
import { cliStart } from './cli-start.ts';
import { envelope } from './envelope.ts';
import { eventLatency } from './event-latency.ts';
import { writeToFrame } from './write-to-frame.ts';

/** In the order in which they are run and printed. */
export const measures: readonly Measure[] = [envelope, writeToFrame, eventLatency, cliStart];
