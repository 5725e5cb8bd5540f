import {
  accountOf,
  CHARLOTTE,
  endSessionAt,
  expect,
  expectAccessible,
  FEMKE,
  INGRID,
  isSearch,
  MAUD,
  openAs,
  test,
  userNames,
  usersTable,
} from '../support/test.ts';

test('a manager starts at the users, and finds her sections', async ({ page }) => {
  await openAs(page, MAUD);
  await expect(page).toHaveURL('/users');
  const links = page.getByRole('navigation', { name: 'Studio' }).getByRole('link');
  await expect(links.filter({ hasText: 'Users' })).toHaveAttribute('aria-current', 'page');
  await expect(links.filter({ hasText: 'Users' })).toHaveCount(1);
});

test('an administrator has every section', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  const navigation = page.getByRole('navigation', { name: 'Studio' });
  for (const name of ['Inbox', 'CRM', 'CMS', 'Analytics', 'Planning', 'Settings', 'Backups', 'Environments']) {
    await navigation.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name: `Your studio shows its ${name} here`, level: 1 })).toBeVisible();
  }
});

test('an agent starts at the inbox, and manages nobody', async ({ page }) => {
  await openAs(page, FEMKE);
  await expect(page).toHaveURL('/inbox');
  await expect(page.getByRole('heading', { name: 'Your studio shows its Inbox here', level: 1 })).toBeVisible();
  const rights = page.getByRole('list', { name: 'In Harbor Bank you can' });
  await expect(rights.getByRole('listitem').filter({ hasText: 'Reply to incoming messages' })).toBeVisible();

  const navigation = page.getByRole('navigation', { name: 'Studio' });
  await expect(navigation.getByRole('link', { name: 'Inbox', exact: true })).toBeVisible();
  await expect(navigation.getByRole('link', { name: 'Users', exact: true })).toHaveCount(0);
  await page.goto('/users');
  await expect(page.getByRole('heading', { name: 'You manage nobody' })).toBeVisible();
  await expect(usersTable(page)).toHaveCount(0);
});

test('who manages one environment learns of no other', async ({ page }) => {
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    // Who can be tried in the demo is no secret of an environment.
    const { pathname } = new URL(response.url());
    const isEndless = pathname === '/api/v1/events';
    if (pathname.startsWith('/api/v1/') && !pathname.startsWith('/api/v1/demo/') && !isEndless) {
      answers.push(response.text().catch(() => ''));
    }
  });
  await openAs(page, INGRID, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await expect(page.getByText('City Clinic').first()).toBeVisible();
  await expect(page.getByText('Harbor Bank')).toHaveCount(0);
  expect((await Promise.all(answers)).join('\n')).not.toContain('Harbor Bank');
});

test('signing out leads back, and ends the session', async ({ page }) => {
  await openAs(page, MAUD);
  await accountOf(page, MAUD).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  expect((await page.request.get('/api/v1/session')).status()).toBe(401);
  await page.goto('/users');
  await expect(page).toHaveURL('/sign-in');
});

test('who comes after somebody signed out begins at a start of their own', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=an');
  await accountOf(page, MAUD).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('region', { name: 'Be one of these people' }).getByRole('button', { name: FEMKE }).click();
  await expect(page).toHaveURL('/inbox');
});

test('the account menu changes the language', async ({ page }) => {
  await openAs(page, MAUD);
  await accountOf(page, MAUD).click();
  await page.getByRole('menuitemradio', { name: 'Nederlands' }).click();
  await expect(page.getByRole('heading', { name: 'Gebruikers', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: `Account van ${MAUD}` }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();
});

test('an unknown address says so', async ({ page }) => {
  await openAs(page, MAUD);
  await page.goto('/nothing/here');
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});

for (const [theme, ground] of [
  ['Dark', 'rgb(18, 19, 23)'],
  ['Light', 'rgb(255, 255, 255)'],
] as const) {
  test(`the colours chosen reach the table too: ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme === 'Dark' ? 'light' : 'dark' });
    await openAs(page, MAUD, '/users');
    await expect(userNames(page).first()).toBeVisible();
    await accountOf(page, MAUD).click();
    await page.getByRole('menuitemradio', { name: theme, exact: true }).click();
    await expect(page.locator('.users-page')).toHaveCSS('background-color', ground);
    await expect(page.getByRole('main')).toHaveCSS('background-color', ground);
    await page.reload();
    await expect(page.locator('.users-page')).toHaveCSS('background-color', ground);
  });
}

test('who is signed out meanwhile signs in again and goes on where they were', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await endSessionAt(page, isSearch);
  await page.getByRole('searchbox', { name: 'Search users' }).fill('sanne');
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.getByRole('button', { name: MAUD }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL('/users?search=sanne');
  await expect(page.getByRole('searchbox', { name: 'Search users' })).toHaveValue('sanne');
  await expect(userNames(page).first()).toContainText(/sanne/i);
});

test('the logo leads to the start, and Back leads back', async ({ page }) => {
  await openAs(page, CHARLOTTE, '/inbox');
  await expect(page.getByRole('heading', { name: 'Your studio shows its Inbox here' })).toBeVisible();
  await page.getByRole('button', { name: 'Studio menu' }).click();
  await page.getByRole('menuitem', { name: 'To the start' }).click();
  await expect(page).toHaveURL('/users');
  await page.goBack();
  await expect(page).toHaveURL('/inbox');
});

test.describe('in Dutch', () => {
  test.use({ locale: 'nl-NL' });

  test('the users are shown, and the page says its language', async ({ page }) => {
    await page.goto('/users');
    await page.getByRole('button', { name: MAUD }).click();
    await expect(page.getByRole('heading', { name: 'Gebruikers', level: 1 })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Gebruikers' }).getByRole('rowheader').first()).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'nl');
    await expectAccessible(page);
  });
});
