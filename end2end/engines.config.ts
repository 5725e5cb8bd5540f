import { defineConfig } from '@playwright/test';
import { TESTED_ENGINES } from './engines/driver/launch.ts';
import type { EngineOptions } from './engines/fixtures.ts';

// Playwright drives only Chromium and its own builds of Firefox and WebKit. Here it is just the test runner:
// `engines/driver` drives the installed browsers.

export default defineConfig<object, EngineOptions>({
  testDir: 'engines',
  outputDir: 'test-results/engines',
  forbidOnly: true,
  workers: 2,
  retries: 0,
  reporter: 'list',
  // Generous, because a machine that builds at the same time is slow. No test asserts a duration.
  timeout: 240_000,
  projects: [
    ...TESTED_ENGINES.map((engine) => ({ name: engine, testMatch: 'flows.spec.ts', use: { engine } })),
    { name: 'comparison', testMatch: 'comparison.spec.ts', dependencies: TESTED_ENGINES },
  ],
});
