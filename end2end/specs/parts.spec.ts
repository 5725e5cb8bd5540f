import { expect, expectAccessible, MAUD, openAs, type Page, test, userNames } from '../support/test.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** The files with what one part of the page needs. */
const partOf = (name: string): RegExp => new RegExp(`-${name}-[0-9a-f]{16}\\.wasm$`);

/** Has the network lose every request for a part, and gives it back. */
async function lose(page: Page, name: string): Promise<() => Promise<void>> {
  const part = partOf(name);
  await page.route(part, (route) => route.abort('connectionaborted'));
  return () => page.unroute(part);
}

/** A page that is built quickly comes as one. */
test.beforeEach(async ({ page }) => {
  const loader = await (await page.request.get('/')).text();
  const script = /from '(\/[^']+\.js)'/.exec(loader)?.[1];
  const comesInParts = script !== undefined && (await (await page.request.get(script)).text()).includes('-dialogs-');
  test.skip(!comesInParts, 'this page comes as one: `cargo xtask size` builds the other');
});

test('what is needed later comes when there is time for it, and needs no network then', async ({ page, context }) => {
  const parts = Promise.all(['panel', 'dialogs'].map((name) => page.waitForResponse(partOf(name))));
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await Promise.all((await parts).map((part) => part.finished()));
  await context.setOffline(true);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('the first rows need one request, and what makes them live two files more', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  await page.addInitScript(() => {
    let isDrawn = false;
    new MutationObserver((_, observer) => {
      const drawn = document.getElementById('drawn');
      if (isDrawn && !drawn) {
        performance.mark('alive');
        observer.disconnect();
      }
      isDrawn = drawn !== null;
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
  await expect(page.locator('#drawn').getByRole('rowheader').first()).toBeVisible();
  release();
  await page.waitForFunction(() => !document.getElementById('drawn'));
  const fetched = await page.evaluate(() => {
    const alive = performance.getEntriesByName('alive')[0]?.startTime ?? Infinity;
    const before = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < alive);
    return before.map(({ name }) => name.slice(location.origin.length));
  });
  const named = fetched.map((path) => path.replace(/-[0-9a-f]{16}/, ''));
  // What changes is listened for from the start, and with the first rows the next ones are asked for.
  const files = named.filter((path) => !/^(\/api\/v1\/events|\/icon.png|\/api\/v1\/users\?.*offset=50&)/.test(path));
  expect([...new Set(files)].sort()).toEqual(['/studio-users.js', '/studio-users_bg.wasm']);
});

test('where a dialog does not come, that is said, and trying again brings it', async ({ page }) => {
  const giveBack = await lose(page, 'dialogs');
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
  const failed = page.getByRole('region', { name: 'Notices' }).getByText('could not be loaded');
  await page.keyboard.press('?');
  await expect(failed).toHaveCount(1);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(failed).toHaveCount(1);

  await giveBack();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expect(failed).toHaveCount(0);
});

test('where the panel does not come, that is said in its place, and trying again brings it', async ({ page }) => {
  const giveBack = await lose(page, 'panel');
  await openAs(page, MAUD, '/users');
  await userNames(page).getByRole('link').first().click();
  const failed = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await expect(failed).toBeVisible();
  await expectAccessible(page);
  await failed.getByRole('button', { name: 'Close' }).click();
  await expect(failed).toBeHidden();
  await expect(page).toHaveURL(/\/users$/);

  await userNames(page).getByRole('link').first().click();
  await expect(failed).toBeVisible();
  await giveBack();
  await failed.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('tablist')).toBeVisible();
  await expect(failed).toBeHidden();
});

test('the sign-in page says that it did not come', async ({ page }) => {
  const giveBack = await lose(page, 'studio');
  await page.goto('/');
  const retry = page.getByRole('alert').getByRole('button', { name: 'Try again' });
  await expect(retry).toBeVisible();
  await giveBack();
  await retry.click();
  await expect(page.getByRole('region', { name: 'Be one of these people' })).toBeVisible();
});
