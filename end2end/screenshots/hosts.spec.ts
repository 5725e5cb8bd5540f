import type { Page } from '@playwright/test';
import type { Host } from '../support/host.ts';
import { expect, MAUD } from '../support/test.ts';
import { takeScreenshot, test } from './screenshot.ts';

test.use({ baseURL: async ({}, use) => use(undefined), viewport: { width: 1440, height: 810 } });

async function enter(page: Page, host: Host): Promise<void> {
  await page.goto(host.url);
  await page.getByRole('button', { name: MAUD }).click();
}

async function openUser(page: Page, name: string): Promise<void> {
  await page.getByRole('rowheader').getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('region', { name, exact: true }).getByRole('tab')).toHaveCount(3);
}

test('host-plain shows the element in a light studio with square shapes', async ({ page, plain }) => {
  await enter(page, plain);
  await openUser(page, 'Zoë van Leeuwen');
  await takeScreenshot(page, 'host-plain');
});

test('host-react shows the element in a dark studio with round shapes, in Dutch', async ({ page, react }) => {
  await enter(page, react);
  await openUser(page, 'Zoë van Leeuwen');
  await takeScreenshot(page, 'host-react');
});
