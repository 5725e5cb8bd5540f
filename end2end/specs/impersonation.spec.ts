import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startBackend } from '../support/backend.ts';
import {
  accountButton,
  CHARLOTTE,
  expect,
  expectAccessible,
  FEMKE,
  INGRID,
  type Locator,
  MAUD,
  openAs,
  openPalette,
  type Page,
  test,
  userNames,
  usersTable,
} from '../support/test.ts';

const REASON = 'Ticket 4812, no sound for new chats';

const banner = (page: Page): Locator => page.getByRole('complementary', { name: /^Viewing as/ });
const viewButton = (page: Page, name: string): Locator =>
  page.getByRole('button', { name: `View as ${name}`, exact: true });
const sections = (page: Page): Locator => page.getByRole('navigation', { name: 'Studio' });
const endedAlert = (page: Page): Locator => page.getByRole('alert').filter({ hasText: 'no longer viewing as' });

/** Fills in the dialog and starts the view. */
async function startView(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: `View as ${name}` });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(REASON);
  await dialog.getByRole('button', { name: 'Start view' }).click();
  await expect(banner(page)).toBeVisible();
  await expect(dialog).toBeHidden();
}

/** Starts a view as the user with this address, from their row. */
async function viewAs(page: Page, email: string, name = email): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search users' }).fill(email);
  await expect(userNames(page)).toHaveCount(1);
  await viewButton(page, name).click();
  await startView(page, name);
}

/** Returns the view that the tab's session storage holds. */
const storedView = (page: Page): Promise<{ id: string } | null> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('studio-users.view') ?? 'null') as { id: string } | null);

/** Sends a request from the page's own script. */
async function call(page: Page, method: string, url: string, body?: object, headers: Record<string, string> = {}) {
  return page.evaluate(
    async ([method, url, body, headers]) => {
      const json = body ? JSON.stringify(body) : undefined;
      const response = await fetch(url, {
        method,
        body: json,
        headers: { 'Content-Type': 'application/json', ...headers },
      });
      const text = await response.text();
      return { status: response.status, etag: response.headers.get('ETag'), body: text ? JSON.parse(text) : null };
    },
    [method, url, body, headers] as const,
  );
}

interface User {
  id: string;
  email: string;
}

/** Returns the user with this address, as the signed-in user sees them. */
async function userByEmail(page: Page, email: string): Promise<User> {
  const { body } = await call(page, 'GET', `/api/v1/users?search=${encodeURIComponent(email)}`);
  const user = (body as { items: User[] }).items.find((item) => item.email === email);
  if (!user) throw new Error(`There is no user ${email}.`);
  return user;
}

/** Assigns roles to a user at a node and returns the roles that were assigned before. */
async function assign(page: Page, user: User, node: string, roles: string[]): Promise<string[]> {
  const nodes = (await call(page, 'GET', '/api/v1/nodes')).body as { id: string; name: string }[];
  const id = nodes.find(({ name }) => name === node)?.id ?? '';
  const access = await call(page, 'GET', `/api/v1/users/${user.id}/access`);
  const before = (access.body as { nodes: { node_id: string; assigned: string[] | null }[] }).nodes;
  const changes = [{ node_id: id, roles }];
  const response = await call(
    page,
    'PATCH',
    `/api/v1/users/${user.id}/access`,
    { changes },
    { 'If-Match': access.etag ?? '' },
  );
  expect(response.status).toBe(200);
  return before.find(({ node_id }) => node_id === id)?.assigned ?? [];
}

