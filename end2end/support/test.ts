import { type BrowserContext, test as base, expect, type Locator, type Page, type Route } from '@playwright/test';
import { type Backend, resetBackends, startBackend } from './backend.ts';
import { axeViolations, waitForRendering } from './rendering.ts';

export { expect, type Locator, type Page };

/** The demo users. */
export const CHARLOTTE = 'Charlotte Pemberton';
export const MAUD = 'Maud Jansen';
export const INGRID = 'Ingrid Solberg';
export const FEMKE = 'Femke Hoekstra';

/**
 * The suite's test: a browser with the page of a running backend, which has the demo's data at the start of each test.
 * Errors in the browser's console fail the test.
 */
export const test = base.extend<{ demoData: undefined; failOnPageErrors: undefined }, { backend: Backend }>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend();
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  demoData: [
    async ({}, use) => {
      await resetBackends();
      await use(undefined);
    },
    { auto: true },
  ],
  baseURL: async ({ backend }, use) => use(backend.url),
  failOnPageErrors: [
    async ({ context }, use) => {
      const errors = await collectPageErrors(context);
      await use(undefined);
      expect(errors, 'errors in the console').toEqual([]);
    },
    { auto: true },
  ],
});

/**
 * Waits until the program has replaced the prerendered page. That page shows the users, and the program repeats a click
 * and keeps the text of the search, but it knows no keys.
 */
export async function waitForProgram(page: Page): Promise<void> {
  await expect(page.locator('#prerendered')).toHaveCount(0);
}

/**
 * Collects uncaught exceptions and console errors of all pages of a context. It logs violations of the content security
 * policy as console errors too.
 */
export async function collectPageErrors(context: BrowserContext): Promise<string[]> {
  const errors: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} blocked ${event.blockedURI}`);
    });
  });
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => {
    // Chromium logs every error response. The page handles 4xx and 503 responses of the API; other failures are bugs.
    const isErrorResponse = /the server responded with a status of (4\d\d|503)/.test(message.text());
    // Tests abort requests with the reason `connectionaborted`, which nothing else causes.
    const isAborted = message.text().includes('net::ERR_CONNECTION_ABORTED');
    const isApi = message.location().url.includes('/api/v1/');
    // A test may go offline while requests are in flight. The page also prefetches its WebAssembly chunks offline, and
    // their loader logs the failure a second time.
    const isNetworkError = isAborted || message.text().includes('net::ERR_INTERNET_DISCONNECTED');
    const isChunk =
      (isNetworkError && message.location().url.endsWith('.wasm')) ||
      message.text().startsWith('TypeError: Failed to fetch');
    const isExpected = ((isErrorResponse || isNetworkError) && isApi) || isChunk;
    if (message.type() === 'error' && !isExpected) errors.push(message.text());
  });
  return errors;
}

/** Signs in as a demo user and opens a path. */
export async function openAs(page: Page, name: string, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByRole('region', { name: 'Try the demo as' }).getByRole('button', { name }).click();
  await expect(accountButton(page, name)).toBeVisible();
}

/**
 * Ends the session at the first matching request. If it ended earlier, another request could open the sign-in dialog
 * while a test is typing.
 */
export async function endSessionAt(page: Page, matches: (url: URL) => boolean): Promise<void> {
  const end = async (route: Route): Promise<void> => {
    await page.context().clearCookies();
    await route.continue();
  };
  await page.route(matches, end, { times: 1 });
}

/** Whether the URL is a search for users. */
export function isSearch(url: URL): boolean {
  return url.pathname === '/api/v1/users' && url.searchParams.has('search');
}

/** Returns the button of the account menu. */
export function accountButton(page: Page, name: string): Locator {
  return page.getByRole('button', { name: `Account of ${name}` });
}

/** Opens the command palette and waits until its field has the focus. */
export async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(paletteField(page)).toBeFocused();
}

/** Returns the search field of the command palette. */
export function paletteField(page: Page): Locator {
  return page.getByRole('combobox', { name: 'Find a user or an action' });
}

/** Returns the users table. */
export function usersTable(page: Page): Locator {
  return page.getByRole('table', { name: 'Users' });
}

/** Returns the row headers of the users table, which hold the names. */
export function userNames(page: Page): Locator {
  return usersTable(page).getByRole('rowheader');
}

/** Returns the names in all rendered rows. Waits first, because rows out of view are updated one frame later. */
export async function renderedNames(page: Page): Promise<string[]> {
  await waitForRendering(page);
  return userNames(page).allInnerTexts();
}

/** Turns the wheel until `hasScrolled` holds. Headless Chromium drops a synthetic wheel event now and then. */
export async function scrollByWheel(page: Page, by: number, hasScrolled: () => Promise<boolean>): Promise<void> {
  await expect(async () => {
    await page.mouse.wheel(0, by);
    await expect.poll(hasScrolled, { timeout: 2_000 }).toBe(true);
  }).toPass();
}

/** Expects that axe finds no violation of WCAG 2.2 AA. */
export async function expectAccessible(page: Page): Promise<void> {
  // Elements that are still fading in do not have their final contrast.
  await waitForRendering(page);
  expect(await axeViolations(page), 'violations of WCAG').toEqual([]);
}
