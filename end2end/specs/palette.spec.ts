import {
  expect,
  expectAccessible,
  paletteField as field,
  type Locator,
  MAUD,
  openAs,
  openPalette,
  type Page,
  test,
  userNames,
} from '../support/test.ts';

const option = (page: Page, name: string | RegExp): Locator => page.getByRole('option', { name });
/** What Enter takes. */
const current = (page: Page): Locator => page.locator('[role=option][aria-selected=true]');

async function open(page: Page, text = ''): Promise<void> {
  await openPalette(page);
  await page.keyboard.type(text);
}

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('a user is found by typing, and opened', async ({ page }) => {
  await open(page, 'ingrid sol');
  await expect(current(page)).toContainText('Ingrid Solberg');
  await expect(current(page).locator('mark').first()).toHaveText('Ingrid Sol');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { name: 'Ingrid Solberg' })).toBeVisible();
  await expect(field(page)).toBeHidden();
});

test('what can be done with a user is reached by the arrows, and what cannot says why', async ({ page }) => {
  await open(page, 'charlotte pem');
  await expect(current(page)).toContainText('Charlotte Pemberton');
  const remove = option(page, /^Remove .*Charlotte Pemberton/);
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAccessibleDescription(/Only an administrator/);
  await page.keyboard.press('ArrowUp');
  await expect(remove).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();

  await page.keyboard.press('ArrowUp');
  await expect(current(page)).toContainText('Only an administrator can view as them.');
  await page.keyboard.press('ArrowUp');
  await expect(current(page)).toContainText('Audit log of');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tab=audit-log/);
});

test('actions narrow and order the list, and take that back', async ({ page }) => {
  await open(page, 'clinic');
  await option(page, 'Only users in City Clinic').click();
  await expect(page).toHaveURL(/\/users\?node=[0-9a-f-]{36}$/);
  await open(page, 'sort by last');
  await expect(current(page)).toContainText('Last active');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/sort=-last_active_at/);
  await open(page, 'clear');
  await expect(current(page)).toContainText('Clear');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/users?sort=-last_active_at');
});

test('Escape, the same keys and a click beside it close it, and the focus returns', async ({ page }) => {
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await search.focus();
  for (const leave of [
    () => page.keyboard.press('Escape'),
    () => page.keyboard.press('Control+k'),
    () => page.mouse.click(5, 5),
  ]) {
    await open(page);
    await leave();
    await expect(field(page)).toBeHidden();
    await expect(search).toBeFocused();
  }
});

test('shortcuts are listed, and single keys can be switched off for good', async ({ page }) => {
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await page.keyboard.press('?');
  await expect(shortcuts).toContainText('Ctrl K');
  await shortcuts.getByRole('switch', { name: 'Single-key shortcuts' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(shortcuts).toBeHidden();

  for (const again of [false, true]) {
    if (again) {
      await page.reload();
      await expect(userNames(page).first()).toBeVisible();
    }
    await page.keyboard.press('?');
    await page.keyboard.press('/');
    await expect(shortcuts).toBeHidden();
    await expect(page.getByRole('searchbox', { name: 'Search users' })).not.toBeFocused();
  }
  await open(page, 'shortcuts');
  await page.keyboard.press('Enter');
  await shortcuts.getByRole('switch', { name: 'Single-key shortcuts' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search users' })).toBeFocused();
  await page.keyboard.type('?');
  await expect(shortcuts, 'never in a field').toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

  test('the palette fits', async ({ page }) => {
    await open(page, 'san');
    await expect(current(page)).toContainText(/san/i);
    await expectAccessible(page);
    const box = await page.getByRole('dialog').boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
  });
});
