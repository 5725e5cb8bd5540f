import { expect, expectAccessible, MAUD, openAs, type Page, test, userNames, waitForProgram } from '../support/test.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Returns a pattern for the URLs of a WebAssembly chunk. */
const chunk = (name: string): RegExp => new RegExp(`-${name}-[0-9a-f]{16}\\.wasm$`);

/** Aborts every request for a chunk. The returned function lets them through again. */
async function abortChunk(page: Page, name: string): Promise<() => Promise<void>> {
  const url = chunk(name);
  await page.route(url, (route) => route.abort('connectionaborted'));
  return () => page.unroute(url);
}

// The dev build of the page is one file, without chunks, so these tests need the release build.
test.beforeEach(async ({ page }) => {
  const loader = await (await page.request.get('/')).text();
  const script = /from '(\/[^']+\.js)'/.exec(loader)?.[1];
  const hasChunks = script !== undefined && (await (await page.request.get(script)).text()).includes('-dialogs-');
  expect(hasChunks, 'the page has chunks, as `cargo xtask size` builds it').toBe(true);
});

test('prefetches the panel and the dialogs, which then open offline', async ({ page, context }) => {
  const chunks = Promise.all(['panel', 'dialogs'].map((name) => page.waitForResponse(chunk(name))));
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await Promise.all((await chunks).map((response) => response.finished()));
  await context.setOffline(true);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('the first rows need one request, and the program two more files', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await page.addInitScript(() => {
    let isPrerendered = false;
    new MutationObserver((_, observer) => {
      const prerendered = document.getElementById('prerendered');
      if (isPrerendered && !prerendered) {
        performance.mark('hand-over');
        observer.disconnect();
      }
      isPrerendered = prerendered !== null;
    }).observe(document, { childList: true, subtree: true });
  });
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(
    ({ pathname }) => pathname !== '/users',
    async (route) => {
      await released;
      await route.continue();
    },
  );
  await page.evaluate(() => location.assign('/users'));
  await expect(page.locator('#prerendered').getByRole('rowheader').first()).toBeVisible();
  release();
  await waitForProgram(page);
  const fetched = await page.evaluate(() => {
    const handOver = performance.getEntriesByName('hand-over')[0]?.startTime ?? Infinity;
    const before = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < handOver);
    return before.map(({ name }) => name.slice(location.origin.length));
  });
  const named = fetched.map((path) => path.replace(/-[0-9a-f]{16}/, ''));
  // The page opens the event stream at once and prefetches the next rows together with the first ones.
  const files = named.filter((path) => !/^(\/api\/v1\/events|\/icon.png|\/api\/v1\/users\?.*offset=50&)/.test(path));
  expect([...new Set(files)].sort()).toEqual(['/studio-users.js', '/studio-users_bg.wasm']);
});

for (const query of [
  'search=van&sort=name',
  'status=active&active=30&sort=-last_active_at',
  'view=pages&page=3',
  'search=zzzz',
]) {
  test(`the program needs no request for its first rows at ?${query}`, async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await expect(userNames(page).first()).toBeVisible();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(`/users?${query}`);
    await waitForProgram(page);
    const urls = requested.slice(requested.findLastIndex((url) => url.endsWith(`/users?${query}`)));
    const offset = query.includes('page=3') ? '100' : '0';
    const isFirst = ({ pathname, searchParams }: URL): boolean =>
      /\/api\/v1\/(session|nodes)$/.test(pathname) ||
      (pathname === '/api/v1/users' && searchParams.get('offset') === offset);
    const repeated = urls.filter((url) => isFirst(new URL(url)));
    expect(repeated).toEqual([]);
  });
}

test('the program needs no request for the user whose panel it opens', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await userNames(page).getByRole('link').nth(1).click();
  await expect(page.getByRole('tablist')).toBeVisible();
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.reload();
  await waitForProgram(page);
  await expect(page.getByRole('tablist')).toBeVisible();
  // The next rows are prefetched.
  const isFirst = /\/api\/v1\/(session$|nodes$|users\?.*offset=0&|users\/[0-9a-f-]{36}$)/;
  expect(requested.filter((url) => isFirst.test(url))).toEqual([]);
});

test('reports a dialog that fails to load, and opens it on retry', async ({ page }) => {
  const restore = await abortChunk(page, 'dialogs');
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  const error = page.getByRole('region', { name: 'Notices' }).getByText('could not be loaded');
  await page.keyboard.press('?');
  await expect(error).toHaveCount(1);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(error).toHaveCount(1);

  await restore();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expect(error).toHaveCount(0);
});

test('reports a panel that fails to load in its place, and opens it on retry', async ({ page }) => {
  const restore = await abortChunk(page, 'panel');
  await openAs(page, MAUD, '/users');
  await userNames(page).getByRole('link').first().click();
  const error = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await expect(error).toBeVisible();
  await expectAccessible(page);
  await error.getByRole('button', { name: 'Close' }).click();
  await expect(error).toBeHidden();
  await expect(page).toHaveURL(/\/users$/);

  await userNames(page).getByRole('link').first().click();
  await expect(error).toBeVisible();
  await restore();
  await error.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('tablist')).toBeVisible();
  await expect(error).toBeHidden();
});

test('the sign-in page reports that it failed to load', async ({ page }) => {
  const restore = await abortChunk(page, 'studio');
  await page.goto('/');
  const retry = page.getByRole('alert').getByRole('button', { name: 'Try again' });
  await expect(retry).toBeVisible();
  await restore();
  await retry.click();
  await expect(page.getByRole('region', { name: 'Try the demo as' })).toBeVisible();
});
