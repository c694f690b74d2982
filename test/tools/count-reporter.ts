import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends every run with one plain line of counts. With `GATEHOUSE_REQUIRE_ALL=1` a skipped test fails the run: on
 * a person's machine a missing browser is no failure, where everything was installed it is.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0)
        counts.failed += 1;
      for (const test of module.children.allTests()) {
        counts[test.result().state] += 1;
        if (test.result().state === 'skipped') skipped.push(test.fullName);
      }
    }
    const requireAll = process.env['GATEHOUSE_REQUIRE_ALL'] === '1';
    if (requireAll && skipped.length > 0) {
      for (const name of skipped) console.error(`skipped, but everything is required here: ${name}`);
      process.exitCode = 1;
    }
    const failed = counts.failed + errors.length;
    console.log(`\n${counts.passed} passed, ${failed} failed, ${counts.skipped + counts.pending} skipped`);
  }
}
