import { readFile } from 'node:fs/promises';
import {
  CHARLOTTE,
  expect,
  expectAccessible,
  INGRID,
  type Locator,
  MAUD,
  openAs,
  type Page,
  renderedNames,
  scrollByWheel,
  test,
  userNames,
  usersTable,
} from '../support/test.ts';

const nameLinks = (page: Page): Locator => userNames(page).getByRole('link');
const filter = (page: Page, name: string): Locator =>
  page.getByRole('search').getByRole('button', { name, exact: true });
const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const total = async (page: Page): Promise<number> => Number(await usersTable(page).getAttribute('aria-rowcount')) - 1;
const selection = (page: Page): Locator => page.getByRole('region', { name: 'Selection' });
const boxes = (page: Page): Locator => usersTable(page).getByRole('checkbox', { name: /^Select (?!all)/ });
const list = (page: Page): Locator => usersTable(page).getByRole('rowgroup', { name: 'Users' });
const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active?.textContent ?? '';
  });
/** Returns the scroll position of the rows, in px. */
const scrollTop = (page: Page): Promise<number> => list(page).evaluate((body) => body.scrollTop);

test.describe('filters', () => {
  test.beforeEach(async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await expect(userNames(page).first()).toBeVisible();
  });

  test('match any of the chosen environments', async ({ page }) => {
    const all = await total(page);
    await filter(page, 'Environment').click();
    const panel = page.getByRole('dialog', { name: 'Environment' });
    await panel.getByRole('searchbox', { name: 'Find an environment' }).fill('clin');
    await expect(panel.getByRole('group', { name: 'Environments' }).getByRole('checkbox')).toHaveCount(1);
    await panel.getByRole('checkbox', { name: 'City Clinic' }).check();
    await expect(page).toHaveURL(/\/users\?node=[0-9a-f-]+$/);
    await expect.poll(() => total(page)).toBeLessThan(all);
    const one = await total(page);

    await panel.getByRole('searchbox').fill('');
    await panel.getByRole('checkbox', { name: 'Velo Bikes' }).check();
    await expect.poll(() => total(page)).toBeGreaterThan(one);
    await page.keyboard.press('Escape');
    await expect(panel).toBeHidden();
    await expect(page.getByRole('button', { name: /^Environment City Clinic, Velo Bikes/ })).toBeFocused();

    // The agency covers all its environments.
    await page.keyboard.press('Enter');
    await panel.getByRole('checkbox', { name: 'Northwind Telecom' }).check();
    await expect.poll(() => total(page)).toBe(all);
    for (const box of await panel.getByRole('checkbox').all()) await expect(box).toBeChecked();
    await panel.getByRole('checkbox', { name: 'Sandbox' }).uncheck();
    await expect(panel.getByRole('checkbox', { name: 'Northwind Telecom' })).not.toBeChecked();
    await expect(panel.getByRole('checkbox', { name: 'City Clinic' })).toBeChecked();
  });

  test('combine role, status and last activity, and Back reverts the last one', async ({ page }) => {
    const all = await total(page);
    await filter(page, 'Role').click();
    await page
      .getByRole('dialog', { name: 'Role' })
      .getByRole('checkbox', { name: /^Planner/ })
      .check();
    await expect(page).toHaveURL('/users?role=planner');
    await expect.poll(() => total(page)).toBeLessThan(all);
    await page.keyboard.press('Escape');
    const planners = await total(page);
    for (const row of (await usersTable(page).getByRole('row').all()).slice(1, 6))
      await expect(row).toContainText('Planner');

    await filter(page, 'Status').click();
    await page.getByRole('dialog', { name: 'Status' }).getByRole('checkbox', { name: 'Active' }).check();
    await expect(page).toHaveURL('/users?role=planner&status=active');
    await expect.poll(() => total(page)).toBeLessThan(planners);
    await page.keyboard.press('Escape');
    const active = await total(page);
    await filter(page, 'Last active').click();
    await page.getByRole('radio', { name: 'Last 7 days' }).check();
    await expect(page).toHaveURL('/users?role=planner&status=active&active=7');
    await page.keyboard.press('Escape');
    await expect.poll(() => total(page)).toBeLessThan(active);
    const names = await renderedNames(page);

    await page.goBack();
    await expect(page).toHaveURL('/users?role=planner&status=active');
    await expect.poll(() => total(page)).toBe(active);
    await page.goForward();
    await expect(page).toHaveURL('/users?role=planner&status=active&active=7');
    await expect.poll(() => renderedNames(page)).toEqual(names);

    await button(page, 'Clear filters').click();
    await expect(page).toHaveURL('/users');
    await expect.poll(() => total(page)).toBe(all);
  });

  test('without a match offer to clear one filter', async ({ page }) => {
    await page.goto('/users?role=planner&status=expired&search=zzzz');
    await expect(page.getByRole('heading', { name: 'No users match these filters' })).toBeVisible();
    await button(page, 'Clear the search').click();
    await expect(page).toHaveURL('/users?role=planner&status=expired');
    await expect(page.getByRole('button', { name: 'Clear the search' })).toHaveCount(0);
    if (await page.getByRole('heading', { name: 'No users match these filters' }).isVisible()) {
      await page.getByRole('button', { name: /^Clear filter: .*Expired/ }).click();
    }
    await expect(userNames(page).first()).toBeVisible();
  });
});

