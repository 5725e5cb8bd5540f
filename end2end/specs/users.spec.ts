import { waitForRendering } from '../support/rendering.ts';
import {
  expect,
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

const searchBox = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search users' });
const header = (page: Page, name: string): Locator => usersTable(page).getByRole('columnheader', { name, exact: true });
const total = async (page: Page): Promise<number> => Number(await usersTable(page).getAttribute('aria-rowcount')) - 1;
const rowIndices = async (page: Page): Promise<number[]> =>
  usersTable(page)
    .getByRole('row')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));

test.beforeEach(async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('shows the number of users', async ({ page }) => {
  await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();
  const count = await total(page);
  expect(count).toBeGreaterThan(100);
  await expect(page.getByText(new Intl.NumberFormat('en-GB').format(count), { exact: true })).toBeVisible();
  expect((await rowIndices(page)).slice(0, 3)).toEqual([1, 2, 3]);
});

test('a header sorts the rows, and Back reverts the order', async ({ page }) => {
  const before = await userNames(page).first().innerText();
  await header(page, 'Name').getByRole('button').click();
  await expect(page).toHaveURL('/users?sort=name');
  await expect(header(page, 'Name')).toHaveAttribute('aria-sort', 'ascending');
  await expect(userNames(page).first()).not.toHaveText(before, { useInnerText: true });

  await header(page, 'Name').getByRole('button').click();
  await expect(page).toHaveURL('/users?sort=-name');
  await expect(header(page, 'Name')).toHaveAttribute('aria-sort', 'descending');

  await page.goBack();
  await expect(page).toHaveURL('/users?sort=name');
  await expect(header(page, 'Name')).toHaveAttribute('aria-sort', 'ascending');
  await page.goBack();
  await expect(page).toHaveURL('/users');
  await expect(header(page, 'Created')).toHaveAttribute('aria-sort', 'descending');
  await expect(userNames(page).first()).toHaveText(before, { useInnerText: true });
});

for (const [name, sort] of [
  ['Status', 'status'],
  ['Last active', '-last_active_at'],
  ['Created', 'created_at'],
] as const) {
  test(`sorts by ${name}`, async ({ page }) => {
    await header(page, name).getByRole('button').click();
    await expect(page).toHaveURL(`/users?sort=${sort}`);
    const direction = sort.startsWith('-') ? 'descending' : 'ascending';
    await expect(header(page, name)).toHaveAttribute('aria-sort', direction);
  });
}

test('a search filters the rows, replaces the URL and is cleared', async ({ page }) => {
  const all = await total(page);
  const historyLength = await page.evaluate(() => history.length);
  await searchBox(page).pressSequentially('jansen');
  await expect(page).toHaveURL('/users?search=jansen');
  await expect.poll(() => total(page)).toBeLessThan(all);
  // A prefix of the search filters as well, so the names are checked too.
  await expect.poll(async () => (await renderedNames(page)).filter((name) => !/jansen/i.test(name))).toEqual([]);
  expect(await page.evaluate(() => history.length), 'typing adds no history entries').toBe(historyLength);

  await searchBox(page).press('Escape');
  await expect(searchBox(page)).toHaveValue('');
  await expect(page).toHaveURL('/users');
  await expect.poll(() => total(page)).toBe(all);

  await searchBox(page).fill('jansen');
  await expect(page).toHaveURL('/users?search=jansen');
  await searchBox(page).fill('');
  await expect(page).toHaveURL('/users');
});

test('a search without results offers to clear it', async ({ page }) => {
  await searchBox(page).fill('zzzz-nobody');
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(page).toHaveURL('/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('a URL shows the same rows when opened and reloaded', async ({ page }) => {
  const url = '/users?search=de+vries&sort=-created_at';
  const names: string[][] = [];
  for (const open of [() => page.goto(url), () => page.reload()]) {
    await open();
    await expect(searchBox(page)).toHaveValue('de vries');
    await expect(header(page, 'Created')).toHaveAttribute('aria-sort', 'descending');
    await expect(userNames(page).first()).toContainText(/de vries/i);
    expect(page.url()).toContain(url);
    names.push(await renderedNames(page));
  }
  expect(names[0]).toEqual(names[1]);
});

test('scrolling renders later rows, and at most 100 at once', async ({ page }) => {
  const last = async () => Math.max(...(await rowIndices(page)));
  const before = await last();
  await userNames(page).first().hover();
  await scrollByWheel(page, 4_000, async () => (await last()) > before + 50);
  await expect(userNames(page).first()).toBeVisible();
  expect((await rowIndices(page)).length).toBeLessThanOrEqual(100);

  await usersTable(page).getByRole('rowgroup', { name: 'Users' }).press('End');
  const count = await total(page);
  await expect.poll(last).toBe(count + 1);
  await expect(userNames(page).last()).toBeVisible();
  expect((await rowIndices(page)).length).toBeLessThanOrEqual(100);
});

test('cached rows are never blank while scrolling fast', async ({ page }) => {
  const last = async () => Math.max(...(await rowIndices(page)));
  const atStart = await last();
  await userNames(page).first().hover();
  for (let turn = 0; turn < 20; turn += 1) {
    const before = await last();
    await scrollByWheel(page, 960, async () => (await last()) > before);
    await expect(usersTable(page).locator('[aria-rowindex][data-marks=awaited]')).toHaveCount(0);
  }

  // Waits until the page has sent the requests of the last turn.
  await waitForRendering(page);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  // Inspects every frame until `isOver` is set.
  const watch = await page.evaluateHandle(() => {
    const findList = (root: ParentNode): Element | null => {
      const list = root.querySelector('tbody[role=rowgroup]');
      if (list) return list;
      for (const element of root.querySelectorAll('*')) {
        const nested = element.shadowRoot && findList(element.shadowRoot);
        if (nested) return nested;
      }
      return null;
    };
    const list = findList(document);
    if (!list) throw new Error('The page has no table body.');
    const stats = { frames: 0, blank: 0, isOver: false };
    const inspect = () => {
      if (stats.isOver) return;
      const { top, bottom } = list.getBoundingClientRect();
      const rows = [...list.querySelectorAll('tr')].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.height > 0 && box.bottom > top && box.top < bottom;
      });
      const covered = rows.reduce((sum, row) => {
        const box = row.getBoundingClientRect();
        return sum + Math.min(box.bottom, bottom) - Math.max(box.top, top);
      }, 0);
      stats.frames += 1;
      if (covered < bottom - top - 1 || rows.some((row) => row.matches('[aria-rowindex][data-marks=awaited]')))
        stats.blank += 1;
      requestAnimationFrame(inspect);
    };
    requestAnimationFrame(inspect);
    return stats;
  });
  for (let turn = 0; turn < 30; turn += 1) await page.mouse.wheel(0, -960);
  await expect.poll(last).toBe(atStart);
  const stats = await watch.evaluate((stats) => Object.assign(stats, { isOver: true }));
  expect(stats.frames).toBeGreaterThan(5);
  expect(stats.blank, `blank frames of ${stats.frames}`).toBe(0);
  expect(requests.filter((url) => url.includes('/api/v1/users?'))).toEqual([]);
});

