import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startBackend } from '../support/backend.ts';
import {
  accountOf,
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
const ended = (page: Page): Locator => page.getByRole('alert').filter({ hasText: 'has ended' });

/** Begins to view as whoever the button on the page is about. */
async function startView(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: `View as ${name}` });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(REASON);
  await dialog.getByRole('button', { name: 'Start view' }).click();
  await expect(banner(page)).toBeVisible();
  await expect(dialog).toBeHidden();
}

/** Views as the user with this address, from their row. */
async function viewAs(page: Page, email: string, name = email): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search users' }).fill(email);
  await expect(userNames(page)).toHaveCount(1);
  await viewButton(page, name).click();
  await startView(page, name);
}

/** What the tab keeps of the view. */
const kept = (page: Page): Promise<{ id: string } | null> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('studio-users.view') ?? 'null') as { id: string } | null);

/** A call from the page's own script. */
async function call(page: Page, method: string, url: string, body?: object, headers: Record<string, string> = {}) {
  return page.evaluate(
    async ([method, url, body, headers]) => {
      const sent = body ? JSON.stringify(body) : undefined;
      const answer = await fetch(url, {
        method,
        body: sent,
        headers: { 'Content-Type': 'application/json', ...headers },
      });
      const text = await answer.text();
      return { status: answer.status, etag: answer.headers.get('ETag'), body: text ? JSON.parse(text) : null };
    },
    [method, url, body, headers] as const,
  );
}

interface User {
  id: string;
  email: string;
}

/** The user with this address, as whoever is signed in sees them. */
async function userBy(page: Page, email: string): Promise<User> {
  const { body } = await call(page, 'GET', `/api/v1/users?search=${encodeURIComponent(email)}`);
  const found = (body as { items: User[] }).items.find((user) => user.email === email);
  if (!found) throw new Error(`nobody is ${email}`);
  return found;
}

/** Gives somebody these roles at a node, and answers those that they had there. */
async function assign(page: Page, user: User, node: string, roles: string[]): Promise<string[]> {
  const nodes = (await call(page, 'GET', '/api/v1/nodes')).body as { id: string; name: string }[];
  const id = nodes.find(({ name }) => name === node)?.id ?? '';
  const access = await call(page, 'GET', `/api/v1/users/${user.id}/access`);
  const before = (access.body as { nodes: { node_id: string; assigned: string[] | null }[] }).nodes;
  const changes = [{ node_id: id, roles }];
  const answer = await call(
    page,
    'PATCH',
    `/api/v1/users/${user.id}/access`,
    { changes },
    { 'If-Match': access.etag ?? '' },
  );
  expect(answer.status).toBe(200);
  return before.find(({ node_id }) => node_id === id)?.assigned ?? [];
}

test('a manager sees the studio as an agent does, and returns to the row, its scroll and the focus', async ({
  page,
}) => {
  await openAs(page, MAUD, '/users?sort=email');
  await expect(userNames(page).first()).toBeVisible();
  const list = usersTable(page).locator('.users-table__body');
  await list.evaluate((list) => list.scrollBy(0, 2_000));
  await expect(usersTable(page).locator('[aria-rowindex="2"]'), 'the first row is drawn no more').toHaveCount(0);
  const rows = usersTable(page).getByRole('row').filter({ hasText: 'Active' }).filter({ hasText: 'Agent' });
  const mail = await rows
    .filter({ has: page.locator('[data-deed=view-as]:not([aria-disabled])') })
    .nth(2)
    .locator('.person__mail')
    .innerText();
  // Two people of one name are told apart by their address.
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
  await expect(accountOf(page, name)).toBeVisible();
  await expect(sections(page).getByRole('link', { name: 'Inbox' })).toBeVisible();
  await expect(page.getByRole('heading', { name: new RegExp(`^In .*, ${name} can$`) })).toBeVisible();
  const ghosts = sections(page).getByRole('group', { name: 'Hidden for this user' });
  const users = ghosts.getByRole('link', { name: 'Users' });
  await expect(users).toHaveAttribute('aria-disabled', 'true');
  await users.focus();
  await expect(users).toBeFocused();
  await expect(users).toHaveAccessibleDescription(/needs Organisation Manager/);
  expect(page.url()).not.toContain((await kept(page))?.id ?? 'nothing is kept');

  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(banner(page)).toBeHidden();
  await expect(page).toHaveURL(/\/users\?sort=email$/);
  await expect(start).toBeFocused();
  expect(await list.evaluate((list) => list.scrollTop)).toBe(scrolled);
  await expect(accountOf(page, MAUD)).toBeVisible();
  await expect(page).toHaveTitle(/^Users/);
  expect(await kept(page)).toBeNull();
});

