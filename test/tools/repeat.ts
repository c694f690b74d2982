import { parseArgs } from 'node:util';
import { createVitest, type Reporter, type TestModule } from 'vitest/node';

const USAGE = `node test/tools/repeat.ts --times N [--project NAME] [--no-isolate] [files…]
  Runs the tests N times in a row and says which ever failed. Ends with 1 if one did.
  --project     unit or e2e (all)
  --no-isolate  files share their workers, which is much faster`;

/** What went wrong in one test, over all runs. */
interface Flake {
  count: number;
  readonly first: string;
}

class Collector implements Reporter {
  readonly flakes = new Map<string, Flake>();
  /** Of the present run. */
  passed = 0;
  failed = 0;

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { message: string }[]): void {
    this.passed = 0;
    this.failed = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors: why } = test.result();
        if (state === 'passed') this.passed += 1;
        if (state === 'failed') this.#note(`${module.relativeModuleId} > ${test.fullName}`, why[0]?.message);
      }
      for (const error of module.errors()) this.#note(module.relativeModuleId, error.message);
    }
    for (const error of errors) this.#note('(outside of tests)', error.message);
  }

  #note(name: string, why = 'no reason was given'): void {
    this.failed += 1;
    console.log(`${name}: ${why.split('\n')[0] ?? ''}`);
    const flake = this.flakes.get(name);
    if (flake) flake.count += 1;
    else this.flakes.set(name, { count: 1, first: why });
  }
}

async function repeat(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { times: { type: 'string' }, project: { type: 'string' }, 'no-isolate': { type: 'boolean' } },
  });
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) {
    console.error(USAGE);
    return 2;
  }
  const collector = new Collector();
  const vitest = await createVitest({
    watch: false,
    coverage: { enabled: false },
    reporters: [collector],
    ...(values.project !== undefined && { project: [values.project] }),
    ...(values['no-isolate'] && { isolate: false }),
  });
  for (let run = 1; run <= times; run++) {
    const began = performance.now();
    // The first one finds the files, and the later ones run the same.
    if (run === 1) await vitest.start(positionals);
    else await vitest.rerunTestSpecifications(await vitest.getRelevantTestSpecifications(positionals), true);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `run ${run} of ${times}: ${collector.passed} passed, ${collector.failed} failed, ${seconds} s`,
    );
  }
  await vitest.close();
  for (const [name, { count, first }] of collector.flakes) {
    console.log(`${name}\n  failed ${count} of ${times} times: ${first.split('\n')[0]}`);
  }
  console.log(`${times} runs, ${collector.flakes.size} tests that failed in any of them`);
  return collector.flakes.size === 0 ? 0 : 1;
}

process.exitCode = await repeat(process.argv.slice(2));
