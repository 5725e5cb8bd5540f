import type { Locator } from '@playwright/test';
import { type Backend, type ImportedNode, startBackend } from '../support/backend.ts';
import { test as base, CHARLOTTE, expect, expectAccessible, MAUD, openAs, type Page } from '../support/test.ts';
import { userByEmail } from '../support/users.ts';

/** The provider of the demo, whose id is always the same. */
const PROVIDER = 'd06b8297-ac35-47ef-a812-4a7e483c86c0';
/** The number of visible nodes: 100 agencies with 99 environments each, and the 21 nodes of the demo. */
const NODES = 10_021;
const ENVIRONMENTS = 9_915;
/** The maximum number of rows in the DOM, whatever the height of the list. */
const MAX_ROWS = 150;

function nodes(): ImportedNode[] {
  const id = (number: number): string => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  const agencies = Array.from({ length: 100 }, (_, index) => index + 1);
  return agencies.flatMap((agency) => [
    { id: id(agency), parent_id: PROVIDER, kind: 'agency', name: `Agency ${agency}` },
    ...Array.from({ length: 99 }, (_, index) => ({
      id: id(agency * 1_000 + index),
      parent_id: id(agency),
      kind: 'environment' as const,
      name: `Environment ${agency}.${index + 1}`,
    })),
  ]);
}

/** A backend with about 10,000 nodes. */
const test = base.extend<object, { backend: Backend }>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend('--demo', '100');
      await backend.importNodes(nodes());
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
});

/** Scrolls an element to its end. */
async function scrollToEnd(list: Locator): Promise<void> {
  await list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
}

/** Expects that a list has this many rows and that only some of them are in the DOM. */
async function expectWindowed(rows: Locator, count: number): Promise<void> {
  await expect(rows.first()).toHaveAttribute('aria-setsize', String(count));
  expect(await rows.count()).toBeLessThan(MAX_ROWS);
}

async function openFilter(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Environment', exact: true }).click();
  return page.getByRole('dialog', { name: 'Environment' });
}

test('the environment filter of 10,000 nodes ticks, searches and scrolls', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  const panel = await openFilter(page);
  const tree = panel.getByRole('group', { name: 'Environments' });
  await expectWindowed(tree.getByRole('listitem'), NODES);
  await expectAccessible(page);

  const tick = (name: string): Locator => tree.getByRole('checkbox', { name, exact: true });
  await tick('Northwind Telecom').check();
  await expect(tick('Harbor Bank')).toBeChecked();
  await expect(tick('Meridian Cloud')).toHaveJSProperty('indeterminate', true);
  await tick('Harbor Bank').uncheck();
  await expect(tick('Northwind Telecom')).toHaveJSProperty('indeterminate', true);
  await expect(panel.getByText('4 selected')).toBeVisible();
  // The focus stays in the DOM while the list scrolls.
  await scrollToEnd(tree);
  await expect(tick('Environment 100.99')).toBeInViewport();
  await expect(tick('Harbor Bank')).toBeFocused();
  await expect(tick('Harbor Bank')).not.toBeInViewport();

  await panel.getByRole('searchbox').fill('ENVIRONMENT 57.3');
  await expect(tree.getByRole('checkbox')).toHaveCount(11);
  await tick('Environment 57.3').check();
  await expect(panel.getByText('5 selected')).toBeVisible();
  await panel.getByRole('searchbox').fill('environment');
  await expectWindowed(tree.getByRole('listitem'), 9_900);
});

test('the switcher of 9,900 environments opens at the current one', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  const button = page.getByRole('button', { name: /^Environment: / });
  await button.click();
  const items = page.getByRole('menuitemradio');
  await expectWindowed(items.and(page.locator('[aria-setsize]')), ENVIRONMENTS);
  await page.keyboard.press('End');
  await expect(items.last()).toBeFocused();
  await expect(items.last()).toBeInViewport();
  for (let row = 0; row < 30; row += 1) await page.keyboard.press('ArrowUp');
  const focused = page.locator('[role=menuitemradio]:focus');
  await expect(focused).toHaveAttribute('aria-posinset', String(ENVIRONMENTS - 30));
  await expect(focused).toBeInViewport();
  const name = await focused.innerText();
  await page.keyboard.press('Enter');
  await expect(button).toHaveAccessibleName(`Environment: ${name}`);
  await button.click();
  await expect(focused).toHaveText(name);
  await expect(focused).toBeInViewport();
  expect(await items.count()).toBeLessThan(MAX_ROWS);
});

test('the Access tab shows 10,000 nodes', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  const { id } = await userByEmail(page, 'maud@northwind.example');
  await page.goto(`/users/${id}?tab=access`);
  const panel = page.getByRole('region', { name: MAUD });
  const rows = panel.locator('.access-tree__node');
  await expect(rows.first()).toBeVisible();
  const few = await rows.count();
  expect(few).toBeLessThan(MAX_ROWS);
  await panel.getByRole('radio', { name: 'All 10,021' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(few);
  expect(await rows.count()).toBeLessThan(MAX_ROWS);
  // The users table scrolls to the open user, whose row is loaded later.
  await expect(page.locator('[data-marks~=awaited]')).toHaveCount(0);
  await expectAccessible(page);
  // The last row is in the DOM, and the rows before it are once it is in view.
  await panel.getByText('Environment 100.99', { exact: true }).scrollIntoViewIfNeeded();
  await expect(panel.getByText('Environment 100.95', { exact: true })).toBeInViewport();
  await expect(panel.getByText('Environment 50.50', { exact: true })).toHaveCount(0);
  expect(await rows.count()).toBeLessThan(MAX_ROWS);
  await panel.getByRole('searchbox').fill('57.33');
  await expect(rows).toHaveCount(3);
  await panel.getByRole('button', { name: 'Change roles in Environment 57.33' }).click();
  await page.getByRole('checkbox', { name: 'Planner', exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(panel.getByRole('button', { name: 'Save changes' })).toBeVisible();
});

test('the invite dialog offers 10,000 nodes', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  await page.getByRole('button', { name: 'Invite users' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite users' });
  await dialog.getByRole('button', { name: 'Environments' }).click();
  const picker = page.getByRole('dialog', { name: 'Environments' });
  const list = picker.getByRole('list');
  await expectWindowed(list.getByRole('listitem'), NODES);
  await page.keyboard.press('ArrowDown');
  for (let row = 0; row < 60; row += 1) await page.keyboard.press('ArrowDown');
  await expect(picker.locator('[data-row="60"] input')).toBeFocused();
  await expect(picker.locator('[data-row="60"] input')).toBeInViewport();
  await scrollToEnd(list);
  await list.getByRole('checkbox', { name: 'Environment 100.99' }).check();
  await picker.getByRole('searchbox').fill('environment 57.33');
  await expect(list.getByRole('checkbox')).toHaveCount(3);
  await list.getByRole('checkbox', { name: 'Environment 57.33' }).check();
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('button', { name: /^Environments: .*57\.33/ })).toBeVisible();
});

test('the dialog that adds a role offers 10,000 nodes', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  await page
    .getByRole('checkbox', { name: /^Select / })
    .nth(1)
    .check();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Add role' }).click();
  const options = page.getByRole('radiogroup', { name: 'Where' }).getByRole('radio');
  await expectWindowed(options, NODES);
  await page.getByRole('searchbox').last().fill('Environment 57.33');
  await options.first().click();
  await expect(options.first()).toBeChecked();
  await page.getByRole('searchbox').last().fill('');
  await expectWindowed(options, NODES);
});