test('who has not joined is seen as they will see it', async ({ page }) => {
  // By the address: a row that a search is about to hide can be resolved, and then never clicked.
  await openAs(page, MAUD, '/users?search=nora%40clinic.example');
  await viewButton(page, 'nora@clinic.example').click();
  const dialog = page.getByRole('dialog', { name: 'View as nora@clinic.example' });
  await expect(dialog).toContainText('will see it after joining');
  await expect(dialog.getByRole('listitem').filter({ hasText: 'City Clinic' })).toContainText('will see');
  await startView(page, 'nora@clinic.example');
  await expect(banner(page)).toContainText('Will be Planner in City Clinic');
  await expect(sections(page).getByRole('link', { name: 'Planning' })).toBeVisible();
  await expect(
    page.getByRole('heading', { name: 'In City Clinic, nora@clinic.example will be able to' }),
  ).toBeVisible();
});

test('no operation that changes something goes through, and each is recorded', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'bram@velobikes.example', 'Bram Kuipers');
  await expect(userNames(page).first()).toBeVisible();
  const { id } = (await kept(page)) ?? { id: '' };
  const someone = await userBy(page, 'thijs@velobikes.example');
  const before = await call(page, 'GET', `/api/v1/users/${someone.id}/access`);

  type Operations = Record<string, { 'x-changes'?: boolean }>;
  const contract = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../openapi.json'), 'utf8')) as {
    paths: Record<string, Operations>;
  };
  const changes = Object.entries(contract.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(
        ([method, { 'x-changes': changes }]) => changes && !(method === 'delete' && path === '/api/v1/views/{id}'),
      )
      .map(([method]) => [method.toUpperCase(), path] as const),
  );
  expect(changes.length).toBeGreaterThan(10);
  for (const [method, path] of changes) {
    const body = method === 'DELETE' ? undefined : {};
    const answer = await call(page, method, path.replace('{id}', someone.id), body, { 'Studio-View': id });
    expect(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'view_is_read_only' } });
  }
  expect((await call(page, 'GET', `/api/v1/users/${someone.id}/access`)).body).toEqual(before.body);

  // The page offers none of it either.
  const why = 'While you view as somebody else you can only look.';
  const invite = page.getByRole('button', { name: 'Invite users' });
  for (const control of [invite, usersTable(page).locator('[data-deed=remove]').first()]) {
    await expect(control).toHaveAttribute('aria-disabled', 'true');
    await expect(control).toHaveAccessibleDescription(why);
    await control.focus();
    await page.keyboard.press('Enter');
    await expect(control).toBeFocused();
  }
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await accountOf(page, 'Bram Kuipers').click();
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');

  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(accountOf(page, MAUD)).toBeVisible();
  for (const whose of ['bram@velobikes.example', 'maud@northwind.example']) {
    const user = await userBy(page, whose);
    await page.goto(`/users/${user.id}?tab=audit-log`);
    const log = page.getByRole('tabpanel');
    const entry = log.getByRole('listitem').filter({ hasText: 'changing roles' });
    await expect(entry).toContainText('was refused a change while viewing as Bram Kuipers');
    await expect(entry).toHaveAttribute('data-kind', 'view');
    await expect(log.getByRole('listitem').filter({ hasText: 'stopped viewing as' }).first()).toContainText(
      /min, exited/,
    );
    await expect(log.getByRole('listitem').filter({ hasText: 'began to view as' }).first()).toContainText(REASON);
  }
});

test('a view is its tab’s alone, and a reload keeps it', async ({ page, context }) => {
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'bram@velobikes.example', 'Bram Kuipers');
  await page.reload();
  await expect(banner(page)).toContainText('Viewing as Bram Kuipers');
  await expect(banner(page)).toContainText(REASON);
  await expect(banner(page).getByRole('timer')).toContainText(/(30|29):\d\d left/);

  // A second tab, at the copied address.
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(accountOf(second, MAUD)).toBeVisible();
  await expect(banner(second)).toBeHidden();

  // A duplicated tab: it begins with a copy of what this one keeps.
  const opened = context.waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const duplicate = await opened;
  await expect(accountOf(duplicate, MAUD)).toBeVisible();
  await expect(banner(duplicate)).toBeHidden();
  expect(await kept(duplicate)).toBeNull();
  await expect(duplicate.getByRole('button', { name: 'Invite users' })).not.toHaveAttribute('aria-disabled', 'true');

  await expect(banner(page)).toBeVisible();
  await page.reload();
  await expect(banner(page)).toBeVisible();
  await banner(page).getByRole('button', { name: 'Exit view' }).click();
  await expect(page).toHaveURL(/search=bram/);
  await expect(viewButton(page, 'Bram Kuipers')).toBeFocused();
});

