import { accountOf, CHARLOTTE, expect, FEMKE, INGRID, listen, MAUD, openAs, test } from '../support/test.ts';

test('offers a link by mail and, in a demo, four people', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'E-mail address' })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Send me a sign-in link' })).toBeVisible();

  const people = page.getByRole('region', { name: 'Be one of these people' }).getByRole('button');
  await expect(people).toHaveCount(4);
  for (const [at, name] of [CHARLOTTE, MAUD, INGRID, FEMKE].entries()) {
    await expect(people.nth(at)).toHaveAccessibleName(new RegExp(`^${name}`));
  }
});

test('an address without an account gets the same answer', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('nobody@example.org');
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'nobody@example.org' })).toBeVisible();
});

test('in a demo the mail is a click away, and its link signs in', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('astrid@northwind.example');
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'astrid@northwind.example' })).toBeVisible();
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Read the demo’s mail' }).click();
  const mailbox = await opened;
  const mail = mailbox.getByRole('link', { name: /astrid@northwind\.example/ });
  await expect(async () => {
    await mailbox.reload();
    await expect(mail.first()).toBeVisible({ timeout: 500 });
  }).toPass();
  // Read without a browser: the frame that shows the HTML runs no scripts, and so none of a test's.
  const shown = await mailbox.request.get((await mail.first().getAttribute('href')) ?? '');
  const [link] = /http[^\s"<]+\/sign-in#[\w-]+/.exec(await shown.text()) ?? [''];
  await mailbox.goto(link);
  await expect(mailbox.getByRole('button', { name: /Astrid Bergström/ })).toBeVisible();
});

test('what is no address is told before anything is sent', async ({ page }) => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('nobody');
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click();
  await expect(page.getByRole('textbox', { name: 'E-mail address' })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('textbox', { name: 'E-mail address' })).toBeFocused();
  expect(sent.filter((url) => url.includes('sign-in-links'))).toEqual([]);
});

test('a link signs in once', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const session = await (await page.request.get('/api/v1/session')).json();
  const link = await backend.signInLink(session.user.email);
  expect(new URL(link).hash).not.toBe('');

  const first = await browser.newContext();
  const problems = await listen(first);
  const signedIn = await first.newPage();
  await signedIn.goto(link);
  await expect(accountOf(signedIn, MAUD)).toBeVisible();
  expect(new URL(signedIn.url()).hash, 'the token stays in no history').toBe('');
  await first.close();

  const second = await browser.newContext();
  problems.push(...(await listen(second)));
  const late = await second.newPage();
  await late.goto(link);
  await expect(late.getByRole('alert')).toContainText('no longer works');
  await expect(late.getByRole('textbox', { name: 'E-mail address' })).toBeVisible();
  await second.close();
  expect(problems).toEqual([]);
});

test('leads on to where one wanted to go', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=jansen');
  await expect(page).toHaveURL('/users?search=jansen');
});

test('speaks Dutch on request, and stays so', async ({ page }) => {
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

test('a dead link keeps nobody out who is signed in', async ({ page }) => {
  await openAs(page, MAUD);
  await page.goto('/sign-in#dead');
  await expect(page.getByRole('alert')).toContainText('no longer works');
  await page.getByRole('button', { name: /Go on as/ }).click();
  await expect(page).toHaveURL('/users');
});
