import type { Measure } from '../measure.ts';
import { cliStart } from './cli-start.ts';
import { envelope } from './envelope.ts';
import { eventLatency } from './event-latency.ts';
import { houses } from './houses.ts';
import { idle } from './idle.ts';
import { connecting, recovery, roundTrips } from './library.ts';
import { outages } from './outages.ts';
import { packageSize } from './package-size.ts';
import { sessions } from './sessions.ts';
import { writeToFrame } from './write-to-frame.ts';

/** In the order in which they are run and printed. */
export const measures: readonly Measure[] = [
  envelope,
  roundTrips,
  connecting,
  writeToFrame,
  eventLatency,
  recovery,
  houses,
  idle,
  sessions,
  outages,
  cliStart,
  packageSize,
];
