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
  waitForProgram,
} from '../support/test.ts';

const option = (page: Page, name: string | RegExp): Locator => page.getByRole('option', { name });
/** Returns the active option, which Enter runs. */
const activeOption = (page: Page): Locator => page.locator('[role=option][aria-selected=true]');

/** Opens the palette and types. Returns when the users were found: they move the options below them. */
async function open(page: Page, text = ''): Promise<void> {
  await openPalette(page);
  await page.keyboard.type(text);
  await expect(page.getByRole('listbox')).not.toHaveAttribute('aria-busy');
}

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('finds and opens a user', async ({ page }) => {
  await open(page, 'ingrid sol');
  await expect(activeOption(page)).toContainText('Ingrid Solberg');
  await expect(activeOption(page).locator('mark').first()).toHaveText('Ingrid Sol');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { name: 'Ingrid Solberg' })).toBeVisible();
  await expect(field(page)).toBeHidden();
});

test('finds names without their accents, by words in any order, and marks the words', async ({ page }) => {
  await open(page, 'bergstrom astr');
  await expect(activeOption(page)).toContainText('Astrid Bergström');
  await expect(activeOption(page).locator('.palette__name mark')).toHaveText(['Astr', 'Bergström']);
});

test('the arrow keys reach the actions of a user, and disabled actions give the reason', async ({ page }) => {
  await open(page, 'charlotte pem');
  await expect(activeOption(page)).toContainText('Charlotte Pemberton');
  const remove = option(page, /^Remove .*Charlotte Pemberton/);
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAccessibleDescription(/Only an Administrator/);
  await page.keyboard.press('ArrowUp');
  await expect(remove).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();

  await page.keyboard.press('ArrowUp');
  await expect(activeOption(page)).toContainText('Only an Administrator can view as them.');
  await page.keyboard.press('ArrowUp');
  await expect(activeOption(page)).toContainText('Audit log of');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tab=audit-log/);
});

test('actions filter, sort and clear the list', async ({ page }) => {
  await open(page, 'clinic');
  await option(page, 'Show only users in City Clinic').click();
  await expect(page).toHaveURL(/\/users\?node=[0-9a-f-]{36}$/);
  await open(page, 'sort by last');
  await expect(activeOption(page)).toContainText('Last active');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/sort=-last_active_at/);
  await open(page, 'clear');
  await expect(activeOption(page)).toContainText('Clear');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/users?sort=-last_active_at');
});

test('Escape, Ctrl+K and a click outside close the palette and restore the focus', async ({ page }) => {
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await search.focus();
  for (const close of [
    () => page.keyboard.press('Escape'),
    () => page.keyboard.press('Control+k'),
    () => page.mouse.click(5, 5),
  ]) {
    await open(page);
    await close();
    await expect(field(page)).toBeHidden();
    await expect(search).toBeFocused();
  }
});

test('lists the shortcuts, and remembers that single-key shortcuts are off', async ({ page }) => {
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await page.keyboard.press('?');
  await expect(shortcuts).toContainText('Ctrl K');
  await shortcuts.getByRole('switch', { name: 'Single-key shortcuts' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(shortcuts).toBeHidden();

  for (const isReloaded of [false, true]) {
    if (isReloaded) {
      await page.reload();
      await waitForProgram(page);
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
  await expect(shortcuts, 'no shortcut in a text field').toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

  test('the palette does not overflow', async ({ page }) => {
    await open(page, 'san');
    await expect(activeOption(page)).toContainText(/san/i);
    await expectAccessible(page);
    const box = await page.getByRole('dialog').boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
  });
});
