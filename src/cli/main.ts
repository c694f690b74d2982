#!/usr/bin/env node
import { run } from './program.ts';

// Whoever reads may stop reading: `gatehouse … | head` is no crash.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2));
