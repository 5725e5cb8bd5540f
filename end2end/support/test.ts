import { AxeBuilder } from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  test as base,
  expect,
  type Locator,
  type Page,
  type Route,
} from '@playwright/test';
import { type Backend, startBackend } from './backend.ts';
import { settled } from './looks.ts';

export { expect, type Locator, type Page };

/** The people of the demo. */
export const CHARLOTTE = 'Charlotte Pemberton';
export const MAUD = 'Maud Jansen';
export const INGRID = 'Ingrid Solberg';
export const FEMKE = 'Femke Hoekstra';

/** A browser with the page of a backend, in which nothing may go wrong unseen. */
export const test = base.extend<{ quiet: undefined }, { backend: Backend; patient: Browser }>({
  patient: [
    async ({ browser }, use) => {
      const open = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const context = await open(options);
        context.on('page', awaitProgram);
        return context;
      };
      await use(browser);
    },
    { scope: 'worker', auto: true },
  ],
  backend: [
    async ({}, use) => {
      const backend = await startBackend();
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ backend }, use) => use(backend.url),
  quiet: [
    async ({ context }, use) => {
      const problems = await listen(context);
      await use(undefined);
      expect(problems, 'errors of the page').toEqual([]);
    },
    { auto: true },
  ],
});

/** Navigates until the program has taken the place of what the backend drew: that looks as if it were alive, and is not. */
function awaitProgram(page: Page): void {
  for (const name of ['goto', 'reload'] as const) {
    const navigate = page[name].bind(page) as (...args: unknown[]) => ReturnType<Page['goto']>;
    page[name] = async (...args: unknown[]) => {
      const response = await navigate(...args);
      await page.waitForFunction(() => !document.getElementById('drawn'));
      return response;
    };
  }
}

/** Collects what a browser's console says went wrong; a violation of the content security policy is told there. */
export async function listen(context: BrowserContext): Promise<string[]> {
  const problems: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
  context.on('weberror', (error) => problems.push(error.error().message));
  context.on('console', (message) => {
    // Chromium tells of every answer of the API that is a refusal. Those are the page's to deal with; any other
    // failure of the backend is a fault.
    const isRefusal = /the server responded with a status of (4\d\d|503)/.test(message.text());
    // A test may cut calls, and cuts them in a way of its own.
    const isCut = message.text().includes('net::ERR_CONNECTION_ABORTED');
    const isOfApi = message.location().url.includes('/api/v1/');
    // So it may those for parts of the page, which are fetched ahead also while the network is gone. What loads them
    // tells of it as well. Some calls are under way when the network goes.
    const isGone = isCut || message.text().includes('net::ERR_INTERNET_DISCONNECTED');
    const isOfPart =
      (isGone && message.location().url.endsWith('.wasm')) || message.text().startsWith('TypeError: Failed to fetch');
    const isExpected = ((isRefusal || isGone) && isOfApi) || isOfPart;
    if (message.type() === 'error' && !isExpected) problems.push(message.text());
  });
  return problems;
}

/** Opens a path as one of the people of the demo. */
export async function openAs(page: Page, name: string, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByRole('region', { name: 'Be one of these people' }).getByRole('button', { name }).click();
  await expect(accountOf(page, name)).toBeVisible();
}

/**
 * Ends the session with the first call to such a URL. Ended earlier, any call might find that, and ask to sign in again
 * while a test is typing.
 */
export async function endSessionAt(page: Page, isSuch: (url: URL) => boolean): Promise<void> {
  const end = async (route: Route): Promise<void> => {
    await page.context().clearCookies();
    await route.continue();
  };
  await page.route(isSuch, end, { times: 1 });
}

/** Whether the URL searches users. */
export function isSearch(url: URL): boolean {
  return url.pathname === '/api/v1/users' && url.searchParams.has('search');
}

/** The button that opens the menu of who is signed in. */
export function accountOf(page: Page, name: string): Locator {
  return page.getByRole('button', { name: `Account of ${name}` });
}

/** Opens the palette, whose field is then ready to be typed into. */
export async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(paletteField(page)).toBeFocused();
}

/** The field of the palette. */
export function paletteField(page: Page): Locator {
  return page.getByRole('combobox', { name: 'Find a user or an action' });
}

/** The users table. */
export function usersTable(page: Page): Locator {
  return page.getByRole('table', { name: 'Users' });
}

/** The cells that name the users in the table's rows. */
export function userNames(page: Page): Locator {
  return usersTable(page).getByRole('rowheader');
}

/** The names in all of the table's rows, of one list: rows out of view follow those in view a frame later. */
export async function shownNames(page: Page): Promise<string[]> {
  await settled(page);
  return userNames(page).allInnerTexts();
}

/** Turns the wheel until that has worked: Chromium drops a turn now and then where nobody's hand makes it. */
export async function wheel(page: Page, by: number, hasWorked: () => Promise<boolean>): Promise<void> {
  await expect(async () => {
    await page.mouse.wheel(0, by);
    await expect.poll(hasWorked, { timeout: 2_000 }).toBe(true);
  }).toPass();
}

/** Expects no violation of WCAG 2.2 AA, as far as axe can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  // What is half faded in has not its colours yet.
  await settled(page);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map(({ failureSummary, html }) => `${failureSummary} ${html}`).join(' | ')}`,
  );
  expect(told, 'violations of WCAG').toEqual([]);
}
