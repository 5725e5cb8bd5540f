import type { Route } from '@playwright/test';
import {
  holdProgram,
  navigate,
  openPrerendered,
  prerenderedNames,
  sortLink,
  watchFrames,
} from '../support/prerendered.ts';
import { expect, expectAccessible, isSearch, MAUD, openAs, type Page, test, userNames } from '../support/test.ts';

const search = (page: Page) => page.getByRole('searchbox', { name: /Search users|Gebruikers zoeken/ });
const row = (page: Page, name: string | RegExp) => userNames(page).filter({ hasText: name });

/** Returns the names in the first rows of a list, as the API returns them. */
const namesOfApi = (page: Page, query: string): Promise<string[]> =>
  page.evaluate(async (query) => {
    const response = await fetch(`/api/v1/users?${query}&offset=0&limit=50`);
    const { items } = (await response.json()) as { items: { name: string | null; email: string }[] };
    return items.map(({ name, email }) => name ?? email);
  }, query);

/** Whether a request is for the prerendered list only. */
const isFragment = (route: Route): boolean => route.request().headers()['studio-fragment'] !== undefined;

for (const { title, ...use } of [
  { title: 'on a desktop', viewport: { width: 1280, height: 800 } },
  { title: 'on a phone', viewport: { width: 390, height: 844 } },
  { title: 'in dark colours', colorScheme: 'dark' as const },
]) {
  test.describe(title, () => {
    test.use(use);

    test('the list works before the program runs', async ({ page }) => {
      await openAs(page, MAUD, '/users');
      const loadProgram = await openPrerendered(page);
      await expectAccessible(page);

      // Typing searches.
      await search(page).click();
      await page.keyboard.type('van');
      await expect(page).toHaveURL(/\/users\?search=van$/);
      await expect.poll(() => prerenderedNames(page)).toEqual(await namesOfApi(page, 'search=van&sort=-created_at'));
      await expect(search(page)).toBeFocused();
      await expect(page.locator('output')).toContainText(/Users found: /);

      // Headers sort.
      await sortLink(page, 'Name').click();
      await expect(page).toHaveURL(/search=van&sort=name$/);
      await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
      await expect.poll(() => prerenderedNames(page)).toEqual(await namesOfApi(page, 'search=van&sort=name'));
      await sortLink(page, 'Name').click();
      await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');
      await expect.poll(() => prerenderedNames(page)).toEqual(await namesOfApi(page, 'search=van&sort=-name'));
      await expect(sortLink(page, 'Name')).toBeFocused();

      // Filters open without the program, and stay open while choosing.
      await page.getByRole('button', { name: 'Status' }).click();
      const filter = page.getByRole('dialog', { name: 'Status' });
      await expect(filter).toBeVisible();
      await filter.getByRole('link', { name: 'Active', exact: true }).click();
      await expect(page).toHaveURL(/status=active/);
      await expect(filter.getByRole('link', { name: 'Active', exact: true })).toHaveAttribute('aria-current', 'true');
      await expect(filter).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Clear filters' }).click();
      await expect(page).not.toHaveURL(/status=/);

      // A name opens the user, with their details.
      const name = (await prerenderedNames(page))[0] ?? '';
      await row(page, name).first().getByRole('link').click();
      const panel = page.getByRole('region', { name });
      await expect(panel).toBeVisible();
      await expect(panel.getByRole('heading', { name })).toBeFocused();
      await expect(panel.locator('.facts').first()).toContainText('@');
      await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}\?search=van&sort=-name$/);
      await expectAccessible(page);

      // Back closes the user, and returns to earlier lists.
      await page.goBack();
      await expect(panel).toBeHidden();
      await page.goForward();
      await expect(panel).toBeVisible();
      await panel.getByRole('link', { name: 'Close' }).click();
      await expect(panel).toBeHidden();
      await expect(row(page, name).first().getByRole('link')).toBeFocused();

      // The search is cleared by a form without text, and the list has pages.
      await search(page).fill('');
      await expect(page).toHaveURL(/\/users\?sort=-name(&search=)?$/);
      await page.getByRole('link', { name: 'Next' }).click();
      await expect(page).toHaveURL(/view=pages&page=2$/);
      await expect(page.getByText(/^Page 2 of /)).toBeVisible();
      await page.getByRole('link', { name: 'Previous' }).click();
      await expect(page).toHaveURL(/view=pages$/);

      // The program takes over at the same address.
      const names = await prerenderedNames(page);
      await loadProgram();
      await expect(page).toHaveURL(/view=pages$/);
      await expect(userNames(page).getByRole('link').first()).toHaveText(names[0] ?? '');
    });
  });
}

test('shows an empty list, and how to leave it', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page, '/users?search=zzzz');
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Clear the search' }).click();
  await expect(page).toHaveURL(/\/users$/);
  await expect(search(page)).toHaveValue('');
  await search(page).fill('zzzz');
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
  await loadProgram();
  await expect(page.getByRole('button', { name: 'Clear the search' })).toBeVisible();
});

