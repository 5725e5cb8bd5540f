import { expect, expectAccessible, type Locator, MAUD, openAs, type Page, test, userNames } from '../support/test.ts';

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Compare what Sanne de Vries sees' });
const difference = (page: Page): Locator => dialogOf(page).getByRole('status');

/** Opens the comparison from the dialog that starts a view. */
async function openComparison(page: Page): Promise<Locator> {
  await openAs(page, MAUD, '/users?search=Sanne+de+Vries');
  await expect(userNames(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'View as Sanne de Vries', exact: true }).click();
  await page.getByRole('dialog', { name: 'View as Sanne de Vries' }).getByRole('button', { name: 'Compare' }).click();
  await expect(dialogOf(page)).toBeVisible();
  return dialogOf(page);
}

test('shows what a role would add before it is assigned', async ({ page }) => {
  const dialog = await openComparison(page);
  await dialog.getByRole('combobox', { name: 'Where' }).selectOption('Harbor Bank');
  await expect(dialog.getByRole('checkbox', { name: 'Operator' })).toBeDisabled();
  await expect(dialog.getByText('Choose a role to see what it would add.')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'Analyst' }).check();
  await expect(dialog.getByRole('heading', { name: 'With Analyst added' })).toBeVisible();
  await expect(difference(page)).toContainText('Also sees: Analytics');
  // An Operator of the agency gets chat notifications where a role is assigned in the environment itself.
  await expect(difference(page)).toContainText('Can get chat notifications');
  await dialog.getByRole('checkbox', { name: 'Analyst' }).uncheck();
  await expect(difference(page)).toBeEmpty();
});

test('compares two users at a node', async ({ page }) => {
  const dialog = await openComparison(page);
  await dialog.getByRole('combobox', { name: 'Where' }).selectOption('City Clinic');
  await dialog.getByRole('radio', { name: 'Another user' }).click();
  await dialog.getByRole('searchbox', { name: 'Find a user' }).fill('Ingrid Solberg');
  await dialog.getByRole('radio', { name: /Ingrid Solberg/ }).click();
  await expect(dialog.getByRole('heading', { name: 'Ingrid Solberg' })).toBeVisible();
  await expect(difference(page)).toContainText(/Also sees: .*Users/);
  await expect(difference(page)).toContainText(/Doesn’t see: .*Inbox/);
  await dialog.getByRole('button', { name: 'View as' }).click();
  await expect(page.getByRole('dialog', { name: 'View as Sanne de Vries' })).toBeVisible();
});

test('a failed request shows no empty access, and is retried on demand', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=Sanne+de+Vries');
  await page.getByRole('button', { name: 'View as Sanne de Vries', exact: true }).click();
  await page.route('**/api/v1/users/*/access', (route) => route.abort('connectionaborted'));
  await page.getByRole('dialog', { name: 'View as Sanne de Vries' }).getByRole('button', { name: 'Compare' }).click();
  const retry = dialogOf(page).getByRole('button', { name: 'Try again' });
  await expect(retry).toBeVisible();
  await expect(dialogOf(page).getByText('No access')).toHaveCount(0);
  await page.unroute('**/api/v1/users/*/access');
  await retry.focus();
  await page.keyboard.press('Enter');
  await expect(dialogOf(page).getByRole('heading', { name: 'Now' })).toBeVisible();
  await expect(retry).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 320]) {
    test.describe(`${colorScheme} colour scheme, ${width} px wide`, () => {
      test.use({ colorScheme });

      test('the comparison is accessible and does not overflow', async ({ page }) => {
        const dialog = await openComparison(page);
        await page.setViewportSize({ width, height: 800 });
        await dialog.getByRole('checkbox', { name: 'Analyst' }).check();
        await expect(difference(page)).not.toBeEmpty();
        await expectAccessible(page);
        await dialog.getByRole('radio', { name: 'Another user' }).click();
        await expect(dialog.getByRole('radiogroup', { name: 'Another user' })).toBeVisible();
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      });
    });
  }
}
