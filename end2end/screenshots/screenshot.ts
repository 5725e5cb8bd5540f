import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { startBackend } from '../support/backend.ts';
import { test as base, fixture } from '../support/host.ts';
import { waitForRendering } from '../support/rendering.ts';
import { userNames } from '../support/test.ts';

const docs = resolve(import.meta.dirname, '../../docs');

/** The fixed time in all screenshots: the next 24 June, 16:40 in Amsterdam. Only the product then changes an image. */
const screenshotTime = nextScreenshotTime();

function nextScreenshotTime(): Date {
  const thisYear = new Date(Date.UTC(new Date().getUTCFullYear(), 5, 24, 14, 40));
  if (thisYear.getTime() > Date.now()) return thisYear;
  return new Date(Date.UTC(thisYear.getUTCFullYear() + 1, 5, 24, 14, 40));
}

/** Returns the backend's options for this time. They count whole minutes, so this waits for the start of one. */
async function clockOptions(): Promise<string[]> {
  const sinceMinute = Date.now() % 60_000;
  if (sinceMinute > 20_000) await setTimeout(60_000 - sinceMinute);
  return ['--clock-ahead', String(Math.round((screenshotTime.getTime() - Date.now()) / 60_000))];
}

/** A test that takes a screenshot. The clocks of its backend and of its browser show the same time. */
export const test = base.extend<object, object>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend(...(await clockOptions()));
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  plain: fixture('plain', [], clockOptions),
  react: fixture('react/dist', [], clockOptions),
  page: async ({ page }, use) => {
    // The browser's clock is later in the minute, so that no time of the backend is in the future. Timers keep running.
    await page.clock.setFixedTime(screenshotTime.getTime() + 40_000);
    await use(page);
  },
});

/** Opens a tab of the panel of a listed user. */
export async function openPanel(page: Page, name: string, tab: string): Promise<void> {
  await userNames(page).getByRole('link', { name, exact: true }).click();
  await page.getByRole('tab', { name: tab }).click();
}

/** Saves a screenshot in `docs/`. A palette of 256 colours reduces the file to a third without a visible difference. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  // Moves the pointer away, so that no element shows its hover state.
  await page.mouse.move(0, 0);
  await waitForRendering(page);
  const path = join(docs, `${name}.png`);
  await page.screenshot({ path });
  await promisify(execFile)('pngquant', ['--force', '--ext', '.png', '--speed', '1', '--strip', path]);
}