test('a view shows an agent’s studio, and exiting restores the row, scroll position and focus', async ({ page }) => {
  await openAs(page, MAUD, '/users?sort=email');
  await expect(userNames(page).first()).toBeVisible();
  const list = usersTable(page).locator('.users-table__body');
  await list.evaluate((list) => list.scrollBy(0, 2_000));
  await expect(usersTable(page).locator('[aria-rowindex="2"]'), 'the first row is no longer rendered').toHaveCount(0);
  const rows = usersTable(page).getByRole('row').filter({ hasText: 'Active' }).filter({ hasText: 'Agent' });
  const mail = await rows
    .filter({ has: page.locator('[data-action=view-as]:not([aria-disabled])') })
    .nth(2)
    .locator('.person__mail')
    .innerText();
  // The address identifies the row, because two users may share a name.
  const row = rows.filter({ has: page.getByText(mail.trim(), { exact: true }) });
  const name = (await row.getByRole('link').innerText()).trim();
  const start = row.getByRole('button', { name: `View as ${name}`, exact: true });
  await start.click();
  const scrolled = await list.evaluate((list) => list.scrollTop);
  expect(scrolled).toBeGreaterThan(1_000);
  await startView(page, name);

  await expect(banner(page)).toContainText(`Viewing as ${name}`);
  await expect(banner(page)).toContainText('Read-only');
  await expect(banner(page)).toContainText(`Reason: ${REASON}`);
  await expect(banner(page).getByRole('timer')).toContainText(/(30|29):\d\d left/);
  await expect(page).toHaveTitle(new RegExp(`^Viewing as ${name} · `));
  await expect(accountButton(page, name)).toBeVisible();
  await expect(sections(page).getByRole('link', { name: 'Inbox' })).toBeVisible();
  await expect(page.getByRole('heading', { name: new RegExp(`^In .*, ${name} can$`) })).toBeVisible();
  const hiddenSections = sections(page).getByRole('group', { name: 'Hidden for this user' });
  const users = hiddenSections.getByRole('link', { name: 'Users' });
  await expect(users).toHaveAttribute('aria-disabled', 'true');
  await users.focus();
  await expect(users).toBeFocused();
  await expect(users).toHaveAccessibleDescription(/Requires Organisation Manager/);
  expect(page.url()).not.toContain((await storedView(page))?.id ?? 'no stored view');

  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(banner(page)).toBeHidden();
  await expect(page).toHaveURL(/\/users\?sort=email$/);
  await expect(start).toBeFocused();
  expect(await list.evaluate((list) => list.scrollTop)).toBe(scrolled);
  await expect(accountButton(page, MAUD)).toBeVisible();
  await expect(page).toHaveTitle(/^Users/);
  expect(await storedView(page)).toBeNull();
});

test('a view as an invited user shows the studio after joining', async ({ page }) => {
  // The search is in the URL: a row that a typed search is about to hide could be resolved, and then not be clickable.
  await openAs(page, MAUD, '/users?search=nora%40clinic.example');
  await viewButton(page, 'nora@clinic.example').click();
  const dialog = page.getByRole('dialog', { name: 'View as nora@clinic.example' });
  await expect(dialog).toContainText('will see it after joining');
  await expect(dialog.getByRole('listitem').filter({ hasText: 'City Clinic' })).toContainText('after joining');
  await startView(page, 'nora@clinic.example');
  await expect(banner(page)).toContainText('Will be Planner in City Clinic');
  await expect(sections(page).getByRole('link', { name: 'Planning' })).toBeVisible();
  await expect(
    page.getByRole('heading', { name: 'In City Clinic, nora@clinic.example will be able to' }),
  ).toBeVisible();
});

