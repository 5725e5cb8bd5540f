import type { Browser } from '@playwright/test';
import { type Backend, startBackend } from '../support/backend.ts';
import { linkIn, type MailServer, startMailServer } from '../support/mail.ts';
import {
  accountOf,
  test as base,
  expect,
  expectAccessible,
  INGRID,
  listen,
  MAUD,
  openAs,
  type Page,
  userNames,
} from '../support/test.ts';

/** The backend of these tests hands its mail to a mail server. */
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
      const backend = await startBackend('--smtp', mails.url);
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
});

/** Asks the backend as whoever is signed in on a page. */
async function ask<T>(page: Page, method: string, path: string, data?: object): Promise<T> {
  const answer = await page.request.fetch(`/api/v1${path}`, {
    method,
    data,
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  });
  expect(answer.ok(), `${method} ${path}: ${answer.status()}`).toBe(true);
  return (answer.status() === 204 ? null : await answer.json()) as T;
}

/** Invites somebody, by the backend's own call. */
async function invite(page: Page, email: string, node: string, role = 'agent', more: object = {}): Promise<string> {
  const nodes = await ask<{ id: string; name: string }[]>(page, 'GET', '/nodes');
  const node_id = nodes.find((one) => one.name === node)?.id;
  await ask(page, 'POST', '/invitations', {
    emails: [email],
    grants: [{ node_id, roles: [role] }],
    locale: 'en',
    ...more,
  });
  const search = `/users?search=${encodeURIComponent(email)}`;
  const [user] = (await ask<{ items: { id: string }[] }>(page, 'GET', search)).items;
  if (!user) throw new Error(`The list has no user ${email}.`);
  return user.id;
}

/** A link at the address that the tests know the backend by: cookies are of one host. */
function here(link: string, backend: Backend): string {
  const { pathname, hash } = new URL(link);
  return `${backend.url}${pathname}${hash}`;
}

const copiedLink = async (page: Page, user: string, backend: Backend): Promise<string> =>
  here((await ask<{ url: string }>(page, 'POST', `/users/${user}/invitation/link`)).url, backend);