test.describe('columns', () => {
  const headers = (page: Page): Promise<string[]> => usersTable(page).getByRole('columnheader').allInnerTexts();

  test('are hidden, moved, remembered and reset, and rows get compact', async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await expect(userNames(page).first()).toBeVisible();
    const before = await headers(page);
    const height = async () => (await usersTable(page).getByRole('row').nth(1).boundingBox())?.height;
    await expect.poll(height).toBe(48);

    await button(page, 'Columns').click();
    const menu = page.getByRole('dialog', { name: 'Columns' });
    await menu.getByRole('checkbox', { name: 'Status' }).uncheck();
    await menu.getByRole('button', { name: 'Move Created up' }).click();
    await menu.getByRole('radio', { name: 'Comfortable' }).press('ArrowRight');
    await expect(menu.getByRole('radio', { name: 'Compact' })).toBeFocused();
    await expect(menu.getByRole('radio', { name: 'Compact' })).toBeChecked();
    await expect.poll(height).toBe(40);
    const changed = ['Name', 'Roles', 'Environments', 'Created', 'Last active'];
    await expect.poll(async () => (await headers(page)).slice(0, 5)).toEqual(changed);
    const roles = usersTable(page).getByRole('columnheader', { name: 'Roles' });
    await expect(roles, 'hidden columns count in aria-colindex').toHaveAttribute('aria-colindex', '4');
    await expectAccessible(page);

    await page.reload();
    await expect(userNames(page).first()).toBeVisible();
    await expect.poll(async () => (await headers(page)).slice(0, 5)).toEqual(changed);
    await expect.poll(height).toBe(40);

    await button(page, 'Columns').click();
    await button(page, 'Reset').click();
    await expect.poll(() => headers(page)).toEqual(before);
    await expect.poll(height).toBe(48);
  });
});

