import { defineConfig } from '@playwright/test';
import suite from './playwright.config.ts';

/** Takes the screenshots of the documentation. `cargo xtask screenshots` builds and installs the requirements. */
export default defineConfig({
  ...suite,
  testDir: 'screenshots',
  // One worker, because on a busy machine a screenshot could show parts that are still loading.
  workers: 1,
  // A backend waits up to 40 s for the start of a minute.
  timeout: 180_000,
  use: {
    ...suite.use,
    trace: 'off',
    screenshot: 'off',
    viewport: { width: 1360, height: 850 },
    deviceScaleFactor: 2,
    contextOptions: { reducedMotion: 'reduce' },
  },
});
