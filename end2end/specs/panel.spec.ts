import {
  accountButton,
  CHARLOTTE,
  expect,
  expectAccessible,
  INGRID,
  type Locator,
  MAUD,
  openAs,
  type Page,
  test,
  userNames,
} from '../support/test.ts';
import { type Assignments, pickColleague, setRoles, type User, userByEmail } from '../support/users.ts';

const panelOf = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const saveButton = (page: Page): Locator => page.getByRole('button', { name: 'Save changes' });
const notifications = (page: Page): Locator => page.getByRole('region', { name: 'Chat notifications' });

/** Returns the row of a node in the access tree. */
function nodeRow(page: Page, name: string): Locator {
  return page.locator('.access-tree__node').filter({
    has: page.getByRole('button', { name: `Change roles in ${name}`, exact: true }),
  });
}

/** Toggles roles in the role picker of a node. */
async function toggleRoles(page: Page, node: string, roles: string[]): Promise<void> {
  await page.getByRole('button', { name: `Change roles in ${node}`, exact: true }).click();
  for (const role of roles) await page.getByRole('checkbox', { name: role, exact: true }).click();
  await page.getByRole('button', { name: 'Done' }).click();
}

/** Opens the access tab of a colleague who has exactly these roles. */
async function openAccess(page: Page, number: number, assignments: Assignments): Promise<User> {
  const user = await pickColleague(page, number);
  await setRoles(page, user, assignments);
  await page.goto(`/users/${user.id}?tab=access`);
  await expect(nodeRow(page, 'Northwind Telecom')).toBeVisible();
  return user;
}

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('a name opens the panel, and Escape restores the focus on the row', async ({ page }) => {
  const link = userNames(page).first().getByRole('link');
  const name = await link.innerText();
  await link.click();
  await expect(panelOf(page, name)).toBeVisible();
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}/);
  await expect(page.getByRole('heading', { level: 2 }).filter({ hasText: name })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panelOf(page, name)).toBeHidden();
  await expect(page).toHaveURL('/users');
  await expect(link).toBeFocused();
});

test('j and k step through the users, and keep the tab and the focus', async ({ page }) => {
  await userNames(page).first().getByRole('link').click();
  const tab = page.getByRole('tab', { name: 'Access' });
  await tab.click();
  await expect(page).toHaveURL(/tab=access/);
  const position = page.locator('.user-panel__position');
  await expect(position).toHaveText(/^1 of /);
  const second = await userNames(page).nth(1).getByRole('link').innerText();
  await page.keyboard.press('j');
  await expect(panelOf(page, second)).toBeVisible();
  await expect(position).toHaveText(/^2 of /);
  await expect(tab).toBeFocused();
  await expect(tab).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('status').filter({ hasText: second })).toHaveCount(1);
  await page.keyboard.press('k');
  await expect(position).toHaveText(/^1 of /);
});

test('the arrow keys move between the tabs', async ({ page }) => {
  await userNames(page).first().getByRole('link').click();
  await page.getByRole('tab', { name: 'Details' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tabpanel', { name: 'Access' })).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('tabpanel', { name: 'Audit log' })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Audit log' })).toBeFocused();
  await expect(page).toHaveURL(/tab=audit-log/);
});

test('a deep link opens its user whatever the filters, or shows that the user was not found', async ({ page }) => {
  const user = await userByEmail(page, 'sanne@northwind.example');
  await page.goto(`/users/${user.id}?search=zzzz-nobody&tab=access`);
  await expect(panelOf(page, user.name)).toBeVisible();
  await expect(nodeRow(page, 'Northwind Telecom')).toBeVisible();
  await page.goto('/users/00000000-0000-4000-8000-000000000000');
  await expect(page.getByRole('heading', { name: 'User not found' })).toBeVisible();
});

test('a deep link to a row beyond the first ones scrolls to it and knows its position', async ({ page }) => {
  const response = await page.request.get('/api/v1/users?sort=-created_at&offset=417&limit=1');
  const { items } = (await response.json()) as { items: User[] };
  await page.goto(`/users/${items[0]?.id}`);
  const position = page.locator('.user-panel__position');
  await expect(position).toHaveText(/^418 of /);
  await expect(
    userNames(page)
      .getByRole('link', { name: items[0]?.name ?? items[0]?.email })
      .first(),
  ).toBeInViewport();
  await page.keyboard.press('j');
  await expect(position).toHaveText(/^419 of /);
  await page.reload();
  await expect(position).toHaveText(/^419 of /);
});

