import type { Browser } from '@playwright/test';
import { type Backend, startBackend } from '../support/backend.ts';
import { linkIn, type MailServer, startMailServer } from '../support/mail.ts';
import {
  accountButton,
  test as base,
  collectPageErrors,
  expect,
  expectAccessible,
  INGRID,
  MAUD,
  openAs,
  type Page,
  userNames,
} from '../support/test.ts';

/** The backend of these tests sends its e-mails to an SMTP server. */
const test = base.extend<object, { mails: MailServer; backend: Backend }>({
  mails: [
    async ({}, use) => {
      const mails = await startMailServer();
      await use(mails);
      await mails.stop();
    },
    { scope: 'worker' },
  ],
  backend: [
    async ({ mails }, use) => {
      const backend = await startBackend('--smtp', mails.url, '--privacy-url', '/privacy');
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
});

/** Calls the API with the session of a page and returns the JSON of the response. */
async function callApi<T>(page: Page, method: string, path: string, data?: object): Promise<T> {
  const response = await page.request.fetch(`/api/v1${path}`, {
    method,
    data,
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  });
  expect(response.ok(), `${method} ${path}: ${response.status()}`).toBe(true);
  return (response.status() === 204 ? null : await response.json()) as T;
}

/** Invites a user through the API and returns the user's id. */
async function invite(page: Page, email: string, node: string, role = 'agent', fields: object = {}): Promise<string> {
  const nodes = await callApi<{ id: string; name: string }[]>(page, 'GET', '/nodes');
  const node_id = nodes.find((item) => item.name === node)?.id;
  await callApi(page, 'POST', '/invitations', {
    emails: [email],
    grants: [{ node_id, roles: [role] }],
    locale: 'en',
    ...fields,
  });
  const search = `/users?search=${encodeURIComponent(email)}`;
  const [user] = (await callApi<{ items: { id: string }[] }>(page, 'GET', search)).items;
  if (!user) throw new Error(`The list has no user ${email}.`);
  return user.id;
}

/** Moves a link to the origin that the tests use, because cookies belong to one host. */
function atBackend(link: string, backend: Backend): string {
  const { pathname, hash } = new URL(link);
  return `${backend.url}${pathname}${hash}`;
}

const copiedLink = async (page: Page, user: string, backend: Backend): Promise<string> =>
  atBackend((await callApi<{ url: string }>(page, 'POST', `/users/${user}/invitation/link`)).url, backend);

/** Opens a page in a new browser context. Closing it expects no errors in the console. */
async function openContext(
  browser: Browser,
  baseURL: string,
  options = {},
): Promise<{ page: Page; close(): Promise<void> }> {
  const context = await browser.newContext({
    baseURL,
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const errors = await collectPageErrors(context);
  return {
    page: await context.newPage(),
    async close() {
      await context.close();
      expect(errors).toEqual([]);
    },
  };
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
const nameField = (page: Page) => page.getByRole('textbox', { name: 'Your name' });
const joinButton = (page: Page) => page.getByRole('button', { name: 'Join', exact: true });

test('an invited manager joins and invites a colleague, who joins as well', async ({
  page,
  browser,
  backend,
  mails,
}) => {
  test.slow();
  // A manager invites three people to an environment without a direct manager.
  await openAs(page, MAUD, '/users');
  await page.getByRole('button', { name: 'Invite users' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite users' });
  await dialog
    .getByRole('textbox', { name: 'E-mail addresses' })
    .fill('Anouk <anouk@polder.example>, rik@polder.example, freja@polder.example');
  await dialog.getByRole('button', { name: /^Environments/ }).click();
  await page.getByRole('checkbox', { name: 'Polder Energy', exact: true }).check();
  await page.keyboard.press('Escape');
  await dialog.getByRole('checkbox', { name: 'Operator' }).check();
  await expect(dialog.getByText('No Organisation Manager yet in Polder Energy.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Welcome aboard! <b>Ask me</b>.');
  await dialog.getByRole('button', { name: 'Send 3 invitations' }).click();
  await page
    .getByRole('dialog', { name: 'Send without an Organisation Manager?' })
    .getByRole('button', { name: 'Add role and send' })
    .click();
  await expect(page.getByText('3 invitations sent')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search users' }).fill('polder.example');
  await expect(userNames(page).filter({ hasText: 'anouk@polder.example' })).toContainText(
    'Invited by you, 14 days left',
  );

  // Each person gets an e-mail with a text part and an HTML part.
  const mail = await mails.waitFor('anouk@polder.example');
  await mails.waitFor('rik@polder.example');
  await mails.waitFor('freja@polder.example');
  expect(mail.subject).toBe('Maud Jansen invited you to join Polder Energy');
  expect(mail.plain).toContain('> Welcome aboard! <b>Ask me</b>.');
  expect(mail.html).toContain('Welcome aboard! &lt;b&gt;Ask me&lt;/b&gt;.');
  expect(mail.html).toContain(linkIn(mail));
  expect(new URL(linkIn(mail)).hash.length).toBeGreaterThan(40);

  // The first person opens the link, reloads the page and joins.
  const anouk = await openContext(browser, backend.url);
  await anouk.page.goto(atBackend(linkIn(mail), backend));
  await expect(heading(anouk.page, 'Join Polder Energy')).toBeVisible();
  await expect(anouk.page).toHaveURL('/join');
  await anouk.page.reload();
  await expect(heading(anouk.page, 'Join Polder Energy')).toBeVisible();
  await expect(anouk.page.getByText('Maud Jansen invites you as')).toBeVisible();
  await expect(anouk.page.getByText('Organisation Manager', { exact: true })).toBeVisible();
  await expect(anouk.page.getByText('Welcome aboard! <b>Ask me</b>.')).toBeVisible();
  await joinButton(anouk.page).click();
  await expect(nameField(anouk.page)).toBeFocused();
  await expect(anouk.page.getByText('Enter your name.')).toBeVisible();
  await nameField(anouk.page).fill('Anouk Meijer');
  await joinButton(anouk.page).dblclick();
  await expect(accountButton(anouk.page, 'Anouk Meijer')).toBeVisible();
  await expect(anouk.page).toHaveURL('/users');
  await expect(userNames(anouk.page).first()).toBeVisible();

  // The inviter gets an e-mail, and the list updates.
  expect((await mails.waitFor('maud@northwind.example')).subject).toBe('Anouk Meijer accepted your invitation');
  await expect(userNames(page).filter({ hasText: 'Anouk Meijer' })).toBeVisible();

  // She invites a colleague, who joins with a copied link.
  await anouk.page.getByRole('button', { name: 'Invite users' }).click();
  const anoukDialog = anouk.page.getByRole('dialog', { name: 'Invite users' });
  await anoukDialog.getByRole('textbox', { name: 'E-mail addresses' }).fill('bo@polder.example');
  await expect(anoukDialog.getByRole('button', { name: 'Environments: Polder Energy' })).toBeVisible();
  await anoukDialog.getByRole('checkbox', { name: 'Agent' }).check();
  await anoukDialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  await expect(anoukDialog).toHaveCount(0);
  await anouk.page.getByRole('searchbox', { name: 'Search users' }).fill('bo@polder');
  await anouk.page.getByRole('button', { name: /^Copy invitation link for .*bo@polder\.example/ }).click();
  await expect(anouk.page.getByText(/Invitation link for .*bo@polder\.example.* copied/).first()).toBeAttached();
  const copied = atBackend(await anouk.page.evaluate(() => navigator.clipboard.readText()), backend);
  const bo = await openContext(browser, backend.url);
  await bo.page.goto(copied);
  await nameField(bo.page).fill('Bo Smit');
  await nameField(bo.page).press('Enter');
  await expect(accountButton(bo.page, 'Bo Smit')).toBeVisible();
  await expect(bo.page).toHaveURL('/inbox');
  await expect(userNames(anouk.page).filter({ hasText: 'Bo Smit' })).toBeVisible();

  // A link works once.
  await bo.page.goto(copied);
  await expect(heading(bo.page, 'This link no longer works')).toBeVisible();
  await anouk.close();
  await bo.close();
});

test('opening a link repeatedly changes nothing, and joining still works', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'idle@velobikes.example', 'Velo Bikes');
  const link = await copiedLink(page, user, backend);
  const idle = await openContext(browser, backend.url);
  for (let times = 0; times < 10; times += 1) {
    await idle.page.goto('about:blank');
    await idle.page.goto(link);
    await expect(heading(idle.page, 'Join Velo Bikes')).toBeVisible();
  }
  expect((await callApi<{ status: string }>(page, 'GET', `/users/${user}`)).status).toBe('invited');
  await nameField(idle.page).fill('Ida Le');
  await joinButton(idle.page).click();
  await expect(accountButton(idle.page, 'Ida Le')).toBeVisible();
  await idle.close();
});

test('revoked, replaced and unknown links show the same page', async ({ page, backend, browser, mails }) => {
  await openAs(page, MAUD);
  const invalid = await openContext(browser, backend.url);
  const revoked = await invite(page, 'revoked@velobikes.example', 'Velo Bikes');
  const link = await copiedLink(page, revoked, backend);
  await callApi(page, 'DELETE', `/users/${revoked}/invitation`);
  const replaced = await invite(page, 'replaced@velobikes.example', 'Velo Bikes');
  const replacedLink = atBackend(linkIn(await mails.waitFor('replaced@velobikes.example')), backend);
  await callApi(page, 'POST', `/users/${replaced}/invitation/resend`);
  const newLink = atBackend(linkIn(await mails.waitFor('replaced@velobikes.example', 2)), backend);
  expect(newLink).not.toBe(replacedLink);

  const texts: string[] = [];
  for (const url of [link, replacedLink, `${backend.url}/join#no-such-token`, `${backend.url}/join`]) {
    await invalid.page.goto('about:blank');
    await invalid.page.goto(url);
    await expect(heading(invalid.page, 'This link no longer works')).toBeVisible();
    texts.push(await invalid.page.getByRole('main').innerText());
  }
  expect(new Set(texts).size).toBe(1);
  await expect(invalid.page.getByText('Ask the person who invited you')).toBeVisible();
  await expect(invalid.page.getByRole('link', { name: 'Privacy' })).toHaveAttribute('href', '/privacy');
  await invalid.page.goto(newLink);
  await expect(heading(invalid.page, 'Join Velo Bikes')).toBeVisible();
  await invalid.page.goto(`${backend.url}/join#nothing`);
  await invalid.page.getByRole('link', { name: 'Sign in' }).click();
  await expect(invalid.page).toHaveURL('/sign-in');
  await invalid.close();

  // An expired invitation has no link to copy. It has to be resent first.
  await page.goto('/users?search=kim@velobikes.example');
  await expect(userNames(page).first()).toContainText('Invitation expired');
  const copy = page.getByRole('button', { name: /^Copy invitation link for .*kim@velobikes\.example/ });
  await expect(copy).toHaveAttribute('aria-disabled', 'true');
  await expect(copy).toHaveAccessibleDescription('This invitation has expired. Resend it first.');
});

test('an expired invitation works again after it is resent', async ({ mails, browser }) => {
  const backend = await startBackend('--smtp', mails.url);
  const manager = await openContext(browser, backend.url);
  await openAs(manager.page, MAUD);
  const user = await invite(manager.page, 'late@velobikes.example', 'Velo Bikes', 'agent', { expires_in_days: 1 });
  const link = atBackend(linkIn(await mails.waitFor('late@velobikes.example')), backend);
  const late = await openContext(browser, backend.url);
  await late.page.goto(link);
  await expect(heading(late.page, 'Join Velo Bikes')).toBeVisible();
  await late.page.getByRole('textbox', { name: 'Your name' }).fill('Late Comer');

  // Leaves the page, which would otherwise reconnect while the backend is down and log errors.
  await manager.page.goto('about:blank');
  await backend.restartAhead(25 * 60);
  await late.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(heading(late.page, 'This link no longer works')).toBeVisible();
  await manager.page.goto(`${backend.url}/users/${user}`);
  const panel = manager.page.getByRole('region', { name: /late@velobikes\.example/ });
  await expect(panel.getByText('Expired').first()).toBeVisible();
  await panel.getByRole('button', { name: 'Resend' }).click();
  const newLink = atBackend(linkIn(await mails.waitFor('late@velobikes.example', 2)), backend);
  await late.page.goto('about:blank');
  await late.page.goto(newLink);
  await late.page.getByRole('textbox', { name: 'Your name' }).fill('Late Comer');
  await late.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(accountButton(late.page, 'Late Comer')).toBeVisible();
  await late.close();
  await manager.close();
  await backend.stop();
});

test('copies, resends and revokes an invitation, also without clipboard access', async ({
  page,
  backend,
  browser,
  mails,
}) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'panel@velobikes.example', 'Velo Bikes');
  await mails.waitFor('panel@velobikes.example');
  // If the browser blocks the clipboard, the page shows the link.
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { write: () => Promise.reject(new Error('refused')) } });
  });
  await page.getByRole('searchbox', { name: 'Search users' }).fill('panel@velobikes');
  await page.getByRole('button', { name: /^Copy invitation link for .*panel@velobikes\.example/ }).click();
  const linkField = page.getByRole('dialog', { name: /^Invitation link for/ }).getByRole('textbox', { name: 'Link' });
  const link = atBackend(await linkField.inputValue(), backend);
  const opened = await openContext(browser, backend.url);
  await opened.page.goto(link);
  await expect(heading(opened.page, 'Join Velo Bikes')).toBeVisible();

  await page.goto(`/users/${user}`);
  const panel = page.getByRole('region', { name: /panel@velobikes\.example/ });
  await panel.getByRole('button', { name: 'Resend' }).click();
  const newLink = atBackend(linkIn(await mails.waitFor('panel@velobikes.example', 2)), backend);
  await panel.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke invitation' }).click();
  await expect(page.getByText(/Invitation for .* revoked/).first()).toBeAttached();
  for (const revokedLink of [link, newLink]) {
    await opened.page.goto('about:blank');
    await opened.page.goto(revokedLink);
    await expect(heading(opened.page, 'This link no longer works')).toBeVisible();
  }
  await opened.close();
});

test('an existing user signs in first and then joins', async ({ page, backend, browser, mails }) => {
  // Ingrid does not see Thijs, who works in another environment. To her he is a new user.
  await openAs(page, INGRID);
  const user = await invite(page, 'thijs@velobikes.example', 'City Clinic', 'analyst');
  expect(await callApi(page, 'GET', `/users/${user}`)).toMatchObject({ status: 'invited', name: null });
  const link = atBackend(linkIn(await mails.waitFor('thijs@velobikes.example')), backend);

  const thijs = await openContext(browser, backend.url);
  await thijs.page.goto(link);
  await nameField(thijs.page).fill('Not Thijs');
  await joinButton(thijs.page).click();
  await expect(heading(thijs.page, 'One more step: sign in')).toBeVisible();
  await expect(thijs.page.getByText('thijs@velobikes.example already has an account')).toBeVisible();
  const signIn = atBackend(linkIn(await mails.waitFor('thijs@velobikes.example', 2)), backend);
  expect(new URL(signIn).pathname).toBe('/sign-in');

  // The sign-in link opens in another tab and continues there. The first tab is notified.
  const tab = await thijs.page.context().newPage();
  await tab.goto(signIn);
  await expect(heading(tab, 'Join City Clinic')).toBeVisible();
  await expect(tab.getByText('You’ll join as Thijs van den Berg.')).toBeVisible();
  await expect(nameField(tab)).toHaveCount(0);
  await expect(heading(thijs.page, 'Join City Clinic')).toBeVisible();
  await joinButton(tab).click();
  await expect(accountButton(tab, 'Thijs van den Berg')).toBeVisible();
  const session = await (await tab.request.get('/api/v1/session')).json();
  expect(session.nodes).toHaveLength(2);
  // The first tab continues as well.
  await joinButton(thijs.page).click();
  await expect(accountButton(thijs.page, 'Thijs van den Berg')).toBeVisible();
  await thijs.close();
});

test('a user who is signed in to another account is warned, and joins as the invited user', async ({
  page,
  backend,
  mails,
}) => {
  await openAs(page, MAUD);
  await invite(page, 'other@velobikes.example', 'Velo Bikes');
  const link = atBackend(linkIn(await mails.waitFor('other@velobikes.example')), backend);
  await page.goto(link);
  await expect(
    page.getByText('You’re signed in as Maud Jansen, but this invitation is for other@velobikes.example'),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Stay signed in as Maud Jansen' }).click();
  await expect(accountButton(page, MAUD)).toBeVisible();
  await page.goto('/join');
  await nameField(page).fill('Otto Herr');
  await joinButton(page).click();
  await expect(accountButton(page, 'Otto Herr')).toBeVisible();
});

test('keeps the typed name after a network error, and joins on retry', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'slow@velobikes.example', 'Velo Bikes');
  const link = await copiedLink(page, user, backend);
  const slow = await openContext(browser, backend.url);
  await slow.page.goto(link);
  await slow.page.route('**/invitations/accept', (route) => route.abort('connectionaborted'), { times: 1 });
  await nameField(slow.page).fill('Sam Low');
  await joinButton(slow.page).click();
  await expect(slow.page.getByRole('alert').filter({ hasText: 'Can’t reach the server' })).toBeVisible();
  await expect(nameField(slow.page)).toHaveValue('Sam Low');
  await joinButton(slow.page).click();
  await expect(accountButton(slow.page, 'Sam Low')).toBeVisible();
  await slow.close();
});

