import {
  accountButton,
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

test('a manager starts at the users page', async ({ page }) => {
  await openAs(page, MAUD);
  await expect(page).toHaveURL('/users');
  const links = page.getByRole('navigation', { name: 'Studio' }).getByRole('link');
  await expect(links.filter({ hasText: 'Users' })).toHaveAttribute('aria-current', 'page');
  await expect(links.filter({ hasText: 'Users' })).toHaveCount(1);
});

test('an administrator sees all sections', async ({ page }) => {
  await openAs(page, CHARLOTTE);
  const navigation = page.getByRole('navigation', { name: 'Studio' });
  for (const name of ['Inbox', 'CRM', 'CMS', 'Analytics', 'Planning', 'Settings', 'Backups', 'Environments']) {
    await navigation.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  }
});

test('an agent starts at the inbox and cannot manage users', async ({ page }) => {
  await openAs(page, FEMKE);
  await expect(page).toHaveURL('/inbox');
  await expect(page.getByRole('heading', { name: 'Inbox', level: 1 })).toBeVisible();
  const permissions = page.getByRole('list', { name: 'In Harbor Bank you can' });
  await expect(permissions.getByRole('listitem').filter({ hasText: 'Reply to incoming messages' })).toBeVisible();

  const navigation = page.getByRole('navigation', { name: 'Studio' });
  await expect(navigation.getByRole('link', { name: 'Inbox', exact: true })).toBeVisible();
  await expect(navigation.getByRole('link', { name: 'Users', exact: true })).toHaveCount(0);
  await page.goto('/users');
  await expect(page.getByRole('heading', { name: 'You don’t manage any users' })).toBeVisible();
  await expect(usersTable(page)).toHaveCount(0);
});

test('the manager of one environment receives no data of others', async ({ page }) => {
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => {
    // The list of demo users is public, and the event stream does not end.
    const { pathname } = new URL(response.url());
    const isEndless = pathname === '/api/v1/events';
    if (pathname.startsWith('/api/v1/') && !pathname.startsWith('/api/v1/demo/') && !isEndless) {
      bodies.push(response.text().catch(() => ''));
    }
  });
  await openAs(page, INGRID, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await expect(page.getByText('City Clinic').first()).toBeVisible();
  await expect(page.getByText('Harbor Bank')).toHaveCount(0);
  expect((await Promise.all(bodies)).join('\n')).not.toContain('Harbor Bank');
});

test('signing out ends the session and shows the sign-in page', async ({ page }) => {
  await openAs(page, MAUD);
  await accountButton(page, MAUD).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  expect((await page.request.get('/api/v1/session')).status()).toBe(401);
  await page.goto('/users');
  await expect(page).toHaveURL('/sign-in');
});

test('the next user starts at their own home page', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=an');
  await accountButton(page, MAUD).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('region', { name: 'Try the demo as' }).getByRole('button', { name: FEMKE }).click();
  await expect(page).toHaveURL('/inbox');
});

test('the account menu changes the language', async ({ page }) => {
  await openAs(page, MAUD);
  await accountButton(page, MAUD).click();
  await page.getByRole('menuitemradio', { name: 'Nederlands' }).click();
  await expect(page.getByRole('heading', { name: 'Gebruikers', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: `Account van ${MAUD}` }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();
});

test('the account page turns e-mails about invitations off and on', async ({ page }) => {
  await openAs(page, MAUD, '/account');
  const emails = page.getByRole('switch', {
    name: 'Get an e-mail when invitations are accepted, expire or aren’t delivered',
  });
  await expect(emails).toBeChecked();
  await emails.click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.reload();
  await expect(emails).not.toBeChecked();
  await emails.click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const session = (await (await page.request.get('/api/v1/session')).json()) as { user: { digests: boolean } };
  expect(session.user.digests).toBe(true);
});

test('an unknown path shows “Page not found”', async ({ page }) => {
  await openAs(page, MAUD);
  await page.goto('/nothing/here');
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});

for (const [theme, background] of [
  ['Dark', 'rgb(18, 19, 23)'],
  ['Light', 'rgb(255, 255, 255)'],
] as const) {
  test(`the theme ${theme} overrides the colour scheme of the system`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme === 'Dark' ? 'light' : 'dark' });
    await openAs(page, MAUD, '/users');
    await expect(userNames(page).first()).toBeVisible();
    await accountButton(page, MAUD).click();
    await page.getByRole('menuitemradio', { name: theme, exact: true }).click();
    await expect(page.locator('.users-page')).toHaveCSS('background-color', background);
    await expect(page.getByRole('main')).toHaveCSS('background-color', background);
    await page.reload();
    await expect(page.locator('.users-page')).toHaveCSS('background-color', background);
  });
}

test('continues on the same page after signing in again', async ({ page }) => {
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

test('the logo menu opens the home page, and Back returns', async ({ page }) => {
  await openAs(page, CHARLOTTE, '/inbox');
  await expect(page.getByRole('heading', { name: 'Inbox', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Studio menu' }).click();
  await page.getByRole('menuitem', { name: 'Go to home page' }).click();
  await expect(page).toHaveURL('/users');
  await page.goBack();
  await expect(page).toHaveURL('/inbox');
});

test.describe('in Dutch', () => {
  test.use({ locale: 'nl-NL' });

  test('shows the users and sets the lang attribute', async ({ page }) => {
    await page.goto('/users');
    await page.getByRole('button', { name: MAUD }).click();
    await expect(page.getByRole('heading', { name: 'Gebruikers', level: 1 })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Gebruikers' }).getByRole('rowheader').first()).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'nl');
    await expectAccessible(page);
  });
});
