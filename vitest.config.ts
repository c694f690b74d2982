import { defineConfig } from 'vitest/config';

/** What starts real processes. */
const END_TO_END = [
  'test/e2e/**/*.test.ts',
  'test/demo/**/*.test.ts',
  'test/ui/**/*.browser.test.ts',
  'test/bench/short-form.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/tools/count-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: END_TO_END,
          // Against a test that hangs, not one that is slow because the machine has other work.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: END_TO_END,
          globalSetup: 'test/e2e/global-setup.ts',
          // Every file runs a Homebridge and its devices. They mostly wait, but two files are as much as two
          // cores carry without making time limits a matter of luck, and only after the unit tests.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // What is waited for across processes may take its time where the machine has other work.
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