test.describe('keyboard', () => {
  test.beforeEach(async ({ page }) => {
    await openAs(page, MAUD, '/users?sort=name');
    await expect(nameLinks(page).first()).toBeVisible();
  });

  test('moves between names up to the last row', async ({ page }) => {
    const names = await nameLinks(page).allInnerTexts();
    await nameLinks(page).first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await focusedName(page)).toBe(names[1]);
    await page.keyboard.press('ArrowUp');
    expect(await focusedName(page)).toBe(names[0]);
    await page.keyboard.press('PageDown');
    await expect.poll(() => focusedName(page)).not.toBe(names[0]);
    await page.keyboard.press('End');
    await expect.poll(() => scrollTop(page)).toBeGreaterThan(10_000);
    // The last row may still be loading.
    await expect(nameLinks(page).last()).toBeVisible();
    await page.keyboard.press('Home');
    await expect.poll(() => focusedName(page)).toBe(names[0]);
  });

  test('follows the visual order of the rows', async ({ page }) => {
    await page.mouse.move(600, 500);
    for (const by of [3_000, 700, -1_200, 25_000, -9_000]) {
      await page.mouse.wheel(0, by);
      await expect(nameLinks(page).first()).toBeVisible();
      // The list reorders its rows in the DOM once scrolling has ended.
      await expect(async () => {
        const order = await usersTable(page)
          .getByRole('row')
          .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }).toPass();
    }
  });

  test('scrolls the list while no name has the focus', async ({ page }) => {
    await list(page).focus();
    await page.keyboard.press('PageDown');
    await expect.poll(() => scrollTop(page)).toBeGreaterThan(200);
  });

  test('the focused row is never reused for another user', async ({ page }) => {
    const name = await nameLinks(page).nth(1).innerText();
    await nameLinks(page).nth(1).focus();
    await page.mouse.move(600, 500);
    await scrollByWheel(page, 20_000, async () => (await scrollTop(page)) > 10_000);
    await expect(nameLinks(page).last()).toBeVisible();
    expect(await focusedName(page)).toBe(name);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => scrollTop(page)).toBeLessThan(1_000);
  });

  test('skips the table', async ({ page }) => {
    const skip = page.getByRole('link', { name: 'Skip the table' });
    await skip.focus();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(button(page, '? Shortcuts').or(button(page, 'Shortcuts')).first()).not.toBeFocused();
    expect(await focusedName(page)).not.toContain('@');
  });
});

test('Back restores the scroll position and the focused row', async ({ page }) => {
  await openAs(page, MAUD, '/users?sort=name');
  await expect(nameLinks(page).first()).toBeVisible();
  await nameLinks(page).first().focus();
  const focusedRow = async (): Promise<number> =>
    Number(
      await usersTable(page)
        .getByRole('row')
        .filter({ has: page.locator(':focus') })
        .getAttribute('aria-rowindex'),
    );
  for (let press = 0; press < 3; press += 1) {
    const before = await focusedRow();
    await page.keyboard.press('PageDown');
    // A row that was not rendered gets the focus one frame later.
    await expect.poll(focusedRow).toBeGreaterThan(before);
  }
  expect(await scrollTop(page)).toBeGreaterThan(1_000);
  const [name, top] = [await focusedName(page), await scrollTop(page)];

  await usersTable(page).getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
  await expect(page).toHaveURL('/users?sort=status');
  await expect.poll(() => scrollTop(page)).toBe(0);
  await page.goBack();
  await expect(page).toHaveURL('/users?sort=name');
  await expect.poll(() => scrollTop(page)).toBe(top);
  await expect(nameLinks(page).filter({ hasText: name }).first()).toBeVisible();
});

test('a name is a link that opens in a new tab', async ({ page, context }) => {
  await openAs(page, MAUD, '/users');
  const link = nameLinks(page).first();
  await expect(link).toHaveAttribute('href', /^\/users\/[0-9a-f-]{36}/);
  const [other] = await Promise.all([context.waitForEvent('page'), link.click({ modifiers: ['ControlOrMeta'] })]);
  await expect(other).toHaveURL(/\/users\/[0-9a-f-]{36}/);
  await expect(page).toHaveURL('/users');
  await link.click();
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}/);
});

