import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { startBackend } from '../support/backend.ts';
import { test as base, type Host, startHost } from '../support/host.ts';
import { settled } from '../support/looks.ts';
import { userNames } from '../support/test.ts';

const docs = resolve(import.meta.dirname, '../../docs');

/** The time in every picture: the next 24 June, 16:40 in Amsterdam. With a fixed time only the product changes a picture. */
const time = nextTime();

function nextTime(): Date {
  const thisYear = new Date(Date.UTC(new Date().getUTCFullYear(), 5, 24, 14, 40));
  if (thisYear.getTime() > Date.now()) return thisYear;
  return new Date(Date.UTC(thisYear.getUTCFullYear() + 1, 5, 24, 14, 40));
}

/** Returns the backend's options for the time in the pictures. They count in whole minutes, from the beginning of one. */
async function clockOptions(): Promise<string[]> {
  const since = Date.now() % 60_000;
  if (since > 20_000) await setTimeout(60_000 - since);
  return ['--clock-ahead', String(Math.round((time.getTime() - Date.now()) / 60_000))];
}

function hostFixture(
  example: string,
): [(args: object, use: (host: Host) => Promise<void>) => Promise<void>, { scope: 'worker' }] {
  return [
    async ({}, use) => {
      const host = await startHost(example, [], await clockOptions());
      await use(host);
      await host.stop();
    },
    { scope: 'worker' },
  ];
}

/** A test that takes a picture, of a backend and a browser whose clocks show the same time. */
export const test = base.extend<object, object>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend(...(await clockOptions()));
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  plain: hostFixture('plain'),
  react: hostFixture('react/dist'),
  page: async ({ page }, use) => {
    // Later in the minute, so that nothing is in the future. Timers run on.
    await page.clock.setFixedTime(time.getTime() + 40_000);
    await use(page);
  },
});

/** Opens the panel of a user of the list, at one of its tabs. */
export async function openPanel(page: Page, name: string, tab: string): Promise<void> {
  await userNames(page).getByRole('link', { name, exact: true }).click();
  await page.getByRole('tab', { name: tab }).click();
}

/** Takes a picture of the page into `docs/`. A palette of 256 colours makes it a third of the size, which nobody sees. */
export async function take(page: Page, name: string): Promise<void> {
  // Nothing is under the pointer.
  await page.mouse.move(0, 0);
  await settled(page);
  const path = join(docs, `${name}.png`);
  await page.screenshot({ path });
  await promisify(execFile)('pngquant', ['--force', '--ext', '.png', '--speed', '1', '--strip', path]);
}