test('rejects every mutating operation inside a view, and records each attempt', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'bram@velobikes.example', 'Bram Kuipers');
  await expect(userNames(page).first()).toBeVisible();
  const { id } = (await storedView(page)) ?? { id: '' };
  const someone = await userByEmail(page, 'thijs@velobikes.example');
  const before = await call(page, 'GET', `/api/v1/users/${someone.id}/access`);

  type Operations = Record<string, { 'x-changes'?: boolean }>;
  const contract = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../openapi.json'), 'utf8')) as {
    paths: Record<string, Operations>;
  };
  const mutations = Object.entries(contract.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(
        ([method, { 'x-changes': changes }]) => changes && !(method === 'delete' && path === '/api/v1/views/{id}'),
      )
      .map(([method]) => [method.toUpperCase(), path] as const),
  );
  expect(mutations.length).toBeGreaterThan(10);
  for (const [method, path] of mutations) {
    const body = method === 'DELETE' ? undefined : {};
    const response = await call(page, method, path.replace('{id}', someone.id), body, { 'Studio-View': id });
    expect(response, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'view_is_read_only' } });
  }
  expect((await call(page, 'GET', `/api/v1/users/${someone.id}/access`)).body).toEqual(before.body);

  // The page disables its buttons as well.
  const reason = 'Not available while you’re viewing as someone else.';
  const invite = page.getByRole('button', { name: 'Invite users' });
  for (const control of [invite, usersTable(page).locator('[data-action=remove]').first()]) {
    await expect(control).toHaveAttribute('aria-disabled', 'true');
    await expect(control).toHaveAccessibleDescription(reason);
    await control.focus();
    await page.keyboard.press('Enter');
    await expect(control).toBeFocused();
  }
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await accountButton(page, 'Bram Kuipers').click();
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');

  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(accountButton(page, MAUD)).toBeVisible();
  for (const email of ['bram@velobikes.example', 'maud@northwind.example']) {
    const user = await userByEmail(page, email);
    await page.goto(`/users/${user.id}?tab=audit-log`);
    const log = page.getByRole('tabpanel');
    const entry = log.getByRole('listitem').filter({ hasText: 'changing roles' });
    await expect(entry).toContainText('tried to make a change while viewing as Bram Kuipers');
    await expect(entry).toHaveAttribute('data-kind', 'view');
    await expect(log.getByRole('listitem').filter({ hasText: 'stopped viewing as' }).first()).toContainText(
      /min, exited/,
    );
    await expect(log.getByRole('listitem').filter({ hasText: 'started viewing as' }).first()).toContainText(REASON);
  }
});

test('a view belongs to one tab, and survives a reload', async ({ page, context }) => {
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'bram@velobikes.example', 'Bram Kuipers');
  await page.reload();
  await expect(banner(page)).toContainText('Viewing as Bram Kuipers');
  await expect(banner(page)).toContainText(REASON);
  await expect(banner(page).getByRole('timer')).toContainText(/(30|29):\d\d left/);

  // A second tab at the same URL has no view.
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(accountButton(second, MAUD)).toBeVisible();
  await expect(banner(second)).toBeHidden();

  // A duplicated tab starts with a copy of this tab's session storage.
  const opened = context.waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const duplicate = await opened;
  await expect(accountButton(duplicate, MAUD)).toBeVisible();
  await expect(banner(duplicate)).toBeHidden();
  expect(await storedView(duplicate)).toBeNull();
  await expect(duplicate.getByRole('button', { name: 'Invite users' })).not.toHaveAttribute('aria-disabled', 'true');

  await expect(banner(page)).toBeVisible();
  await page.reload();
  await expect(banner(page)).toBeVisible();
  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(page).toHaveURL(/search=bram/);
  await expect(viewButton(page, 'Bram Kuipers')).toBeFocused();
});

test('a view ends with a message when the viewed user becomes an administrator', async ({ page, browser, baseURL }) => {
  await openAs(page, INGRID, '/users');
  await viewAs(page, 'emil@clinic.example', 'Emil Håkansson');
  await page.getByRole('link', { name: 'CRM' }).click();

  const other = await browser.newContext({ baseURL: baseURL ?? '' });
  const administrator = await other.newPage();
  await openAs(administrator, CHARLOTTE, '/users');
  const emil = await userByEmail(administrator, 'emil@clinic.example');
  const before = await assign(administrator, emil, 'City Clinic', ['administrator']);
  await expect(endedAlert(page)).toContainText('You’re no longer viewing as Emil Håkansson.');
  await expect(endedAlert(page)).toContainText('You may no longer view as this user');
  await expect(banner(page)).toBeHidden();
  await expect(accountButton(page, INGRID)).toBeVisible();
  await expect(page).toHaveURL(/\/users\?search=emil/);
  await endedAlert(page).getByRole('button', { name: 'Close' }).click();
  await expect(endedAlert(page)).toBeHidden();
  await assign(administrator, emil, 'City Clinic', before);
  await other.close();
});