/** A browser of somebody else, in which nothing may go wrong unseen. */
async function another(
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
  const problems = await listen(context);
  return {
    page: await context.newPage(),
    async close() {
      await context.close();
      expect(problems).toEqual([]);
    },
  };
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
const nameField = (page: Page) => page.getByRole('textbox', { name: 'Your name' });
const join = (page: Page) => page.getByRole('button', { name: 'Join', exact: true });

test('from a pasted list to colleagues at work', async ({ page, browser, backend, mails }) => {
  test.slow();
  // A manager invites three people to an environment that nobody of its own manages.
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
  await expect(dialog.getByText('Polder Energy: no Organisation Manager yet.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Welcome aboard! <b>Ask me</b>.');
  await dialog.getByRole('button', { name: 'Send 3 invitations' }).click();
  await page
    .getByRole('dialog', { name: 'Send without an Organisation Manager?' })
    .getByRole('button', { name: 'Add role and send' })
    .click();
  await expect(page.getByText('3 invitations are on their way')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search users' }).fill('polder.example');
  await expect(userNames(page).filter({ hasText: 'anouk@polder.example' })).toContainText(
    'Invited by you, 14 days left',
  );

  // Each gets a mail of their own, as text and as HTML.
  const mail = await mails.waitFor('anouk@polder.example');
  await mails.waitFor('rik@polder.example');
  await mails.waitFor('freja@polder.example');
  expect(mail.subject).toBe('Maud Jansen invites you to Polder Energy');
  expect(mail.plain).toContain('> Welcome aboard! <b>Ask me</b>.');
  expect(mail.html).toContain('Welcome aboard! &lt;b&gt;Ask me&lt;/b&gt;.');
  expect(mail.html).toContain(linkIn(mail));
  expect(new URL(linkIn(mail)).hash.length).toBeGreaterThan(40);

  // The first opens the link, reloads, looks around, and joins.
  const anouk = await another(browser, backend.url);
  await anouk.page.goto(here(linkIn(mail), backend));
  await expect(heading(anouk.page, 'Join Polder Energy')).toBeVisible();
  await expect(anouk.page).toHaveURL('/join');
  await anouk.page.reload();
  await expect(heading(anouk.page, 'Join Polder Energy')).toBeVisible();
  await expect(anouk.page.getByText('Maud Jansen invites you as')).toBeVisible();
  await expect(anouk.page.getByText('Organisation Manager', { exact: true })).toBeVisible();
  await expect(anouk.page.getByText('Welcome aboard! <b>Ask me</b>.')).toBeVisible();
  await join(anouk.page).click();
  await expect(nameField(anouk.page)).toBeFocused();
  await expect(anouk.page.getByText('Enter your name.')).toBeVisible();
  await nameField(anouk.page).fill('Anouk Meijer');
  await join(anouk.page).dblclick();
  await expect(accountOf(anouk.page, 'Anouk Meijer')).toBeVisible();
  await expect(anouk.page).toHaveURL('/users');
  await expect(userNames(anouk.page).first()).toBeVisible();

  // Whoever invited her is told, by mail and on the page.
  expect((await mails.waitFor('maud@northwind.example')).subject).toBe('Anouk Meijer has joined');
  await expect(userNames(page).filter({ hasText: 'Anouk Meijer' })).toBeVisible();

  // She invites a colleague, who joins by a copied link.
  await anouk.page.getByRole('button', { name: 'Invite users' }).click();
  const hers = anouk.page.getByRole('dialog', { name: 'Invite users' });
  await hers.getByRole('textbox', { name: 'E-mail addresses' }).fill('bo@polder.example');
  await expect(hers.getByRole('button', { name: 'Environments: Polder Energy' })).toBeVisible();
  await hers.getByRole('checkbox', { name: 'Agent' }).check();
  await hers.getByRole('button', { name: 'Send 1 invitation' }).click();
  await expect(hers).toHaveCount(0);
  await anouk.page.getByRole('searchbox', { name: 'Search users' }).fill('bo@polder');
  await anouk.page.getByRole('button', { name: /^Copy invitation link for .*bo@polder\.example/ }).click();
  await expect(anouk.page.getByText(/Invitation link for .*bo@polder\.example.* copied/).first()).toBeAttached();
  const copied = here(await anouk.page.evaluate(() => navigator.clipboard.readText()), backend);
  const bo = await another(browser, backend.url);
  await bo.page.goto(copied);
  await nameField(bo.page).fill('Bo Smit');
  await nameField(bo.page).press('Enter');
  await expect(accountOf(bo.page, 'Bo Smit')).toBeVisible();
  await expect(bo.page).toHaveURL('/inbox');
  await expect(userNames(anouk.page).filter({ hasText: 'Bo Smit' })).toBeVisible();

  // A link works once, and the others are of no use to her.
  await bo.page.goto(copied);
  await expect(heading(bo.page, 'This link no longer works')).toBeVisible();
  await anouk.close();
  await bo.close();
});

test('opening a link changes nothing, and a page left open keeps it', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'idle@velobikes.example', 'Velo Bikes');
  const link = await copiedLink(page, user, backend);
  const idle = await another(browser, backend.url);
  for (let times = 0; times < 10; times += 1) {
    await idle.page.goto('about:blank');
    await idle.page.goto(link);
    await expect(heading(idle.page, 'Join Velo Bikes')).toBeVisible();
  }
  expect((await ask<{ status: string }>(page, 'GET', `/users/${user}`)).status).toBe('invited');
  await nameField(idle.page).fill('Ida Le');
  await join(idle.page).click();
  await expect(accountOf(idle.page, 'Ida Le')).toBeVisible();
  await idle.close();
});

test('a revoked, an expired and a replaced link say the same, and how to get another', async ({
  page,
  backend,
  browser,
  mails,
}) => {
  await openAs(page, MAUD);
  const dead = await another(browser, backend.url);
  const revoked = await invite(page, 'revoked@velobikes.example', 'Velo Bikes');
  const link = await copiedLink(page, revoked, backend);
  await ask(page, 'DELETE', `/users/${revoked}/invitation`);
  const replaced = await invite(page, 'replaced@velobikes.example', 'Velo Bikes');
  const first = here(linkIn(await mails.waitFor('replaced@velobikes.example')), backend);
  await ask(page, 'POST', `/users/${replaced}/invitation/resend`);
  const second = here(linkIn(await mails.waitFor('replaced@velobikes.example', 2)), backend);
  expect(second).not.toBe(first);

  const texts: string[] = [];
  for (const url of [link, first, `${backend.url}/join#nothing-that-ever-was`, `${backend.url}/join`]) {
    await dead.page.goto('about:blank');
    await dead.page.goto(url);
    await expect(heading(dead.page, 'This link no longer works')).toBeVisible();
    texts.push(await dead.page.getByRole('main').innerText());
  }
  expect(new Set(texts).size).toBe(1);
  await expect(dead.page.getByText('Ask whoever invited you')).toBeVisible();
  await dead.page.goto(second);
  await expect(heading(dead.page, 'Join Velo Bikes')).toBeVisible();
  await dead.page.goto(`${backend.url}/join#nothing`);
  await dead.page.getByRole('link', { name: 'Sign in' }).click();
  await expect(dead.page).toHaveURL('/sign-in');
  await dead.close();

  // An invitation that has expired has no link to copy; it is sent again from its row.
  await page.goto('/users?search=kim@velobikes.example');
  await expect(userNames(page).first()).toContainText('Invitation expired');
  const copy = page.getByRole('button', { name: /^Copy invitation link for .*kim@velobikes\.example/ });
  await expect(copy).toHaveAttribute('aria-disabled', 'true');
  await expect(copy).toHaveAccessibleDescription('This invitation has expired. Send it again first.');
});

test('an expired link says the same, and is as good as new once the invitation is sent again', async ({
  mails,
  browser,
}) => {
  const backend = await startBackend('--smtp', mails.url);
  const manager = await another(browser, backend.url);
  await openAs(manager.page, MAUD);
  const user = await invite(manager.page, 'late@velobikes.example', 'Velo Bikes', 'agent', { expires_in_days: 1 });
  const link = here(linkIn(await mails.waitFor('late@velobikes.example')), backend);
  const late = await another(browser, backend.url);
  await late.page.goto(link);
  await expect(heading(late.page, 'Join Velo Bikes')).toBeVisible();
  await late.page.getByRole('textbox', { name: 'Your name' }).fill('Late Comer');

  // Whose page stays would ask for news of a backend that is not there.
  await manager.page.goto('about:blank');
  await backend.restartAhead(25 * 60);
  await late.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(heading(late.page, 'This link no longer works')).toBeVisible();
  await manager.page.goto(`${backend.url}/users/${user}`);
  const panel = manager.page.getByRole('region', { name: /late@velobikes\.example/ });
  await expect(panel.getByText('Expired').first()).toBeVisible();
  await panel.getByRole('button', { name: 'Send again' }).click();
  const again = here(linkIn(await mails.waitFor('late@velobikes.example', 2)), backend);
  await late.page.goto('about:blank');
  await late.page.goto(again);
  await late.page.getByRole('textbox', { name: 'Your name' }).fill('Late Comer');
  await late.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(accountOf(late.page, 'Late Comer')).toBeVisible();
  await late.close();
  await manager.close();
  await backend.stop();
});

test('an invitation is copied, sent again and revoked in the panel, also where the clipboard refuses', async ({
  page,
  backend,
  browser,
  mails,
}) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'panel@velobikes.example', 'Velo Bikes');
  await mails.waitFor('panel@velobikes.example');
  // A browser that lets nothing be copied shows the link, to be copied by hand.
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { write: () => Promise.reject(new Error('refused')) } });
  });
  await page.getByRole('searchbox', { name: 'Search users' }).fill('panel@velobikes');
  await page.getByRole('button', { name: /^Copy invitation link for .*panel@velobikes\.example/ }).click();
  const byHand = page.getByRole('dialog', { name: /^Invitation link for/ }).getByRole('textbox', { name: 'Link' });
  const link = here(await byHand.inputValue(), backend);
  const opened = await another(browser, backend.url);
  await opened.page.goto(link);
  await expect(heading(opened.page, 'Join Velo Bikes')).toBeVisible();

  await page.goto(`/users/${user}`);
  const panel = page.getByRole('region', { name: /panel@velobikes\.example/ });
  await panel.getByRole('button', { name: 'Send again' }).click();
  const again = here(linkIn(await mails.waitFor('panel@velobikes.example', 2)), backend);
  await panel.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke invitation' }).click();
  await expect(page.getByText(/The invitation of .* is revoked/).first()).toBeAttached();
  for (const dead of [link, again]) {
    await opened.page.goto('about:blank');
    await opened.page.goto(dead);
    await expect(heading(opened.page, 'This link no longer works')).toBeVisible();
  }
  await opened.close();
});