test('ignores the response of an outdated search', async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const isOutdated = (url: URL) => url.pathname === '/api/v1/users' && url.searchParams.get('search') === 'jan';
  await page.route(isOutdated, async (route) => {
    await released;
    // The page may have aborted the request.
    await route.continue().catch(() => {});
  });
  await searchBox(page).fill('jan');
  await searchBox(page).fill('bakker');
  await expect(userNames(page).first()).toContainText(/bakker/i);
  release();
  // The outdated response arrives before the response to this later request.
  await page.evaluate(async () => (await fetch('/api/v1/roles')).text());
  for (const name of await renderedNames(page)) expect(name).toMatch(/bakker/i);
});

test('an error keeps the rows and offers to retry', async ({ page }) => {
  // Only the sorted list fails. Prefetches of the current list succeed.
  const byName = '**/api/v1/users?*sort=name*';
  await page.route(byName, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      json: { status: 503, code: 'unavailable', title: 'Try again shortly' },
    }),
  );
  await header(page, 'Name').getByRole('button').click();
  const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await expect(alert).toBeVisible();
  await page.unroute(byName);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toBeHidden();
  await expect(header(page, 'Name')).toHaveAttribute('aria-sort', 'ascending');
  await expect(userNames(page).first()).toBeVisible();
});