test.describe('selection', () => {
  test.beforeEach(async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await expect(userNames(page).first()).toBeVisible();
  });

  test('selects rows, ranges and all matches without moving the rows', async ({ page }) => {
    const count = await total(page);
    const rowTop = async () => (await usersTable(page).getByRole('row').nth(3).boundingBox())?.y;
    const before = await rowTop();
    await boxes(page).nth(1).check();
    await expect(selection(page)).toContainText('1 selected');
    expect(await rowTop()).toBe(before);
    await boxes(page)
      .nth(4)
      .click({ modifiers: ['Shift'] });
    await expect(selection(page)).toContainText('4 selected');
    const all = usersTable(page).getByRole('checkbox', { name: 'Select all users' });
    await expect(all).not.toBeChecked();
    await selection(page)
      .getByRole('button', { name: /^Select all/ })
      .click();
    await expect(selection(page)).toContainText(`All ${new Intl.NumberFormat('en-GB').format(count)} selected`);
    await expect(all).toBeChecked();
    await list(page).press('End');
    await expect(boxes(page).last()).toBeChecked();
    await button(page, 'Clear the selection').click();
    await expect(selection(page)).toBeHidden();
    await expect(all).not.toBeChecked();
  });

  test('works with the keyboard', async ({ page }) => {
    await nameLinks(page).nth(2).focus();
    await page.keyboard.press('x');
    await expect(boxes(page).nth(2)).toBeChecked();
    for (let row = 0; row < 3; row += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+X');
    await expect(selection(page)).toContainText('4 selected');
    await boxes(page).nth(5).focus();
    await page.keyboard.press('Shift+ArrowDown');
    await expect(selection(page)).toContainText('5 selected');
  });

  test('resends invitations only if one is pending', async ({ page }) => {
    await page.goto('/users?status=active');
    await boxes(page).first().check();
    const resendButton = selection(page).getByRole('button', { name: 'Resend invitation' });
    await expect(resendButton).toHaveAttribute('aria-disabled', 'true');
    await expect(resendButton).toHaveAccessibleDescription('None of the selected users has a pending invitation.');
    await page.goto('/users?status=invited');
    await boxes(page).first().check();
    await expect(resendButton).not.toHaveAttribute('aria-disabled');
  });

  test('is cleared when the list changes', async ({ page }) => {
    await boxes(page).first().check();
    await page.getByRole('searchbox', { name: 'Search users' }).fill('jan');
    await expect(selection(page)).toBeHidden();
  });
});

test.describe('row actions', () => {
  test('have accessible names, and disabled ones give the reason', async ({ page }) => {
    await openAs(page, MAUD, '/users?search=maud');
    const own = usersTable(page).getByRole('row').filter({ hasText: 'Maud Jansen' }).first();
    const remove = own.getByRole('button', { name: /^Remove .*Maud Jansen/ });
    await expect(remove).toHaveAttribute('aria-disabled', 'true');
    await expect(remove).toHaveAccessibleDescription('You cannot remove yourself. Ask another manager.');
    await remove.focus();
    await expect(page.locator('.tooltip:popover-open')).toHaveText('You cannot remove yourself. Ask another manager.');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    const copy = own.getByRole('button', { name: /^Copy invitation link for .*Maud Jansen/ });
    await expect(copy).toHaveAccessibleDescription('There’s no pending invitation for this user.');
  });
});

test('exports the filtered users as CSV', async ({ page }) => {
  await openAs(page, MAUD, '/users?role=planner');
  await expect(userNames(page).first()).toBeVisible();
  const count = await total(page);
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export CSV').click()]);
  expect(download.suggestedFilename()).toBe('users.csv');
  const text = await readFile(await download.path(), 'utf8');
  const lines = text.trim().split('\r\n');
  expect(lines.length - 1).toBe(count);
  for (const line of lines.slice(1)) expect(line).toContain('Planner');
  await expect(page.getByText(`${count} users exported`)).toBeVisible();
});