test('uses the language of the invitation unless the user chooses another', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'taal@velobikes.example', 'Velo Bikes', 'operator', { locale: 'nl' });
  const link = await copiedLink(page, user, backend);
  const taal = await openContext(browser, backend.url);
  await taal.page.goto(link);
  await expect(heading(taal.page, 'Deelnemen aan Velo Bikes')).toBeVisible();
  await expect(taal.page.locator('html')).toHaveAttribute('lang', 'nl');
  await taal.page
    .getByRole('contentinfo')
    .getByRole('button', { name: /Nederlands/ })
    .click();
  await taal.page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(heading(taal.page, 'Join Velo Bikes')).toBeVisible();
  await nameField(taal.page).fill('Tia Al');
  await joinButton(taal.page).click();
  await expect(accountButton(taal.page, 'Tia Al')).toBeVisible();
  expect((await callApi<{ user: { locale: string } }>(taal.page, 'GET', '/session')).user.locale).toBe('en');
  await taal.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 320, height: 640 },
  ]) {
    test(`is accessible and does not overflow: ${colorScheme}, ${viewport.width} px`, async ({
      page,
      backend,
      browser,
    }) => {
      await openAs(page, MAUD);
      const user = await invite(
        page,
        `fit${viewport.width}${colorScheme}@velobikes.example`,
        'Velo Bikes',
        'operator',
        { message: 'Welcome!' },
      );
      const link = await copiedLink(page, user, backend);
      const guest = await openContext(browser, backend.url, { colorScheme, viewport });
      for (const [url, title] of [
        [link, 'Join Velo Bikes'],
        [`${backend.url}/join#no-such-token`, 'This link no longer works'],
      ] as const) {
        await guest.page.goto('about:blank');
        await guest.page.goto(url);
        await expect(heading(guest.page, title)).toBeVisible();
        await expectAccessible(guest.page);
        expect(await guest.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
          0,
        );
      }
      await guest.close();
    });
  }
}