test('shows the details, and copies the link and the e-mail address', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const user = await userByEmail(page, 'sanne@northwind.example');
  await page.goto(`/users/${user.id}`);
  const panel = panelOf(page, user.name);
  const terms = ['Name', 'E-mail', 'Status', 'Environments', 'Invited by', 'Created', 'First active', 'Last active'];
  for (const term of terms) {
    await expect(panel.getByRole('term').filter({ hasText: new RegExp(`^${term}$`) })).toBeVisible();
  }
  await expect(panel.getByRole('region', { name: 'Invitation' })).toContainText('Accepted');
  await panel.getByRole('button', { name: 'Copy e-mail address' }).first().click();
  await expect(panel.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(user.email);
  await panel.getByRole('button', { name: 'Copy link to this user' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(`/users/${user.id}`);
});

test('one click assigns a role where chat notifications are missing', async ({ page }) => {
  const user = await openAccess(page, 0, {
    'Northwind Telecom': ['operator'],
    'City Clinic': ['operator'],
    'Velo Bikes': ['operator'],
    'Polder Energy': ['operator'],
    Sandbox: ['operator'],
  });
  const section = notifications(page);
  await expect(section).toContainText('4 of 5 environments');
  await expect(section).toContainText(
    /No chat notifications in .*Harbor Bank.*: Operator \(inherited from .*Northwind Telecom.*\) isn’t enough/,
  );
  await section.getByRole('button', { name: 'Assign here' }).click();
  await expect(section).toContainText('5 of 5 environments');
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Set here, same roles as');
  await expect(page.getByRole('status').filter({ hasText: 'can now get chat notifications' })).toContainText(user.name);

  // The backend saved it, and it can be reset.
  await page.reload();
  await expect(section).toContainText('5 of 5 environments');
  await nodeRow(page, 'Harbor Bank').getByRole('button', { name: 'Reset to inherited' }).click();
  await saveButton(page).click();
  await expect(section).toContainText('4 of 5 environments');
});

test('an override warns about reduced access, is saved and is reset', async ({ page }) => {
  await openAccess(page, 1, { 'Northwind Telecom': ['operator'] });
  await toggleRoles(page, 'City Clinic', ['Operator', 'Agent']);
  const row = nodeRow(page, 'City Clinic');
  await expect(row).toContainText('Overrides inherited roles (not saved)');
  await expect(row).toContainText(
    'Less than inherited. Missing: starting conversations, finding closed conversations and editing CRM contacts',
  );
  const review = page.getByRole('region', { name: 'What changes' });
  await expect(review).toContainText('City Clinic');
  await expect(review).toContainText('Gained: chat notifications');
  await expect(review).toContainText(
    'Lost: starting conversations, finding closed conversations and editing CRM contacts',
  );
  await saveButton(page).click();
  await expect(row).toContainText(/Overrides .*Northwind Telecom/);
  await expect(row).toContainText('Less than inherited');
  await expect(saveButton(page)).toBeHidden();

  await row.getByRole('button', { name: 'Reset to inherited' }).click();
  await expect(row).toContainText(/Inherited from .*Northwind Telecom.* \(not saved\)/);
  await saveButton(page).click();
  await expect(row).not.toContainText('not saved');
  await expect(row).toContainText(/Inherited from .*Northwind Telecom/);
  await expect(row).not.toContainText('Less than inherited');
});

test('the review lists environments that their own roles shield from a change at the agency', async ({ page }) => {
  await openAccess(page, 2, { 'Northwind Telecom': ['operator'], 'City Clinic': ['agent'] });
  await toggleRoles(page, 'Northwind Telecom', ['Planner']);
  const review = page.getByRole('region', { name: 'What changes' });
  await expect(review).toContainText('Gained: planning');
  await expect(review).toContainText(/City Clinic.*unchanged, because roles are assigned there/);
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(review).toBeHidden();
});

test('an unavailable role is disabled and gives the reason', async ({ page }) => {
  await openAccess(page, 3, { 'Northwind Telecom': ['operator'] });
  await page.getByRole('button', { name: 'Change roles in Harbor Bank' }).click();
  await expect(page.getByRole('searchbox', { name: 'Search roles' })).toBeFocused();
  const administrator = page.getByRole('checkbox', { name: 'Administrator' });
  await expect(administrator).toBeDisabled();
  await expect(administrator).toHaveAccessibleDescription(/Only an Administrator can give the Administrator role/);
  await administrator.focus();
  await page.keyboard.press('Space');
  await expect(administrator).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Change roles in Harbor Bank' })).toBeFocused();
});

test('a conflict shows both versions and keeps the other changes', async ({ page, browser, backend }) => {
  const user = await openAccess(page, 4, { 'Northwind Telecom': ['operator'] });
  await toggleRoles(page, 'Harbor Bank', ['Planner']);
  await toggleRoles(page, 'Velo Bikes', ['Analyst']);

  const context = await browser.newContext({ baseURL: backend.url });
  const other = await context.newPage();
  await openAs(other, CHARLOTTE, '/users');
  await setRoles(other, user, { 'Northwind Telecom': ['operator'], 'Harbor Bank': ['supervisor'] });
  await context.close();

  // An event reports the change at once, so the conflict shows before saving.
  const conflict = page.getByRole('radiogroup', { name: 'Harbor Bank' });
  await expect(conflict).toBeVisible();
  const panel = panelOf(page, user.name);
  await expect(panel).toContainText(/Charlotte Pemberton.* saved changes to this access at/);
  await expect(panel).toContainText('Your 2 unsaved changes are still here.');
  await expect(conflict.getByRole('radio')).toHaveCount(2);
  await expect(panel).toContainText(/Velo Bikes.*changed only by you/);
  await expect(saveButton(page)).toBeDisabled();
  await conflict.getByRole('radio').first().check();
  await expect(panel).toContainText('1 of 1 resolved');
  await saveButton(page).click();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
  await expect(nodeRow(page, 'Velo Bikes')).toContainText('Analyst');
  await expect(saveButton(page)).toBeHidden();
});

test('the manager of one environment sees only that environment in a user’s access', async ({
  page,
  browser,
  backend,
}) => {
  const user = await userByEmail(page, 'sanne@northwind.example');
  const context = await browser.newContext({ baseURL: backend.url });
  const ingridPage = await context.newPage();
  const responses: string[] = [];
  ingridPage.on('response', async (response) => {
    if (response.url().includes('/api/v1/users/')) responses.push(await response.text().catch(() => ''));
  });
  await openAs(ingridPage, INGRID, `/users/${user.id}?tab=access`);
  await expect(nodeRow(ingridPage, 'City Clinic')).toBeVisible();
  await expect(ingridPage.getByRole('button', { name: /^Change roles in/ })).toHaveCount(1);
  await expect(nodeRow(ingridPage, 'City Clinic')).toContainText(
    /Inherited from .*Northwind Telecom|Overrides .*Northwind Telecom/,
  );
  for (const other of ['Harbor Bank', 'Velo Bikes', 'Polder Energy', 'Sandbox']) {
    await expect(ingridPage.locator('body')).not.toContainText(other);
    expect(responses.join('\n')).not.toContain(other);
  }
  await context.close();
});

test('unsaved changes ask first on Back, Escape, Close, a link and unload', async ({ page }) => {
  const user = await pickColleague(page, 5);
  await setRoles(page, user, { 'Northwind Telecom': ['operator'] });
  await page.getByRole('searchbox', { name: 'Search users' }).fill(user.email);
  await expect(userNames(page)).toHaveCount(1);
  await page.getByRole('link', { name: user.name, exact: true }).click();
  await page.getByRole('tab', { name: 'Access' }).click();
  await toggleRoles(page, 'Sandbox', ['Planner']);
  const confirmation = page.getByRole('dialog', { name: 'Discard your changes?' });
  const url = page.url();
  // The tab is a history entry of its own. Going back to it keeps the changes; the next step would leave the user.
  await page.goBack();
  await expect(page.getByRole('tab', { name: 'Details' })).toHaveAttribute('aria-selected', 'true');
  await expect(confirmation).toBeHidden();
  await page.goBack();
  await expect(confirmation, 'Back').toBeVisible();
  await page.keyboard.press('Escape');
  await expect(confirmation).toBeHidden();
  await page.getByRole('tab', { name: 'Access' }).click();
  await expect(page).toHaveURL(url);
  await expect(nodeRow(page, 'Sandbox')).toContainText('not saved');

  const ways: [string, () => Promise<unknown>][] = [
    ['Escape', () => page.keyboard.press('Escape')],
    ['Close', () => panelOf(page, user.name).getByRole('button', { name: 'Close', exact: true }).click()],
    ['a link', () => page.getByRole('link', { name: 'Environments' }).click()],
  ];
  for (const [way, leave] of ways) {
    await leave();
    await expect(confirmation, way).toBeVisible();
    await expect(confirmation.getByRole('button', { name: 'Keep editing' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(confirmation).toBeHidden();
    await expect(page, way).toHaveURL(url);
    await expect(nodeRow(page, 'Sandbox')).toContainText('not saved');
  }
  const dialogEvent = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await dialogEvent;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;

  await page.keyboard.press('Escape');
  await confirmation.getByRole('button', { name: 'Discard changes' }).click();
  await expect(panelOf(page, user.name)).toBeHidden();
});

test('saves the changes after signing in again', async ({ page }) => {
  await openAccess(page, 6, { 'Northwind Telecom': ['operator'] });
  await toggleRoles(page, 'Harbor Bank', ['Planner']);
  await page.context().clearCookies();
  await saveButton(page).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'I’ve signed in' }).click();
  await expect(dialog.getByRole('status')).toContainText('You’re not signed in yet.');
  await dialog.getByRole('button', { name: MAUD }).click();
  await expect(dialog).toBeHidden();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
  await expect(saveButton(page)).toBeHidden();
  await page.reload();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
});

test('saves the changes after signing in in another tab', async ({ page, context, backend }) => {
  await openAccess(page, 7, { 'Northwind Telecom': ['operator'] });
  const session = (await (await page.request.get('/api/v1/session')).json()) as { user: User };
  await toggleRoles(page, 'Harbor Bank', ['Planner']);
  await context.clearCookies();
  await saveButton(page).click();
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible();
  const tab = await context.newPage();
  await tab.goto(await backend.signInLink(session.user.email));
  await expect(accountButton(tab, MAUD)).toBeVisible();
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeHidden();
  await expect(saveButton(page)).toBeHidden();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
});

test('discards the changes when another user signs in', async ({ page }) => {
  const user = await openAccess(page, 8, { 'Northwind Telecom': ['operator'] });
  await toggleRoles(page, 'Harbor Bank', ['Planner']);
  await page.context().clearCookies();
  await saveButton(page).click();
  await page.getByRole('dialog', { name: 'Sign in again' }).getByRole('button', { name: INGRID }).click();
  await expect(accountButton(page, INGRID)).toBeVisible();
  await expect(page).toHaveURL('/users');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(panelOf(page, user.name)).toBeHidden();
  const access = await page.request.get(`/api/v1/users/${user.id}/access`);
  expect(await access.text()).not.toContain('planner');
});

test('keeps the changes after a failed save, and saves them on retry', async ({ page }) => {
  await openAccess(page, 9, { 'Northwind Telecom': ['operator'] });
  await toggleRoles(page, 'Harbor Bank', ['Planner']);
  const isAccess = (url: URL) => url.pathname.endsWith('/access');
  const unavailable = { status: 503, code: 'unavailable', title: 'Try again shortly' };
  await page.route(isAccess, (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 503, contentType: 'application/problem+json', json: unavailable })
      : route.continue(),
  );
  await saveButton(page).click();
  await expect(page.getByRole('alert').filter({ hasText: 'temporarily unavailable' })).toBeVisible();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Overrides inherited roles (not saved)');
  await page.unroute(isAccess);
  await saveButton(page).click();
  await expect(saveButton(page)).toBeHidden();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
});

test('the audit log lists changes, filters by action and exports CSV', async ({ page }) => {
  const user = await openAccess(page, 10, { 'Northwind Telecom': ['operator'], Sandbox: ['operator'] });
  await setRoles(page, user, { 'Northwind Telecom': ['operator'], Sandbox: ['agent'] });
  await page.getByRole('tab', { name: 'Audit log' }).click();
  const log = page.getByRole('tabpanel', { name: 'Audit log' });
  await expect(log.getByRole('heading', { name: /^Today, / })).toBeVisible();
  await log.getByRole('button', { name: /Filter by action/ }).click();
  await page.getByRole('menuitemradio', { name: 'Roles changed' }).click();
  const entry = log.getByRole('listitem').first();
  await expect(entry).toContainText(/You changed the roles of .* in .*Sandbox/);
  await expect(entry).toContainText('Operator');
  await expect(entry).toContainText('Agent');
  await expect(entry).toContainText('less access');

  const download = page.waitForEvent('download');
  await log.getByRole('button', { name: 'Export CSV of the audit log' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`audit-${user.id}.csv`);
});

test('the roles page shows a table, and its breadcrumb leads to the users', async ({ page }) => {
  await page.goto('/roles');
  await expect(page.getByRole('heading', { name: 'What each role can do', level: 1 })).toBeVisible();
  const table = page.getByRole('table', { name: 'Roles and what they can do' });
  const analyst = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^Analyst/ }) });
  await expect(analyst.getByRole('cell', { name: 'Read-only' })).toHaveCount(1);
  await expect(table.getByRole('rowheader', { name: /^Organisation Manager/ })).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Users' }).click();
  await expect(page).toHaveURL('/users');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the panel fills the page and does not overflow', async ({ page }) => {
    const user = await userByEmail(page, 'sanne@northwind.example');
    await page.goto(`/users/${user.id}?tab=access`);
    await expect(nodeRow(page, 'Northwind Telecom')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeHidden();
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'horizontal overflow in px').toBeLessThanOrEqual(0);
    await panelOf(page, user.name).getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();
  });
});
