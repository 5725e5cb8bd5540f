import { expect, expectAccessible, type Locator, MAUD, openAs, type Page, test, userNames } from '../support/test.ts';

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Compare what Sanne de Vries sees' });
const difference = (page: Page): Locator => dialogOf(page).getByRole('status');

/** Opens the comparison from the dialog that begins a view. */
async function compare(page: Page): Promise<Locator> {
  await openAs(page, MAUD, '/users?search=Sanne+de+Vries');
  await expect(userNames(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'View as Sanne de Vries', exact: true }).click();
  await page.getByRole('dialog', { name: 'View as Sanne de Vries' }).getByRole('button', { name: 'Compare' }).click();
  await expect(dialogOf(page)).toBeVisible();
  return dialogOf(page);
}

test('what a role would add is seen before it is given', async ({ page }) => {
  const dialog = await compare(page);
  await dialog.getByRole('combobox', { name: 'In' }).selectOption('Harbor Bank');
  await expect(dialog.getByRole('checkbox', { name: 'Operator' })).toBeDisabled();
  await expect(dialog.getByText('Choose a role to see what it would add.')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'Analyst' }).check();
  await expect(dialog.getByRole('heading', { name: 'With Analyst added' })).toBeVisible();
  await expect(difference(page)).toContainText('Shown: Analytics');
  // The Operator of the agency is notified where a role is given in the environment itself.
  await expect(difference(page)).toContainText('Chats notify them');
  await dialog.getByRole('checkbox', { name: 'Analyst' }).uncheck();
  await expect(difference(page)).toBeEmpty();
});

test('two users are seen beside each other, place by place', async ({ page }) => {
  const dialog = await compare(page);
  await dialog.getByRole('combobox', { name: 'In' }).selectOption('City Clinic');
  await dialog.getByRole('radio', { name: 'Another user' }).click();
  await dialog.getByRole('searchbox', { name: 'Find a user' }).fill('Ingrid Solberg');
  await dialog.getByRole('radio', { name: /Ingrid Solberg/ }).click();
  await expect(dialog.getByRole('heading', { name: 'Ingrid Solberg' })).toBeVisible();
  await expect(difference(page)).toContainText(/Shown: .*Users/);
  await expect(difference(page)).toContainText(/Hidden: .*Inbox/);
  await dialog.getByRole('button', { name: 'View as' }).click();
  await expect(page.getByRole('dialog', { name: 'View as Sanne de Vries' })).toBeVisible();
});

test('what does not come is not told as nothing, and is asked for again', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=Sanne+de+Vries');
  await page.getByRole('button', { name: 'View as Sanne de Vries', exact: true }).click();
  await page.route('**/api/v1/users/*/access', (route) => route.abort('connectionaborted'));
  await page.getByRole('dialog', { name: 'View as Sanne de Vries' }).getByRole('button', { name: 'Compare' }).click();
  const again = dialogOf(page).getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  await expect(dialogOf(page).getByText('No access')).toHaveCount(0);
  await page.unroute('**/api/v1/users/*/access');
  await again.focus();
  await page.keyboard.press('Enter');
  await expect(dialogOf(page).getByRole('heading', { name: 'As they are' })).toBeVisible();
  await expect(again).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 320]) {
    test.describe(`in ${colorScheme} colours, ${width} wide`, () => {
      test.use({ colorScheme });

      test('a comparison is accessible, and fits', async ({ page }) => {
        const dialog = await compare(page);
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