test('whoever has an account signs in first, and is led on to join', async ({ page, backend, browser, mails }) => {
  // Ingrid does not see Thijs, who works elsewhere: to her he is somebody new.
  await openAs(page, INGRID);
  const user = await invite(page, 'thijs@velobikes.example', 'City Clinic', 'analyst');
  expect(await ask(page, 'GET', `/users/${user}`)).toMatchObject({ status: 'invited', name: null });
  const link = here(linkIn(await mails.waitFor('thijs@velobikes.example')), backend);

  const thijs = await another(browser, backend.url);
  await thijs.page.goto(link);
  await nameField(thijs.page).fill('Not Thijs');
  await join(thijs.page).click();
  await expect(heading(thijs.page, 'One more step: sign in')).toBeVisible();
  await expect(thijs.page.getByText('thijs@velobikes.example has an account already')).toBeVisible();
  const signIn = here(linkIn(await mails.waitFor('thijs@velobikes.example', 2)), backend);
  expect(new URL(signIn).pathname).toBe('/sign-in');

  // The mailed link opens in another tab; there it goes on, and the first tab hears of it too.
  const tab = await thijs.page.context().newPage();
  await tab.goto(signIn);
  await expect(heading(tab, 'Join City Clinic')).toBeVisible();
  await expect(tab.getByText('You join as Thijs van den Berg.')).toBeVisible();
  await expect(nameField(tab)).toHaveCount(0);
  await expect(heading(thijs.page, 'Join City Clinic')).toBeVisible();
  await join(tab).click();
  await expect(accountOf(tab, 'Thijs van den Berg')).toBeVisible();
  const session = await (await tab.request.get('/api/v1/session')).json();
  expect(session.nodes).toHaveLength(2);
  // The first tab, which was left behind, leads on as well.
  await join(thijs.page).click();
  await expect(accountOf(thijs.page, 'Thijs van den Berg')).toBeVisible();
  await thijs.close();
});

