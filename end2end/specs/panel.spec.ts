import {
  accountOf,
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
import { type Assignments, arrange, colleague, type User, userBy } from '../support/users.ts';

const panelOf = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const saveBar = (page: Page): Locator => page.getByRole('button', { name: 'Save changes' });
const notifications = (page: Page): Locator => page.getByRole('region', { name: 'Chat notifications' });

/** The row of a node in the access tree. */
function nodeRow(page: Page, name: string): Locator {
  return page.locator('.access-tree__node').filter({
    has: page.getByRole('button', { name: `Change roles in ${name}`, exact: true }),
  });
}

/** Opens the roles of a node, and gives or takes some. */
async function toggle(page: Page, node: string, roles: string[]): Promise<void> {
  await page.getByRole('button', { name: `Change roles in ${node}`, exact: true }).click();
  for (const role of roles) await page.getByRole('checkbox', { name: role, exact: true }).click();
  await page.getByRole('button', { name: 'Done' }).click();
}

/** Opens a user's access, for a user who is an Operator of the agency and nothing else. */
async function openAccess(page: Page, number: number, assignments: Assignments): Promise<User> {
  const user = await colleague(page, number);
  await arrange(page, user, assignments);
  await page.goto(`/users/${user.id}?tab=access`);
  await expect(nodeRow(page, 'Northwind Telecom')).toBeVisible();
  return user;
}

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('a name opens its panel, and Escape leads back to the row', async ({ page }) => {
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

test('j and k step through the results and keep tab and focus', async ({ page }) => {
  await userNames(page).first().getByRole('link').click();
  const tab = page.getByRole('tab', { name: 'Access' });
  await tab.click();
  await expect(page).toHaveURL(/tab=access/);
  const place = page.locator('.user-panel__place');
  await expect(place).toHaveText(/^1 of /);
  const second = await userNames(page).nth(1).getByRole('link').innerText();
  await page.keyboard.press('j');
  await expect(panelOf(page, second)).toBeVisible();
  await expect(place).toHaveText(/^2 of /);
  await expect(tab).toBeFocused();
  await expect(tab).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('status').filter({ hasText: second })).toHaveCount(1);
  await page.keyboard.press('k');
  await expect(place).toHaveText(/^1 of /);
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

test('a deep link shows its user whatever the list is narrowed to, and who is not there is told', async ({ page }) => {
  const user = await userBy(page, 'sanne@northwind.example');
  await page.goto(`/users/${user.id}?search=zzzz-nobody&tab=access`);
  await expect(panelOf(page, user.name)).toBeVisible();
  await expect(nodeRow(page, 'Northwind Telecom')).toBeVisible();
  await page.goto('/users/00000000-0000-4000-8000-000000000000');
  await expect(page.getByRole('heading', { name: 'There is no such user' })).toBeVisible();
});

test('the details tell who it is, and the link and the address are copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const user = await userBy(page, 'sanne@northwind.example');
  await page.goto(`/users/${user.id}`);
  const panel = panelOf(page, user.name);
  for (const fact of ['Name', 'E-mail', 'Status', 'Environments', 'Invited by', 'Created', 'First seen', 'Last seen']) {
    await expect(panel.getByRole('term').filter({ hasText: new RegExp(`^${fact}$`) })).toBeVisible();
  }
  await expect(panel.getByRole('region', { name: 'Invitation' })).toContainText('Accepted');
  await panel.getByRole('button', { name: 'Copy e-mail address' }).first().click();
  await expect(panel.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(user.email);
  await panel.getByRole('button', { name: 'Copy link to this user' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(`/users/${user.id}`);
});

test('an Operator of the agency without notifications is diagnosed and repaired with one click', async ({ page }) => {
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
    /Won’t be notified about chats in .*Harbor Bank.*: Operator comes from .*Northwind Telecom/,
  );
  await section.getByRole('button', { name: 'Assign here' }).click();
  await expect(section).toContainText('5 of 5 environments');
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Pinned');
  await expect(page.getByRole('status').filter({ hasText: 'Chats in' })).toContainText(user.name);

  // It is so for the backend as well, and can be undone.
  await page.reload();
  await expect(section).toContainText('5 of 5 environments');
  await nodeRow(page, 'Harbor Bank').getByRole('button', { name: 'Reset to inherited' }).click();
  await saveBar(page).click();
  await expect(section).toContainText('4 of 5 environments');
});

test('an override is made, seen to reduce access, and reset', async ({ page }) => {
  await openAccess(page, 1, { 'Northwind Telecom': ['operator'] });
  await toggle(page, 'City Clinic', ['Operator', 'Agent']);
  const row = nodeRow(page, 'City Clinic');
  await expect(row).toContainText('Will override, not saved');
  await expect(row).toContainText('Less than inherited: without starting chats, finding closed chats and CRM');
  const review = page.getByRole('region', { name: 'What changes' });
  await expect(review).toContainText('City Clinic');
  await expect(review).toContainText('Gained: chat notifications');
  await expect(review).toContainText('Lost: starting chats, finding closed chats and CRM');
  await saveBar(page).click();
  await expect(row).toContainText(/Overrides .*Northwind Telecom/);
  await expect(row).toContainText('Less than inherited');
  await expect(saveBar(page)).toBeHidden();

  await row.getByRole('button', { name: 'Reset to inherited' }).click();
  await expect(row).toContainText(/Will inherit from .*Northwind Telecom.*, not saved/);
  await saveBar(page).click();
  await expect(row).toContainText(/Inherited from .*Northwind Telecom/);
  await expect(row).not.toContainText('Less than inherited');
});

test('a change at the agency tells whom it reaches, and who is shielded by roles of their own', async ({ page }) => {
  await openAccess(page, 2, { 'Northwind Telecom': ['operator'], 'City Clinic': ['agent'] });
  await toggle(page, 'Northwind Telecom', ['Planner']);
  const review = page.getByRole('region', { name: 'What changes' });
  await expect(review).toContainText('Gained: planning');
  await expect(review).toContainText(/City Clinic.*not reached, as roles are set there/);
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(review).toBeHidden();
});

test('a role that may not be given says why, and cannot be', async ({ page }) => {
  await openAccess(page, 3, { 'Northwind Telecom': ['operator'] });
  await page.getByRole('button', { name: 'Change roles in Harbor Bank' }).click();
  await expect(page.getByRole('searchbox', { name: 'Search roles' })).toBeFocused();
  const administrator = page.getByRole('checkbox', { name: 'Administrator' });
  await expect(administrator).toBeDisabled();
  await expect(administrator).toHaveAccessibleDescription(/Only an administrator of this place/);
  await administrator.focus();
  await page.keyboard.press('Space');
  await expect(administrator).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Change roles in Harbor Bank' })).toBeFocused();
});

test('two managers in conflict see both sides, and nothing is lost', async ({ page, browser, backend }) => {
  const user = await openAccess(page, 4, { 'Northwind Telecom': ['operator'] });
  await toggle(page, 'Harbor Bank', ['Planner']);
  await toggle(page, 'Velo Bikes', ['Analyst']);

  const context = await browser.newContext({ baseURL: backend.url });
  const other = await context.newPage();
  await openAs(other, CHARLOTTE, '/users');
  await arrange(other, user, { 'Northwind Telecom': ['operator'], 'Harbor Bank': ['supervisor'] });
  await context.close();

  // The change is told as it happens: nothing has to be saved in vain.
  const clash = page.getByRole('radiogroup', { name: 'Harbor Bank' });
  await expect(clash).toBeVisible();
  const panel = panelOf(page, user.name);
  await expect(panel).toContainText(/Charlotte Pemberton.* changed this access at/);
  await expect(panel).toContainText('Your 2 changes are kept.');
  await expect(clash.getByRole('radio')).toHaveCount(2);
  await expect(panel).toContainText(/Velo Bikes.*only you changed it/);
  await expect(saveBar(page)).toBeDisabled();
  await clash.getByRole('radio').first().check();
  await expect(panel).toContainText('1 of 1 chosen');
  await saveBar(page).click();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
  await expect(nodeRow(page, 'Velo Bikes')).toContainText('Analyst');
  await expect(saveBar(page)).toBeHidden();
});

test('the manager of an environment sees of the agency’s people exactly their own environment', async ({
  page,
  browser,
  backend,
}) => {
  const user = await userBy(page, 'sanne@northwind.example');
  const context = await browser.newContext({ baseURL: backend.url });
  const ingrids = await context.newPage();
  const heard: string[] = [];
  ingrids.on('response', async (response) => {
    if (response.url().includes('/api/v1/users/')) heard.push(await response.text().catch(() => ''));
  });
  await openAs(ingrids, INGRID, `/users/${user.id}?tab=access`);
  await expect(nodeRow(ingrids, 'City Clinic')).toBeVisible();
  await expect(ingrids.getByRole('button', { name: /^Change roles in/ })).toHaveCount(1);
  await expect(nodeRow(ingrids, 'City Clinic')).toContainText(
    /Inherited from .*Northwind Telecom|Overrides .*Northwind Telecom/,
  );
  for (const other of ['Harbor Bank', 'Velo Bikes', 'Polder Energy', 'Sandbox']) {
    await expect(ingrids.locator('body')).not.toContainText(other);
    expect(heard.join('\n')).not.toContain(other);
  }
  await context.close();
});

test('what is not saved asks on j, Escape, Back, a link, closing, and on leaving the page', async ({ page }) => {
  const user = await colleague(page, 5);
  await arrange(page, user, { 'Northwind Telecom': ['operator'] });
  await page.getByRole('searchbox', { name: 'Search users' }).fill(user.email);
  await expect(userNames(page)).toHaveCount(1);
  await page.getByRole('link', { name: user.name, exact: true }).click();
  await page.getByRole('tab', { name: 'Access' }).click();
  await toggle(page, 'Sandbox', ['Planner']);
  const asked = page.getByRole('dialog', { name: 'Discard your changes?' });
  const address = page.url();
  // The tab is a step of its own, and nothing is lost by it; the next leads away.
  await page.goBack();
  await expect(page.getByRole('tab', { name: 'Details' })).toHaveAttribute('aria-selected', 'true');
  await expect(asked).toBeHidden();
  await page.goBack();
  await expect(asked, 'Back').toBeVisible();
  await page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await page.getByRole('tab', { name: 'Access' }).click();
  await expect(page).toHaveURL(address);
  await expect(nodeRow(page, 'Sandbox')).toContainText('not saved');

  const leave: [string, () => Promise<unknown>][] = [
    ['Escape', () => page.keyboard.press('Escape')],
    ['closing', () => panelOf(page, user.name).getByRole('button', { name: 'Close', exact: true }).click()],
    ['a link', () => page.getByRole('link', { name: 'Environments' }).click()],
  ];
  for (const [way, go] of leave) {
    await go();
    await expect(asked, way).toBeVisible();
    await expect(asked.getByRole('button', { name: 'Keep editing' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(asked).toBeHidden();
    await expect(page, way).toHaveURL(address);
    await expect(nodeRow(page, 'Sandbox')).toContainText('not saved');
  }
  const warned = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const warning = await warned;
  expect(warning.type()).toBe('beforeunload');
  await warning.dismiss();
  await closing;

  await page.keyboard.press('Escape');
  await asked.getByRole('button', { name: 'Discard changes' }).click();
  await expect(panelOf(page, user.name)).toBeHidden();
});

test('a session that ends in the middle of an edit is signed in again, and the edit goes on', async ({ page }) => {
  await openAccess(page, 6, { 'Northwind Telecom': ['operator'] });
  await toggle(page, 'Harbor Bank', ['Planner']);
  await page.context().clearCookies();
  await saveBar(page).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'I have signed in' }).click();
  await expect(dialog.getByRole('status')).toContainText('Nobody is signed in yet');
  await dialog.getByRole('button', { name: MAUD }).click();
  await expect(dialog).toBeHidden();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
  await expect(saveBar(page)).toBeHidden();
  await page.reload();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
});

test('signing in by a link in another tab is noticed', async ({ page, context, backend }) => {
  await openAccess(page, 7, { 'Northwind Telecom': ['operator'] });
  const session = (await (await page.request.get('/api/v1/session')).json()) as { user: User };
  await toggle(page, 'Harbor Bank', ['Planner']);
  await context.clearCookies();
  await saveBar(page).click();
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible();
  const tab = await context.newPage();
  await tab.goto(await backend.signInLink(session.user.email));
  await expect(accountOf(tab, MAUD)).toBeVisible();
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeHidden();
  await expect(saveBar(page)).toBeHidden();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
});

test('where another person signs in, nothing of the former is shown or saved', async ({ page }) => {
  const user = await openAccess(page, 8, { 'Northwind Telecom': ['operator'] });
  await toggle(page, 'Harbor Bank', ['Planner']);
  await page.context().clearCookies();
  await saveBar(page).click();
  await page.getByRole('dialog', { name: 'Sign in again' }).getByRole('button', { name: INGRID }).click();
  await expect(accountOf(page, INGRID)).toBeVisible();
  await expect(page).toHaveURL('/users');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(panelOf(page, user.name)).toBeHidden();
  const access = await page.request.get(`/api/v1/users/${user.id}/access`);
  expect(await access.text()).not.toContain('planner');
});

test('a save that fails keeps what was staged, and is tried again', async ({ page }) => {
  await openAccess(page, 9, { 'Northwind Telecom': ['operator'] });
  await toggle(page, 'Harbor Bank', ['Planner']);
  const save = (url: URL) => url.pathname.endsWith('/access');
  const unavailable = { status: 503, code: 'unavailable', title: 'Try again shortly' };
  await page.route(save, (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 503, contentType: 'application/problem+json', json: unavailable })
      : route.continue(),
  );
  await saveBar(page).click();
  await expect(page.getByRole('alert').filter({ hasText: 'cannot answer at the moment' })).toBeVisible();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Will override, not saved');
  await page.unroute(save);
  await saveBar(page).click();
  await expect(saveBar(page)).toBeHidden();
  await expect(nodeRow(page, 'Harbor Bank')).toContainText('Planner');
});

test('the audit log tells what changed, is filtered, goes on by scrolling, and is exported', async ({ page }) => {
  const user = await openAccess(page, 10, { 'Northwind Telecom': ['operator'], Sandbox: ['operator'] });
  await arrange(page, user, { 'Northwind Telecom': ['operator'], Sandbox: ['agent'] });
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
  await log.getByRole('button', { name: 'Export the audit log as CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`audit-${user.id}.csv`);
});

test('what each role can do stands in a table, and is reached from the list', async ({ page }) => {
  await page.goto('/roles');
  await expect(page.getByRole('heading', { name: 'What each role can do', level: 1 })).toBeVisible();
  const table = page.getByRole('table', { name: 'Roles and what they can do' });
  const analyst = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^Analyst/ }) });
  await expect(analyst.getByRole('cell', { name: 'Read-only' })).toHaveCount(1);
  await expect(table.getByRole('rowheader', { name: /Environment Manager/ })).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Users' }).click();
  await expect(page).toHaveURL('/users');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the panel takes the page', async ({ page }) => {
    const user = await userBy(page, 'sanne@northwind.example');
    await page.goto(`/users/${user.id}?tab=access`);
    await expect(nodeRow(page, 'Northwind Telecom')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeHidden();
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing scrolls sideways').toBeLessThanOrEqual(0);
    await panelOf(page, user.name).getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();
  });
});
