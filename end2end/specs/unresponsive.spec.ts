import type { Page } from '@playwright/test';
import { test as hostTest } from '../support/host.ts';
import { expect, type Locator, MAUD, openAs, test, userNames } from '../support/test.ts';

/** A request that the backend never answers, from now on. */
async function hang(page: Page, method: string, path: RegExp): Promise<void> {
  await page.route(
    (url) => path.test(url.pathname),
    (route) => (route.request().method() === method ? undefined : route.fallback()),
  );
}

const notices = (page: Page): Locator => page.getByRole('region', { name: 'Notices' });

/** Opens the users page with a clock that the test can advance. */
async function openUsers(page: Page): Promise<void> {
  await page.clock.install();
  await openAs(page, MAUD, '/users');
  await expect(userNames(page).first()).toBeVisible();
}

/** Finds a user who can be removed and impersonated. */
async function search(page: Page, email: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search users' }).fill(email);
  await page.clock.runFor(1_000);
  await expect(userNames(page)).toHaveCount(1);
}

test.describe('a backend that never answers', () => {
  test('does not keep the removal dialog open, and a message follows', async ({ page }) => {
    await openUsers(page);
    await search(page, 'oliver@northwind.example');
    await hang(page, 'DELETE', /\/users\/[^/]+$/);
    const remove = page.getByRole('button', { name: /^Remove / }).first();
    const dialog = page.getByRole('alertdialog');
    await remove.click();
    await dialog.getByRole('button', { name: 'Remove user' }).click();
    await expect(dialog.getByRole('button', { name: 'Removing…' })).toBeVisible();
    await page.clock.fastForward(31_000);
    await expect(dialog.getByRole('alert')).toContainText('Can’t reach the server');

    // Closing does not wait.
    await dialog.getByRole('button', { name: 'Remove user' }).click();
    await expect(dialog.getByRole('button', { name: 'Removing…' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await page.clock.fastForward(31_000);
    await expect(notices(page)).toContainText('could not be removed');
  });

  test('does not keep an impersonation running', async ({ page }) => {
    await openUsers(page);
    await search(page, 'sanne@northwind.example');
    await page
      .getByRole('button', { name: /^View as / })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /^View as / });
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Ticket 4812, no sound');
    await dialog.getByRole('button', { name: 'Start view' }).click();
    const banner = page.getByRole('complementary', { name: /^Viewing as/ });
    await expect(banner).toBeVisible();
    await hang(page, 'DELETE', /\/views\//);
    await banner.getByRole('button', { name: 'Exit view' }).click();
    await expect(banner).toBeHidden();
    await expect(userNames(page).first()).toBeVisible();
  });

  test('does not keep the start of an impersonation open', async ({ page }) => {
    await openUsers(page);
    await search(page, 'sanne@northwind.example');
    await hang(page, 'POST', /\/views$/);
    await page
      .getByRole('button', { name: /^View as / })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /^View as / });
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Ticket 4812, no sound');
    await dialog.getByRole('button', { name: 'Start view' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  });

  test('does not keep the invitation from stopping', async ({ page }) => {
    await openUsers(page);
    await page.getByRole('button', { name: 'Invite users' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite users' });
    await dialog.getByRole('textbox', { name: 'E-mail addresses' }).fill('hang@velo.example');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: /^Environments/ }).click();
    await page.getByRole('checkbox', { name: 'Velo Bikes', exact: true }).check();
    await page.keyboard.press('Escape');
    await dialog.getByRole('checkbox', { name: 'Planner' }).check();
    await hang(page, 'POST', /\/invitations$/);
    await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await page.clock.fastForward(4_000);
    await expect(dialog.getByRole('alert')).toContainText('Can’t reach the server');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect(dialog).toBeHidden();
  });

  test('shows that the list could not be loaded', async ({ page }) => {
    await openUsers(page);
    await hang(page, 'GET', /\/users$/);
    await page.getByRole('searchbox', { name: 'Search users' }).fill('jan');
    await page.clock.runFor(1_000);
    await page.clock.fastForward(31_000);
    await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toBeVisible();
  });
});

test('an event stream that stays open and silent is replaced', async ({ page }) => {
  await page.addInitScript(() => {
    const { fetch } = window;
    Object.assign(window, { streams: 0 });
    window.fetch = async (...request) => {
      const url = request[0] instanceof Request ? request[0].url : String(request[0]);
      if (!url.includes('/api/v1/events')) return fetch(...request);
      (window as unknown as { streams: number }).streams += 1;
      return new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } });
    };
  });
  const streams = () => page.evaluate(() => (window as unknown as { streams: number }).streams);
  await openUsers(page);
  await expect.poll(streams).toBe(1);
  // The heartbeat comes every 15 s.
  await page.clock.fastForward(41_000);
  await page.clock.runFor(3_000);
  await expect.poll(streams).toBe(2);
  // After a while in the background, a return does not wait.
  await page.clock.fastForward(21_000);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect.poll(streams).toBe(3);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.clock.runFor(1_000);
  expect(await streams()).toBe(3);
});

test('blocked cookies are named on the sign-in page', async ({ page, context }) => {
  await page.route('**/api/v1/demo/sessions', async (route) => {
    // The backend rejects changes that are not same-origin.
    const sent = { ...route.request().headers(), 'sec-fetch-site': 'same-origin' };
    const response = await route.fetch({ headers: sent });
    const { 'set-cookie': _, ...headers } = response.headers();
    await context.clearCookies();
    await route.fulfill({ response, headers });
  });
  await page.goto('/');
  await page.getByRole('region', { name: 'Try the demo as' }).getByRole('button', { name: MAUD }).click();
  await expect(page.getByRole('alert')).toContainText('your browser blocks cookies');
  await page.unroute('**/api/v1/demo/sessions');
  await openAs(page, MAUD, '/users');
});

hostTest('a host whose token never comes gets a message', async ({ page, plain }) => {
  await page.clock.install();
  await page.goto(plain.url);
  await page.getByRole('button', { name: MAUD }).waitFor();
  await page.evaluate(() => {
    const element = document.createElement('studio-users') as HTMLElement & { tokenProvider: () => Promise<string> };
    element.tokenProvider = () => new Promise(() => {});
    document.querySelector('main')?.replaceChildren(element);
  });
  await expect(page.locator('studio-users')).toHaveCount(1);
  await expect(async () => {
    await page.clock.fastForward(11_000);
    await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toBeVisible({ timeout: 1_000 });
  }).toPass();
});