test('whoever is signed in as somebody else is told, and joins as who is invited', async ({ page, backend, mails }) => {
  await openAs(page, MAUD);
  await invite(page, 'other@velobikes.example', 'Velo Bikes');
  const link = here(linkIn(await mails.waitFor('other@velobikes.example')), backend);
  await page.goto(link);
  await expect(
    page.getByText('You are signed in as Maud Jansen. This invitation is for other@velobikes.example'),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Stay Maud Jansen' }).click();
  await expect(accountOf(page, MAUD)).toBeVisible();
  await page.goto('/join');
  await nameField(page).fill('Otto Herr');
  await join(page).click();
  await expect(accountOf(page, 'Otto Herr')).toBeVisible();
});

test('nothing typed is lost where the network is, and what was done all the same is not lost either', async ({
  page,
  backend,
  browser,
}) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'slow@velobikes.example', 'Velo Bikes');
  const link = await copiedLink(page, user, backend);
  const slow = await another(browser, backend.url);
  await slow.page.goto(link);
  await slow.page.route('**/invitations/accept', (route) => route.abort('connectionaborted'), { times: 1 });
  await nameField(slow.page).fill('Sam Low');
  await join(slow.page).click();
  await expect(slow.page.getByRole('alert').filter({ hasText: 'cannot be reached' })).toBeVisible();
  await expect(nameField(slow.page)).toHaveValue('Sam Low');
  await join(slow.page).click();
  await expect(accountOf(slow.page, 'Sam Low')).toBeVisible();
  await slow.close();
});

test('the page speaks the invitation’s language, unless another was chosen', async ({ page, backend, browser }) => {
  await openAs(page, MAUD);
  const user = await invite(page, 'taal@velobikes.example', 'Velo Bikes', 'operator', { locale: 'nl' });
  const link = await copiedLink(page, user, backend);
  const taal = await another(browser, backend.url);
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
  await join(taal.page).click();
  await expect(accountOf(taal.page, 'Tia Al')).toBeVisible();
  expect((await ask<{ user: { locale: string } }>(taal.page, 'GET', '/session')).user.locale).toBe('en');
  await taal.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 320, height: 640 },
  ]) {
    test(`is accessible and fits: ${colorScheme}, ${viewport.width} wide`, async ({ page, backend, browser }) => {
      await openAs(page, MAUD);
      const user = await invite(
        page,
        `fit${viewport.width}${colorScheme}@velobikes.example`,
        'Velo Bikes',
        'operator',
        { message: 'Welcome!' },
      );
      const link = await copiedLink(page, user, backend);
      const shown = await another(browser, backend.url, { colorScheme, viewport });
      for (const [url, title] of [
        [link, 'Join Velo Bikes'],
        [`${backend.url}/join#dead`, 'This link no longer works'],
      ] as const) {
        await shown.page.goto('about:blank');
        await shown.page.goto(url);
        await expect(heading(shown.page, title)).toBeVisible();
        await expectAccessible(shown.page);
        expect(await shown.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
          0,
        );
      }
      await shown.close();
    });
  }
}
