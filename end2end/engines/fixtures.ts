import { test as base } from '@playwright/test';
import { type Backend, startBackend } from '../support/backend.ts';
import { type Host, startHost } from '../support/host.ts';
import { type Engine, launch } from './driver/launch.ts';
import { Session } from './driver/session.ts';
import { recordSnapshot } from './snapshot.ts';

export interface EngineOptions {
  engine: Engine;
}

interface WorkerFixtures {
  backend: Backend;
  host: Host;
  window: Session;
}

interface Fixtures {
  /** A window of the engine with 1440 × 900 px, without a session of the product. */
  session: Session;
  /** Records what the engines are compared by, and takes a screenshot. */
  record: (name: string, focusFrom?: string) => Promise<void>;
}

/** The number of demo users. */
export const USERS = 5000;

/** A test in one engine. Its worker has one browser and one backend. */
export const test = base.extend<Fixtures, EngineOptions & WorkerFixtures>({
  engine: ['chromium', { option: true, scope: 'worker' }],
  backend: [
    async ({}, use) => {
      const backend = await startBackend('--demo', String(USERS));
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  host: [
    async ({}, use) => {
      const host = await startHost('plain');
      await use(host);
      await host.stop();
    },
    { scope: 'worker' },
  ],
  window: [
    async ({ engine, backend }, use) => {
      const browser = await launch(engine);
      await use(await Session.open(engine, browser, `${backend.url}/icon.png`));
      await browser.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  session: async ({ window, backend }, use, testInfo) => {
    await window.goto(`${backend.url}/icon.png`);
    await window.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await window.deleteCookies();
    await window.resize(1440, 900);
    await use(window);
    if (testInfo.status !== testInfo.expectedStatus) {
      const file = testInfo.outputPath('screenshot.png');
      await window.screenshot(file);
      await testInfo.attach('screenshot', { path: file });
    }
  },
  record: async ({ session }, use) => {
    await use((name, focusFrom) => recordSnapshot(session, name, focusFrom));
  },
});
