import { settled } from '../support/looks.ts';
import {
  expect,
  type Locator,
  MAUD,
  openAs,
  type Page,
  shownNames,
  test,
  userNames,
  usersTable,
  wheel,
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

test('says how many there are', async ({ page }) => {
  await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();
  const count = await total(page);
  expect(count).toBeGreaterThan(100);
  await expect(page.getByText(new Intl.NumberFormat('en-GB').format(count), { exact: true })).toBeVisible();
  expect((await rowIndices(page)).slice(0, 3)).toEqual([1, 2, 3]);
});

test('a header sorts, and Back undoes that', async ({ page }) => {
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

test('a search narrows the rows, replaces the address, and is cleared', async ({ page }) => {
  const all = await total(page);
  const steps = await page.evaluate(() => history.length);
  await searchBox(page).pressSequentially('jansen');
  await expect(page).toHaveURL('/users?search=jansen');
  await expect.poll(() => total(page)).toBeLessThan(all);
  // Fewer there are of a part of it, too.
  await expect.poll(async () => (await shownNames(page)).filter((name) => !/jansen/i.test(name))).toEqual([]);
  expect(await page.evaluate(() => history.length), 'typing adds no steps to go back').toBe(steps);

  await searchBox(page).press('Escape');
  await expect(searchBox(page)).toHaveValue('');
  await expect(page).toHaveURL('/users');
  await expect.poll(() => total(page)).toBe(all);

  await searchBox(page).fill('jansen');
  await expect(page).toHaveURL('/users?search=jansen');
  await searchBox(page).fill('');
  await expect(page).toHaveURL('/users');
});

test('a search without a match says so, and how to go on', async ({ page }) => {
  await searchBox(page).fill('zzzz-nobody');
  await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(page).toHaveURL('/users');
  await expect(userNames(page).first()).toBeVisible();
});

test('an address shows the same when it is opened and reloaded', async ({ page }) => {
  const address = '/users?search=de+vries&sort=-created_at';
  const shown: string[][] = [];
  for (const open of [() => page.goto(address), () => page.reload()]) {
    await open();
    await expect(searchBox(page)).toHaveValue('de vries');
    await expect(header(page, 'Created')).toHaveAttribute('aria-sort', 'descending');
    await expect(userNames(page).first()).toContainText(/de vries/i);
    expect(page.url()).toContain(address);
    shown.push(await shownNames(page));
  }
  expect(shown[0]).toEqual(shown[1]);
});

test('scrolling shows later rows and keeps few of them', async ({ page }) => {
  const last = async () => Math.max(...(await rowIndices(page)));
  const before = await last();
  await userNames(page).first().hover();
  await wheel(page, 4_000, async () => (await last()) > before + 50);
  await expect(userNames(page).first()).toBeVisible();
  expect((await rowIndices(page)).length).toBeLessThanOrEqual(100);

  await usersTable(page).getByRole('rowgroup', { name: 'Users' }).press('End');
  const count = await total(page);
  await expect.poll(last).toBe(count + 1);
  await expect(userNames(page).last()).toBeVisible();
  expect((await rowIndices(page)).length).toBeLessThanOrEqual(100);
});

test('rows that came once are never blank again, however fast they are scrolled', async ({ page }) => {
  const last = async () => Math.max(...(await rowIndices(page)));
  const atStart = await last();
  await userNames(page).first().hover();
  for (let time = 0; time < 20; time += 1) {
    const before = await last();
    await wheel(page, 960, async () => (await last()) > before);
    await expect(usersTable(page).locator('[aria-rowindex][data-marks=awaited]')).toHaveCount(0);
  }

  // What the last turn asks for has been asked by then.
  await settled(page);
  const calls: string[] = [];
  page.on('request', (request) => calls.push(request.url()));
  // Looks at each frame, from now on until it is asked.
  const watched = await page.evaluateHandle(() => {
    const within = (root: ParentNode): Element | null => {
      const found = root.querySelector('tbody[role=rowgroup]');
      if (found) return found;
      for (const element of root.querySelectorAll('*')) {
        const inner = element.shadowRoot && within(element.shadowRoot);
        if (inner) return inner;
      }
      return null;
    };
    const list = within(document);
    if (!list) throw new Error('The page has no table body.');
    const seen = { frames: 0, blank: 0, isOver: false };
    const look = () => {
      if (seen.isOver) return;
      const { top, bottom } = list.getBoundingClientRect();
      const rows = [...list.querySelectorAll('tr')].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.height > 0 && box.bottom > top && box.top < bottom;
      });
      const covered = rows.reduce((sum, row) => {
        const box = row.getBoundingClientRect();
        return sum + Math.min(box.bottom, bottom) - Math.max(box.top, top);
      }, 0);
      seen.frames += 1;
      if (covered < bottom - top - 1 || rows.some((row) => row.matches('[aria-rowindex][data-marks=awaited]')))
        seen.blank += 1;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return seen;
  });
  for (let time = 0; time < 30; time += 1) await page.mouse.wheel(0, -960);
  await expect.poll(last).toBe(atStart);
  const seen = await watched.evaluate((watched) => Object.assign(watched, { isOver: true }));
  expect(seen.frames).toBeGreaterThan(5);
  expect(seen.blank, `of ${seen.frames} frames`).toBe(0);
  expect(calls.filter((url) => url.includes('/api/v1/users?'))).toEqual([]);
});

test('a slower, older answer never shows', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  const isOlder = (url: URL) => url.pathname === '/api/v1/users' && url.searchParams.get('search') === 'jan';
  await page.route(isOlder, async (route) => {
    await held;
    // The page may have given it up by now.
    await route.continue().catch(() => {});
  });
  await searchBox(page).fill('jan');
  await searchBox(page).fill('bakker');
  await expect(userNames(page).first()).toContainText(/bakker/i);
  release();
  // Whatever came of it has come before the answer to a later call.
  await page.evaluate(async () => (await fetch('/api/v1/roles')).text());
  for (const name of await shownNames(page)) expect(name).toMatch(/bakker/i);
});

test('a failure keeps the rows, says so, and is tried again', async ({ page }) => {
  // Of what is asked ahead of the list as it is, nothing fails.
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
