import { accountButton, expect, MAUD, openAs, test, userNames, waitForProgram } from '../support/test.ts';

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD);
  await page.goto('/users');
  await waitForProgram(page);
  await expect(userNames(page).first()).toBeVisible();
});

test('the first tab stop skips to the content', async ({ page }) => {
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  const stops = [
    page.getByRole('link', { name: 'Skip the table' }),
    page.getByRole('link', { name: 'Roles' }),
    page.getByRole('button', { name: 'Export CSV' }),
    page.getByRole('button', { name: 'Invite users' }),
    page.getByRole('searchbox', { name: 'Search users' }),
    page.getByRole('search').getByRole('button', { name: 'Environment' }),
  ];
  for (const stop of stops) {
    await page.keyboard.press('Tab');
    await expect(stop).toBeFocused();
  }
});

test('the slash focuses the search, except in a text field', async ({ page }) => {
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
  await expect(search).toHaveValue('');
  await page.keyboard.type('a/b');
  await expect(search).toHaveValue('a/b');
});

test('Enter sorts by a column header and keeps the focus', async ({ page }) => {
  const button = page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button');
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/users?sort=name');
  await expect(button).toBeFocused();
});

test('a menu supports End and Escape', async ({ page }) => {
  const button = accountButton(page, MAUD);
  await button.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(button).toBeFocused();
});