test('a view ends by itself, in words, when the viewed person becomes an administrator', async ({
  page,
  browser,
  baseURL,
}) => {
  await openAs(page, INGRID, '/users');
  await viewAs(page, 'emil@clinic.example', 'Emil Håkansson');
  await page.getByRole('link', { name: 'CRM' }).click();

  const other = await browser.newContext({ baseURL: baseURL ?? '' });
  const administrator = await other.newPage();
  await openAs(administrator, CHARLOTTE, '/users');
  const emil = await userBy(administrator, 'emil@clinic.example');
  const before = await assign(administrator, emil, 'City Clinic', ['administrator']);
  await expect(ended(page)).toContainText('The view as Emil Håkansson has ended.');
  await expect(ended(page)).toContainText('You may no longer view as this user');
  await expect(banner(page)).toBeHidden();
  await expect(accountOf(page, INGRID)).toBeVisible();
  await expect(page).toHaveURL(/\/users\?search=emil/);
  await ended(page).getByRole('button', { name: 'Close' }).click();
  await expect(ended(page)).toBeHidden();
  await assign(administrator, emil, 'City Clinic', before);
  await other.close();
});

test('a manager who is demoted during a view is told so, and sees what they still may', async ({
  page,
  browser,
  backend,
  baseURL,
}) => {
  await page.goto(await backend.signInLink('bram@velobikes.example'));
  await expect(accountOf(page, 'Bram Kuipers')).toBeVisible();
  await page.getByRole('link', { name: 'Users' }).click();
  await viewAs(page, 'thijs@velobikes.example', 'Thijs van den Berg');

  const other = await browser.newContext({ baseURL: baseURL ?? '' });
  const administrator = await other.newPage();
  await openAs(administrator, CHARLOTTE, '/users');
  const bram = await userBy(administrator, 'bram@velobikes.example');
  const before = await assign(administrator, bram, 'Velo Bikes', ['agent']);
  await expect(ended(page)).toContainText('The view as Thijs van den Berg has ended.');
  await expect(page.getByRole('heading', { name: 'You manage nobody' })).toBeVisible();
  await expect(accountOf(page, 'Bram Kuipers')).toBeVisible();
  await assign(administrator, bram, 'Velo Bikes', before);
  await other.close();
});

test('a view ends after half an hour, and says so', async ({ browser }) => {
  const backend = await startBackend();
  const context = await browser.newContext({ baseURL: backend.url, locale: 'en-GB' });
  const page = await context.newPage();
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'femke@harborbank.example', 'Femke Hoekstra');
  await backend.restartAhead(29);
  await page.reload();
  await expect(banner(page)).toBeVisible();
  // A page that stays would notice by itself, and might have said so before another says it.
  const address = page.url();
  await page.goto('about:blank');
  await backend.restartAhead(31);
  await page.goto(address);
  await expect(ended(page)).toContainText('The view as Femke Hoekstra has ended.');
  await expect(accountOf(page, MAUD)).toBeVisible();
  await expect(banner(page)).toBeHidden();
  await context.close();
  await backend.stop();
});

test('signing out elsewhere ends the view, and another person sees nothing of it', async ({ page, context }) => {
  await openAs(page, MAUD, '/users');
  await viewAs(page, 'femke@harborbank.example', FEMKE);
  const second = await context.newPage();
  await second.goto('/users');
  await accountOf(second, MAUD).click();
  await second.getByRole('menuitem', { name: 'Sign out' }).click();
  const again = page.getByRole('dialog', { name: /Sign in again/ });
  await expect(again).toBeVisible();
  await again.getByRole('button', { name: MAUD }).click();
  await expect(ended(page)).toContainText(`The view as ${FEMKE} has ended.`);
  await expect(accountOf(page, MAUD)).toBeVisible();
});

test('a view begins from the panel and from the palette as well', async ({ page }) => {
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

  test('a view begins from the sheet of a row, and shows itself whole', async ({ page }) => {
    await openAs(page, MAUD, '/users?search=femke%40harborbank.example');
    await page.getByRole('button', { name: `Actions for ${FEMKE}` }).click();
    await page.getByRole('button', { name: 'View as this user' }).click();
    await expectAccessible(page);
    await startView(page, FEMKE);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing scrolls sideways').toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await expect(page.getByRole('menuitem', { name: 'Users' })).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Escape');
    await banner(page).getByRole('button', { name: 'Exit view' }).click();
    await expect(page.getByRole('button', { name: `Actions for ${FEMKE}` })).toBeFocused();
  });
});
