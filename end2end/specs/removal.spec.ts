import {
  expect,
  expectAccessible,
  type Locator,
  MAUD,
  openAs,
  openPalette,
  type Page,
  test,
  userNames,
  usersTable,
} from '../support/test.ts';

const row = (page: Page, mail: string): Locator => usersTable(page).getByRole('row').filter({ hasText: mail });
const removeButton = (page: Page, mail: string): Locator => row(page, mail).locator('[data-action=remove]');
/** Returns the text of a row, with timestamps instead of relative times, which change while the test runs. */
const rowText = (row: Locator): Promise<string> =>
  row.evaluate((row) => {
    const copy = row.cloneNode(true) as HTMLElement;
    for (const time of copy.querySelectorAll('time')) time.textContent = time.dateTime;
    return copy.textContent ?? '';
  });
const dialog = (page: Page): Locator => page.getByRole('dialog').or(page.getByRole('alertdialog'));
const undo = (page: Page): Locator =>
  page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Undo' });
const total = async (page: Page): Promise<number> => Number(await usersTable(page).getAttribute('aria-rowcount')) - 1;

/** A listed user. */
interface Person {
  name: string;
  mail: string;
}

/** Returns the nth active user whom the current user may remove, and narrows the list to that user. */
async function findRemovable(page: Page, nth: number): Promise<Person> {
  const rows = usersTable(page).getByRole('row').filter({ hasText: 'Active' });
  const removable = rows.filter({ has: page.locator('[data-action=remove]:not([aria-disabled])') }).nth(nth);
  const name = (await removable.getByRole('link').first().innerText()).trim();
  const mail = (await removable.locator('.person__mail').innerText()).trim();
  await page.getByRole('searchbox', { name: 'Search users' }).fill(mail);
  await expect(userNames(page)).toHaveCount(1);
  await expect(userNames(page)).toContainText(mail);
  return { name, mail };
}

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('removes and restores a user with the keyboard', async ({ page }) => {
  const { name, mail } = await findRemovable(page, 1);
  const before = await rowText(row(page, mail));
  await removeButton(page, mail).focus();
  await page.keyboard.press('Enter');

  await expect(dialog(page)).toContainText(`Remove ${name}?`);
  await expect(dialog(page).getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(dialog(page).getByRole('list', { name: 'Access to be removed' }).getByRole('listitem')).not.toHaveCount(
    0,
  );
  await page.keyboard.press('Tab');
  await expect(dialog(page).getByRole('button', { name: 'Remove user' })).toBeFocused();
  await page.keyboard.press('Enter');

  await expect(dialog(page)).toBeHidden();
  await expect(page.getByText(`${name} removed`)).toBeVisible();
  await expect(undo(page)).toBeVisible();
  await expect(row(page, mail)).toBeHidden();
  await page.keyboard.press('u');
  await expect(row(page, mail)).toBeVisible();
  expect(await rowText(row(page, mail))).toBe(before);
});

test('Escape and Cancel remove nobody and restore the focus', async ({ page }) => {
  const { mail } = await findRemovable(page, 2);
  const button = removeButton(page, mail);
  for (const cancel of [
    () => page.keyboard.press('Escape'),
    () => dialog(page).getByRole('button', { name: 'Cancel' }).click(),
  ]) {
    await button.click();
    await expect(dialog(page)).toBeVisible();
    await cancel();
    await expect(dialog(page)).toBeHidden();
    await expect(button).toBeFocused();
  }
});

test('lists removed users and restores one', async ({ page }) => {
  const { name, mail } = await findRemovable(page, 3);
  await removeButton(page, mail).click();
  await dialog(page).getByRole('button', { name: 'Remove user' }).click();
  await expect(row(page, mail)).toBeHidden();

  await openPalette(page);
  await page.keyboard.type('removed');
  await page.getByRole('option', { name: 'Removed users' }).click();
  const removed = dialog(page).getByRole('listitem').filter({ hasText: name });
  await expect(removed).toContainText('by you');
  await removed.getByRole('button', { name: `Restore ${name}` }).click();
  await expect(removed).toBeHidden();
  await expect(dialog(page).getByRole('heading', { name: 'Removed users' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(row(page, mail)).toBeVisible();
});

test('removes all matching users after typing their number, and restores them', async ({ page }) => {
  await page.goto('/users?search=de+vries&status=active');
  await expect(userNames(page).first()).toContainText(/de vries/i);
  const count = await total(page);
  expect(count).toBeGreaterThan(2);
  await page.getByRole('checkbox', { name: 'Select all users' }).click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Remove' }).click();
  const confirmButton = dialog(page).getByRole('button', { name: /^Remove \d+ users$/ });
  const confirmation = dialog(page).getByRole('textbox', { name: `Type ${count} to confirm` });
  await confirmation.fill(String(count + 1));
  await expect(confirmButton).toHaveAttribute('aria-disabled', 'true');
  await confirmation.fill(String(count));
  const requested = page.waitForRequest((request) => request.url().endsWith('/users/bulk'));
  await confirmation.press('Enter');
  const request = (await requested).postDataJSON() as { select: object; action: string };
  expect(request.select).toEqual({
    filters: { search: 'de vries', nodes: [], roles: [], statuses: ['active'], active_since: null, assigned: false },
    expected_total: count,
  });

  // If some users were skipped, a dialog lists them and has the button "Undo" as well.
  const anyUndo = page.getByRole('button', { name: 'Undo' });
  await expect(anyUndo).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No users match these filters' })).toBeVisible();
  await anyUndo.click();
  await expect.poll(() => total(page)).toBe(count);
});

test('adds a role to the selection, and lists the skipped users with reasons', async ({ page }) => {
  await page.goto('/users?sort=name');
  await expect(userNames(page).first()).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search users' }).fill('charlotte');
  await expect(userNames(page).first()).toContainText(/charlotte/i);
  await page.getByRole('checkbox', { name: 'Select all users' }).click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Add role' }).click();
  await dialog(page).getByRole('searchbox').fill('bank');
  await dialog(page).getByRole('radio', { name: 'Harbor Bank' }).click();
  const administrator = dialog(page).getByRole('radio', { name: /^Administrator/ });
  await expect(administrator).toHaveAttribute('aria-disabled', 'true');
  await expect(administrator).toContainText('Only an Administrator can give the Administrator role');
  await administrator.click({ force: true });
  await expect(administrator).toHaveAttribute('aria-checked', 'false');
  await dialog(page)
    .getByRole('radio', { name: /^Planner/ })
    .click();
  await dialog(page).getByRole('button', { name: 'Add role' }).click();
  const skipped = dialog(page).getByRole('list', { name: 'Skipped users and reasons' });
  await expect(skipped.getByRole('listitem').filter({ hasText: 'Charlotte Pemberton' })).toContainText(
    'Only an Administrator',
  );
  await expectAccessible(page);
});

test.describe('the invitation link', () => {
  test.beforeEach(async ({ page }) => {
    await page.goto('/users?status=invited');
    await expect(userNames(page).first()).toBeVisible();
  });

  const copy = (page: Page): Locator =>
    page
      .getByRole('button', { name: /^Copy invitation link for/ })
      .locator('visible=true')
      .first();

  test('is copied', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await copy(page).click();
    await expect(page.getByRole('status').filter({ hasText: /^Invitation link for .* copied$/ })).toHaveCount(1);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/join#[\w-]{43}$/);
  });

  test('is shown if the browser blocks copying', async ({ page }) => {
    await page.evaluate(() => {
      navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await copy(page).click();
    const field = dialog(page).getByRole('textbox', { name: 'Link' });
    await expect(field).toBeFocused();
    await expect(field).toHaveValue(/\/join#/);
    expect(await field.evaluate((input: HTMLInputElement) => input.selectionEnd)).toBeGreaterThan(40);
    await expectAccessible(page);
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

  test('a sheet offers the row actions', async ({ page }) => {
    const more = page.getByRole('button', { name: /^Actions for/ }).first();
    await more.click();
    await expect(page.getByRole('dialog', { name: /^Actions for/ })).toBeVisible();
    await expectAccessible(page);
    await dialog(page).getByRole('button', { name: 'Audit log' }).click();
    await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}\?tab=audit-log$/);
    await page.goBack();

    await more.click();
    await dialog(page).getByRole('button', { name: 'Remove user' }).click();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await expect(page.getByRole('alertdialog').getByRole('list', { name: 'Access to be removed' })).toBeVisible();
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'horizontal overflow in px').toBeLessThanOrEqual(0);
  });
});
