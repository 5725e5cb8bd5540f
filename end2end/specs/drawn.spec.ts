import {
  accountOf,
  expect,
  expectAccessible,
  MAUD,
  openAs,
  type Page,
  test,
  userNames,
  usersTable,
} from '../support/test.ts';

/** Opens the users while their program is on its way; it comes when it is let. */
async function openDrawn(page: Page, path = '/users'): Promise<() => Promise<void>> {
  let come = (): void => {};
  const coming = new Promise<void>((resolve) => (come = resolve));
  await page.route(/_bg\.wasm$/, async (route) => {
    await coming;
    await route.continue();
  });
  // Without waiting for the program.
  await page.evaluate((path) => location.assign(path), path);
  await page.waitForURL((url) => url.pathname + url.search === path, { waitUntil: 'commit' });
  return async () => {
    come();
    await page.waitForFunction(() => !document.getElementById('drawn'));
  };
}

/** What is seen of the studio and its list, and where. How many rows are in view is not known before anything is measured. */
async function seen(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) look(element.shadowRoot);
        const isTold = element.matches(
          'button, a, input, th, td, h1, time, .status, .avatar, .person__mail, .page-head__count',
        );
        if (!isTold || element.closest('.list-foot, .skip-link') || !element.checkVisibility()) continue;
        const { x, y, width, height } = element.getBoundingClientRect();
        if (!width || y + height > innerHeight - 60) continue;
        // How many chips fit is measured as well.
        const told = element.querySelector('.chips > *') ?? element;
        // For a day it is told how long ago something was. That goes on: of it the moment and the words around it are compared.
        const time = element.matches('time') ? element : element.querySelector('time');
        const at = time?.getAttribute('datetime');
        const goesOn = at && Date.now() - Date.parse(at) < 86_400_000;
        const text = element.getAttribute('aria-label') ?? told.textContent?.trim();
        const name = goesOn ? `${text?.replace(/\d+\s\S+/, '#')} ${at}` : text;
        const place = goesOn && element === time ? [y, height] : [x, y, width, height];
        found.push(`${element.localName} "${name}" ${place.map(Math.round).join(' ')}`);
      }
    };
    look(document.body);
    return found;
  });
}

for (const { title, ...use } of [
  { title: 'on a desktop', viewport: { width: 1440, height: 900 } },
  { title: 'in a narrow window', viewport: { width: 1100, height: 800 } },
  { title: 'on a tablet', viewport: { width: 820, height: 1000 } },
  { title: 'on a phone', viewport: { width: 390, height: 844 } },
  { title: 'in Dutch', viewport: { width: 1440, height: 900 }, locale: 'nl-NL' },
  { title: 'elsewhere in the world', viewport: { width: 1440, height: 900 }, timezoneId: 'Asia/Tokyo' },
]) {
  test.describe(title, () => {
    test.use(use);

    test('what is drawn before the program comes is what the program shows', async ({ page }) => {
      await page.goto('/');
      await page.getByRole('button', { name: MAUD }).click();
      await expect(userNames(page).first().or(page.getByRole('rowheader').first())).toBeVisible();
      const come = await openDrawn(page);
      await expect(page.getByRole('rowheader').first()).toBeVisible();
      await page.waitForFunction(() => document.readyState !== 'loading');
      const drawn = await seen(page);
      expect(drawn.length).toBeGreaterThan(60);
      await come();
      await expect(page.getByRole('rowheader').first()).toBeVisible();
      await expect.poll(() => seen(page)).toEqual(drawn);
    });
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('what is drawn is accessible', async ({ page }) => {
      await openAs(page, MAUD, '/users');
      const come = await openDrawn(page);
      await expect(userNames(page).first()).toBeVisible();
      await expectAccessible(page);
      await come();
    });
  });
}

test('what is typed before the program comes is kept, and found', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const come = await openDrawn(page);
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await search.click();
  await page.keyboard.type('vos');
  await come();
  await expect(search).toBeFocused();
  // Where the cursor was, it is.
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('o');
  await expect(search).toHaveValue('vos');
  await expect(userNames(page).first()).toContainText('Vos');
  await expect(page).toHaveURL(/search=vos/);
});

test('what is clicked before the program comes is clicked when it has', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  let come = await openDrawn(page);
  await page.getByRole('button', { name: 'Invite users' }).click();
  await come();
  await expect(page.getByRole('dialog', { name: 'Invite users' })).toBeVisible();

  come = await openDrawn(page);
  const link = userNames(page).nth(2).getByRole('link');
  const name = await link.textContent();
  await link.click();
  await come();
  await expect(page.getByRole('region', { name: name ?? '' })).toBeVisible();

  come = await openDrawn(page);
  await page.getByRole('checkbox', { name: 'Select all users' }).click();
  await come();
  await expect(page.getByRole('region', { name: 'Selection' })).toBeVisible();
});

test('whoever has the focus keeps it', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const come = await openDrawn(page);
  await accountOf(page, MAUD).focus();
  await come();
  await expect(accountOf(page, MAUD)).toBeFocused();
});

test('nothing is drawn for whoever would see something else', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const drawn = page.locator('#drawn');
  const looks = async (path?: string): Promise<() => Promise<void>> => {
    const come = await openDrawn(page, path);
    await page.locator('body').waitFor({ state: 'attached' });
    return come;
  };
  // Another list.
  let come = await looks('/users?search=vos');
  await expect(drawn).toHaveCount(0);
  await come();

  // Other columns, another language, a view: kept in this browser.
  for (const [storage, key, value] of [
    ['localStorage', 'columns', '-status'],
    ['localStorage', 'density', 'compact'],
    ['localStorage', 'language', 'nl'],
    ['sessionStorage', 'view', '{}'],
  ] as const) {
    await page.evaluate(([storage, key, value]) => window[storage].setItem(`studio-users.${key}`, value), [
      storage,
      key,
      value,
    ] as const);
    come = await looks();
    await expect(drawn).toBeAttached();
    await expect(drawn.locator('.studio')).toBeHidden();
    await come();
    await page.evaluate(([storage, key]) => window[storage].removeItem(`studio-users.${key}`), [storage, key] as const);
  }
  await expect(usersTable(page)).toBeVisible();
});