test('shows a user who does not exist', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page, '/users/00000000-0000-4000-8000-000000000000');
  await expect(page.getByRole('heading', { name: 'User not found' })).toBeVisible();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(page).toHaveURL(/\/users$/);
  await loadProgram();
});

test('the newest answer wins', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page);
  let releaseFirst = (): void => {};
  const released = new Promise<void>((resolve) => (releaseFirst = resolve));
  const requested: string[] = [];
  await page.route(/\/users\?/, async (route) => {
    if (!isFragment(route)) return route.continue();
    const text = new URL(route.request().url()).searchParams.get('search') ?? '';
    requested.push(text);
    if (text === 'vos') await released;
    // A newer search has aborted this request.
    await route.continue().catch(() => {});
  });
  await search(page).fill('vos');
  await expect.poll(() => requested).toEqual(['vos']);
  await search(page).fill('jansen');
  await expect(row(page, 'Jansen').first()).toBeVisible();
  await expect(page).toHaveURL(/search=jansen$/);
  releaseFirst();
  // A link that is followed before the answer keeps the text.
  await sortLink(page, 'Name').click();
  await expect(page).toHaveURL(/search=jansen&sort=name$/);
  await expect(search(page)).toHaveValue('jansen');
  expect((await prerenderedNames(page)).every((name) => name.includes('Jansen'))).toBe(true);
  await loadProgram();
});

test('hands over while the user types', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  let loadProgram = await openPrerendered(page);
  // The answer is in the document, and the program needs no request for it.
  await search(page).click();
  await page.keyboard.type('vos');
  await expect(row(page, 'Vos').first()).toBeVisible();
  await expect(page).toHaveURL(/search=vos$/);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.keyboard.press('ArrowLeft');
  await loadProgram();
  expect(requests.filter((url) => isSearch(new URL(url)) && url.includes('offset=0'))).toEqual([]);
  await expect(search(page)).toBeFocused();
  await page.keyboard.press('Backspace');
  await page.keyboard.type('o');
  await expect(search(page)).toHaveValue('vos');

  // The text has no answer yet.
  loadProgram = await openPrerendered(page);
  const answer = await holdAnswers(page);
  await search(page).click();
  await page.keyboard.type('jansen');
  await loadAfter(answer, loadProgram);
  await expect(search(page)).toHaveValue('jansen');
  await expect(search(page)).toBeFocused();
  await expect(row(page, 'Jansen').first()).toBeVisible();
  await expect(page).toHaveURL(/search=jansen$/);
});

/** Holds the fragments back. The returned function releases them. */
async function holdAnswers(page: Page): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/users\?/, async (route) => {
    if (isFragment(route)) await released;
    await route.continue().catch(() => {});
  });
  return release;
}

/** Releases the program first, and the answer while the program waits for it. */
async function loadAfter(answer: () => void, loadProgram: () => Promise<void>): Promise<void> {
  const loaded = loadProgram();
  answer();
  await loaded;
}

test('hands over the scroll position and an open filter', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page);
  const rows = page.locator('#prerendered .users-table__body');
  await rows.evaluate((rows) => rows.scrollTo(0, 480));
  const eleventh = (await prerenderedNames(page))[10] ?? '';
  await page.getByRole('button', { name: 'Role', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Role' })).toBeVisible();
  await loadProgram();
  await expect(page.getByRole('dialog', { name: 'Role' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^Administrator/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row(page, eleventh).first()).toBeInViewport();
  const scrollTop = await page.locator('.users-table__body').evaluate((rows) => rows.scrollTop);
  expect(scrollTop).toBe(480);
});

test('hands over an open panel without a flicker', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const name = (await userNames(page).getByRole('link').nth(3).textContent()) ?? '';
  await userNames(page).getByRole('link').nth(3).click();
  await expect(page.getByRole('region', { name })).toBeVisible();
  const { pathname } = new URL(page.url());
  const framesWithout = await watchFrames(page, () => {
    const root = document.querySelector('.studio__feature');
    const live = root?.shadowRoot?.querySelector('.user-panel__name')?.textContent?.trim();
    const panel = document.querySelector('#prerendered .user-panel') ?? (live ? root : null);
    return document.readyState === 'complete' && !panel;
  });
  const loadProgram = await openPrerendered(page, pathname);
  await expect(page.locator('#prerendered').getByRole('region', { name })).toBeVisible();
  await loadProgram();
  await expect(page.getByRole('region', { name }).getByRole('tab', { name: 'Access' })).toBeVisible();
  expect(await framesWithout()).toBe(0);
});

test('shows the columns, the density and the language of this browser', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await page.evaluate(() => {
    localStorage.setItem('studio-users.columns', 'created,-roles,status,environments,last_active,invited_by');
    localStorage.setItem('studio-users.density', 'compact');
    localStorage.setItem('studio-users.language', 'nl');
  });
  const framesInEnglish = await watchFrames(page, () => {
    const list = document.querySelector('#prerendered[lang=en]');
    return list?.checkVisibility() === true;
  });
  // The first page after a change is fetched again. Later ones have the settings at once.
  for (const isFetchedAgain of [true, false]) {
    const fragments: string[] = [];
    page.on('request', (request) => {
      if (request.headers()['studio-fragment'] !== undefined) fragments.push(request.url());
    });
    const loadProgram = await openPrerendered(page);
    const headers = page.locator('#prerendered').getByRole('columnheader');
    await expect(headers).toHaveText([
      /Naam/,
      /Aangemaakt/,
      /Status/,
      'Omgevingen',
      /Laatst actief/,
      'Uitgenodigd door',
      /./,
    ]);
    await expect(page.locator('#prerendered .users-table')).toHaveAttribute('data-density', 'compact');
    expect((await page.locator('#prerendered .users-table__row').nth(2).boundingBox())?.height).toBe(40);
    expect(fragments.length > 0).toBe(isFetchedAgain);
    await search(page).fill('vos');
    await expect.poll(() => prerenderedNames(page)).toEqual(await namesOfApi(page, 'search=vos&sort=-created_at'));
    await loadProgram();
    await expect(page.getByRole('columnheader').nth(1)).toHaveText('Aangemaakt');
    expect(await framesInEnglish()).toBe(0);
  }
});