test('a view ends with a message when the manager is demoted', async ({ page, browser, backend, baseURL }) => {
  await page.goto(await backend.signInLink('bram@velobikes.example'));
  await expect(accountButton(page, 'Bram Kuipers')).toBeVisible();
  await page.getByRole('link', { name: 'Users' }).click();
  await viewAs(page, 'thijs@velobikes.example', 'Thijs van den Berg');

  const other = await browser.newContext({ baseURL: baseURL ?? '' });
  const administrator = await other.newPage();
  await openAs(administrator, CHARLOTTE, '/users');
  const bram = await userByEmail(administrator, 'bram@velobikes.example');
  const before = await assign(administrator, bram, 'Velo Bikes', ['agent']);
  await expect(endedAlert(page)).toContainText('You’re no longer viewing as Thijs van den Berg.');
  await expect(page.getByRole('heading', { name: 'You don’t manage any users' })).toBeVisible();
  await expect(accountButton(page, 'Bram Kuipers')).toBeVisible();
  await assign(administrator, bram, 'Velo Bikes', before);
  await other.close();
});

test('a view ends with a message after 30 minutes', async ({ browser }) => {
  const backend = await startBackend();
  const context = await browser.newContext({ baseURL: backend.url, locale: 'en-GB' });
  const page = await context.newPage();
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'femke@harborbank.example', 'Femke Hoekstra');
  await backend.restartAhead(29);
  await page.reload();
  await expect(banner(page)).toBeVisible();
  // Leaves the page. An open page would notice the end itself and could show the message before the reload does.
  const url = page.url();
  await page.goto('about:blank');
  await backend.restartAhead(31);
  await page.goto(url);
  await expect(endedAlert(page)).toContainText('You’re no longer viewing as Femke Hoekstra.');
  await expect(accountButton(page, MAUD)).toBeVisible();
  await expect(banner(page)).toBeHidden();
  await context.close();
  await backend.stop();
});

test('signing out in another tab ends the view', async ({ page, context }) => {
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'femke@harborbank.example', FEMKE);
  const second = await context.newPage();
  await second.goto('/users');
  await accountButton(second, MAUD).click();
  await second.getByRole('menuitem', { name: 'Sign out' }).click();
  const signInAgain = page.getByRole('dialog', { name: /Sign in again/ });
  await expect(signInAgain).toBeVisible();
  await signInAgain.getByRole('button', { name: MAUD }).click();
  await expect(endedAlert(page)).toContainText(`You’re no longer viewing as ${FEMKE}.`);
  await expect(accountButton(page, MAUD)).toBeVisible();
});

test('a view starts from the panel and from the palette', async ({ page }) => {
  await openAs(page, MAUD, '/users?search=femke%40harborbank.example');
  await page.getByRole('link', { name: FEMKE }).click();
  const panel = page.getByRole('region', { name: FEMKE });
  await panel.getByRole('button', { name: 'View as' }).click();
  await startView(page, FEMKE);
  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(panel.getByRole('button', { name: 'View as' })).toBeFocused();

  await openPalette(page);
  await page.keyboard.type('femke@harborbank');
  await page.getByRole('option', { name: `View as ${FEMKE}` }).click();
  await startView(page, FEMKE);
  await expect(banner(page)).toContainText('Agent in Harbor Bank');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('a view starts from the row actions, and the banner does not overflow', async ({ page }) => {
    await openAs(page, MAUD, '/users?search=femke%40harborbank.example');
    await page.getByRole('button', { name: `Actions for ${FEMKE}` }).click();
    await page.getByRole('button', { name: 'View as this user' }).click();
    await expectAccessible(page);
    await startView(page, FEMKE);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'horizontal overflow in px').toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await expect(page.getByRole('menuitem', { name: 'Users' })).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Escape');
    await banner(page).getByRole('button', { name: 'Exit view' }).click();
    await expect(page.getByRole('button', { name: `Actions for ${FEMKE}` })).toBeFocused();
  });
});
