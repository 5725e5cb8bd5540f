import {
  accountButton,
  CHARLOTTE,
  collectPageErrors,
  expect,
  FEMKE,
  INGRID,
  MAUD,
  openAs,
  test,
} from '../support/test.ts';

test('offers a sign-in link and, in the demo, four users', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'E-mail address' })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Send sign-in link' })).toBeVisible();

  const buttons = page.getByRole('region', { name: 'Try the demo as' }).getByRole('button');
  await expect(buttons).toHaveCount(4);
  for (const [index, name] of [CHARLOTTE, MAUD, INGRID, FEMKE].entries()) {
    await expect(buttons.nth(index)).toHaveAccessibleName(new RegExp(`^${name}`));
  }
});

test('shows the same message for an address without an account', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('nobody@example.org');
  await page.getByRole('button', { name: 'Send sign-in link' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'nobody@example.org' })).toBeVisible();
});

test('the demo mailbox shows the e-mail, and its link signs in', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('astrid@northwind.example');
  await page.getByRole('button', { name: 'Send sign-in link' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'astrid@northwind.example' })).toBeVisible();
  const popup = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'View demo e-mails' }).click();
  const mailbox = await popup;
  const mail = mailbox.getByRole('link', { name: /astrid@northwind\.example/ });
  await expect(async () => {
    await mailbox.reload();
    await expect(mail.first()).toBeVisible({ timeout: 500 });
  }).toPass();
  // Reads the e-mail by a request: its sandboxed frame runs no scripts, so Playwright cannot inspect it.
  const response = await mailbox.request.get((await mail.first().getAttribute('href')) ?? '');
  const [link] = /http[^\s"<]+\/sign-in#[\w-]+/.exec(await response.text()) ?? [''];
  await mailbox.goto(link);
  await expect(mailbox.getByRole('button', { name: /Astrid Bergström/ })).toBeVisible();
});

test('rejects an invalid address without a request', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('nobody');
  await page.getByRole('button', { name: 'Send sign-in link' }).click();
  await expect(page.getByRole('textbox', { name: 'E-mail address' })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('textbox', { name: 'E-mail address' })).toBeFocused();
  expect(requests.filter((url) => url.includes('sign-in-links'))).toEqual([]);
});

test('a sign-in link works once', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const session = await (await page.request.get('/api/v1/session')).json();
  const link = await backend.signInLink(session.user.email);
  expect(new URL(link).hash).not.toBe('');

  const first = await browser.newContext();
  const errors = await collectPageErrors(first);
  const signedIn = await first.newPage();
  await signedIn.goto(link);
  await expect(accountButton(signedIn, MAUD)).toBeVisible();
  expect(new URL(signedIn.url()).hash, 'the token is not in the history').toBe('');
  await first.close();

  const second = await browser.newContext();
  errors.push(...(await collectPageErrors(second)));
  const late = await second.newPage();
  await late.goto(link);
  await expect(late.getByRole('alert')).toContainText('has expired or was already used');
  await expect(late.getByRole('textbox', { name: 'E-mail address' })).toBeVisible();
  await second.close();
  expect(errors).toEqual([]);
});

test('continues to the requested page after signing in', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=jansen');
  await expect(page).toHaveURL('/users?search=jansen');
});

test('switches to Dutch and keeps the choice after a reload', async ({ page }) => {
  await page.goto('/sign-in');
  await page
    .getByRole('contentinfo')
    .getByRole('button', { name: /English/ })
    .click();
  await page.getByRole('menuitemradio', { name: 'Nederlands' }).click();
  await expect(page.getByRole('heading', { name: 'Inloggen', level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'nl');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Inloggen', level: 1 })).toBeVisible();
});

test('an expired link lets a signed-in user continue', async ({ page }) => {
  await openAs(page, MAUD);
  await page.goto('/sign-in#dead');
  await expect(page.getByRole('alert')).toContainText('has expired or was already used');
  await page.getByRole('button', { name: /Continue as/ }).click();
  await expect(page).toHaveURL('/users');
});