test('shows the list of an impersonation, and never that of the manager', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await search(page).fill('bram@velobikes.example');
  await row(page, 'Bram Kuipers').waitFor();
  await page.getByRole('button', { name: 'View as Bram Kuipers', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'View as Bram Kuipers' });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Ticket 1');
  await dialog.getByRole('button', { name: 'Start view' }).click();
  await expect(page.getByRole('complementary', { name: /^Viewing as/ })).toBeVisible();
  const framesOfManager = await watchFrames(page, () => {
    const list = document.querySelector('#prerendered:not([data-view])');
    return list?.checkVisibility() === true;
  });
  const loadProgram = await holdProgram(page);
  await navigate(page, '/users');
  await page.waitForFunction(() => !document.documentElement.hasAttribute('data-prerendered'));
  expect(await framesOfManager()).toBe(0);
  expect(page.url()).not.toContain('view');
  await loadProgram();
  await expect(page.getByRole('complementary', { name: /^Viewing as/ })).toBeVisible();
});

test.describe('without WebAssembly', () => {
  test.beforeEach(async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
    });
  });

  test('the list is read-only', async ({ page }) => {
    await navigate(page, '/users');
    await expect(page.getByText('This browser blocks WebAssembly, so this list is read-only.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Invite users' })).toBeHidden();
    await expect(page.getByRole('checkbox').first()).toBeHidden();
    await expectAccessible(page);
    await search(page).fill('vos');
    await expect(row(page, 'Vos').first()).toBeVisible();
    await row(page, 'Vos').first().getByRole('link').click();
    await expect(page.getByRole('heading', { level: 2, name: /Vos/ })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Close' }).click();
    await expect(page).toHaveURL(/\/users\?search=vos$/);
    await page.getByRole('button', { name: 'Last active' }).click();
    await page.getByRole('link', { name: 'Last 7 days' }).click();
    await expect(page).toHaveURL(/active=7/);
  });

  test('other pages say what they need', async ({ page }) => {
    await page.evaluate(() => location.assign('/roles'));
    await expect(page.getByText('This browser blocks WebAssembly, which this page needs.')).toBeVisible();
    await expectAccessible(page);
  });
});

test('works without JavaScript, as plain pages', async ({ page, browser, baseURL }) => {
  await openAs(page, MAUD, '/users');
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
    ...(baseURL && { baseURL }),
  });
  const plain = await context.newPage();
  await plain.goto('/users');
  await expect(plain.getByText('JavaScript is turned off, so this list is read-only.')).toBeVisible();
  await expect(plain.getByText('needs JavaScript and WebAssembly')).toBeHidden();
  await search(plain).fill('van');
  await search(plain).press('Enter');
  await expect(plain).toHaveURL(/\/users\?search=van$/);
  await expect(search(plain)).toHaveValue('van');
  await sortLink(plain, 'Name').click();
  await expect(plain).toHaveURL(/search=van&sort=name$/);
  await plain.getByRole('button', { name: 'Status' }).click();
  await plain.getByRole('link', { name: 'Active', exact: true }).click();
  await expect(plain).toHaveURL(/status=active/);
  await plain.locator('#prerendered .person__link').first().click();
  await expect(plain.getByRole('heading', { level: 2 })).toBeVisible();
  await plain.getByRole('link', { name: 'Close' }).click();
  await plain.getByRole('link', { name: 'Clear filters' }).click();
  await search(plain).fill('');
  await search(plain).press('Enter');
  await plain.getByRole('link', { name: 'Next' }).click();
  await expect(plain.getByText(/^Page 2 of /)).toBeVisible();
  await context.close();
});

test('a session that ended leads to the sign-in page', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page);
  await page.context().clearCookies();
  await sortLink(page, 'Name').click();
  await expect(page.locator('#prerendered')).toHaveCount(0);
  await loadProgram();
  await expect(page.getByRole('region', { name: 'Try the demo as' })).toBeVisible();
});