test('changes by another manager appear without moving the rows in view', async ({ page, browser, backend }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  const count = await total(page);
  await page.mouse.move(600, 500);
  await scrollByWheel(page, 3_000, async () => (await scrollTop(page)) > 2_000);
  const rowsInView = async () => {
    const top = (await list(page).boundingBox())?.y ?? 0;
    const rows = await usersTable(page).getByRole('row').all();
    const positions = await Promise.all(
      rows.slice(1).map(async (row) => [await row.innerText(), Math.round((await row.boundingBox())?.y ?? 0)] as const),
    );
    return positions.filter(([, y]) => y > top && y < top + 300).map(([text, y]) => `${text.split('\n')[0]} ${y}`);
  };
  await expect(nameLinks(page).first()).toBeVisible();
  const before = (await rowsInView()).sort();

  const context = await browser.newContext({ baseURL: backend.url });
  const other = await context.newPage();
  await openAs(other, CHARLOTTE, '/users');
  const status = await other.evaluate(async () => {
    const nodes = (await (await fetch('/api/v1/nodes')).json()) as { id: string; name: string }[];
    const node = nodes.find(({ name }) => name === 'City Clinic');
    const body = { emails: ['new.colleague@clinic.example'], grants: [{ node_id: node?.id, roles: ['planner'] }] };
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    return (await fetch('/api/v1/invitations', { method: 'POST', headers, body: JSON.stringify(body) })).status;
  });
  expect(status).toBe(200);
  await context.close();

  await expect.poll(() => total(page)).toBe(count + 1);
  expect((await rowsInView()).sort(), 'rows in view keep their position').toEqual(before);
  await list(page).press('Home');
  await expect(nameLinks(page).first()).toHaveText('new.colleague@clinic.example');
});

test('pages render all their rows', async ({ page }) => {
  await openAs(page, MAUD, '/users?view=pages');
  await expect(userNames(page)).toHaveCount(50);
  const first = await renderedNames(page);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL('/users?view=pages&page=2');
  await expect.poll(() => renderedNames(page)).not.toEqual(first);
  await expect(userNames(page)).toHaveCount(50);
  await expect(usersTable(page).getByRole('row').nth(1)).toHaveAttribute('aria-rowindex', '52');
  await expectAccessible(page);
  await page.goBack();
  await expect.poll(() => renderedNames(page)).toEqual(first);
});

test('shows the rows and disables changes while offline, and recovers by itself', async ({ page, context }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('You’re offline.', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(userNames(page).first()).toBeVisible();
  const invite = button(page, 'Invite users');
  await expect(invite).toHaveAttribute('aria-disabled', 'true');
  await expect(invite).toHaveAccessibleDescription('You’re offline. You can’t make changes now.');
  await expectAccessible(page);
  await context.setOffline(false);
  await expect(page.getByText('You’re offline.', { exact: true })).toBeHidden({ timeout: 20_000 });
  await expect(invite).not.toHaveAttribute('aria-disabled');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 700 }, hasTouch: true });

  test('avatars select cards, and the page does not overflow', async ({ page }) => {
    await openAs(page, INGRID, '/users');
    await expect(userNames(page).first()).toBeVisible();
    await boxes(page).first().check();
    await boxes(page).nth(1).check();
    await expect(selection(page)).toContainText('2 selected');
    await expectAccessible(page);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await button(page, 'Clear the selection').click();
    await page
      .getByRole('button', { name: /^Status/ })
      .first()
      .click();
    await page.getByRole('dialog', { name: 'Status' }).getByRole('checkbox', { name: 'Active' }).check();
    await expectAccessible(page);
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
});

test.describe('right to left', () => {
  test('the table is mirrored', async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    const [first, last] = await Promise.all([
      usersTable(page).getByRole('columnheader', { name: 'Name' }).boundingBox(),
      usersTable(page).getByRole('columnheader', { name: 'Created' }).boundingBox(),
    ]);
    expect(first?.x ?? 0).toBeGreaterThan(last?.x ?? 0);
    await expectAccessible(page);
  });
});
