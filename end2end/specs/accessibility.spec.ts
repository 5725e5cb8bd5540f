import { FEMKE, MAUD, accountOf, expect, expectAccessible, openAs, test, userNames } from '../support/test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('the sign-in page', async ({ page }) => {
      await page.goto('/sign-in');
      await expect(page.getByRole('region', { name: 'Be one of these people' })).toBeVisible();
      await expectAccessible(page);
    });

    test('the users', async ({ page }) => {
      await openAs(page, MAUD, '/users');
      await expect(userNames(page).first()).toBeVisible();
      await expectAccessible(page);
    });

    test('users without a match', async ({ page }) => {
      await openAs(page, MAUD, '/users?search=zzzz-nobody');
      await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible();
      await expectAccessible(page);
    });

    test('a section', async ({ page }) => {
      await openAs(page, FEMKE, '/inbox');
      await expect(page.getByRole('list', { name: 'In Harbor Bank you can' })).toBeVisible();
      await expectAccessible(page);
    });

    test('the account menu', async ({ page }) => {
      await openAs(page, MAUD, '/users');
      await expect(userNames(page).first()).toBeVisible();
      await accountOf(page, MAUD).click();
      await expect(page.getByRole('menu')).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const [what, path] of [
    ['the users', '/users'],
    ['a section', '/inbox'],
  ] as const) {
    test(what, async ({ page }) => {
      await openAs(page, path === '/users' ? MAUD : FEMKE, path);
      if (path === '/users') await expect(userNames(page).first()).toBeVisible();
      await expectAccessible(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, 'nothing scrolls sideways').toBeLessThanOrEqual(0);
    });
  }

  test('the sign-in page', async ({ page }) => {
    await page.goto('/sign-in');
    await expect(page.getByRole('region', { name: 'Be one of these people' })).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe('in Dutch', () => {
  test.use({ locale: 'nl-NL' });

  test('the users', async ({ page }) => {
    await page.goto('/users');
    await page.getByRole('button', { name: MAUD }).click();
    await expect(page.getByRole('heading', { name: 'Gebruikers', level: 1 })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Gebruikers' }).getByRole('rowheader').first()).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'nl');
    await expectAccessible(page);
  });
});
