import { expect, type Locator, type Page, waitForProgram } from './test.ts';

/** Holds the program of the page back. The returned function releases it. */
export async function holdProgram(page: Page): Promise<() => Promise<void>> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/_bg\.wasm$/, async (route) => {
    await released;
    await route.continue();
  });
  return async () => {
    release();
    await waitForProgram(page);
  };
}

/**
 * Opens the prerendered users page and holds its program back. The returned function releases the program and waits for
 * the hand-over.
 */
export async function openPrerendered(page: Page, path = '/users'): Promise<() => Promise<void>> {
  const loadProgram = await holdProgram(page);
  await navigate(page, path);
  return loadProgram;
}

/** Takes the prerendered list and the embedded responses out of the next pages, so that the program requests them. */
export async function preventPrerendering(page: Page): Promise<void> {
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    const response = await route.fetch();
    const html = (await response.text()).replaceAll('data-answer=', 'data-unused=');
    // The list ends before the next script: it contains none.
    const [before = '', list] = html.split('<div id="prerendered"');
    await route.fulfill({ response, body: list ? before + list.slice(list.indexOf('<script')) : html });
  });
}

/** Navigates from the page's script: `page.goto` would also wait for the load event. */
export async function navigate(page: Page, path: string): Promise<void> {
  await page.evaluate((path) => location.assign(path), path);
  await page.waitForURL((url) => url.pathname + url.search === path, { waitUntil: 'commit' });
  await expect(page.locator('#prerendered')).toBeAttached();
}

/** The link that sorts by a column. */
export const sortLink = (page: Page, column: string): Locator =>
  page.locator('#prerendered').getByRole('columnheader', { name: column }).getByRole('link');

/** The names in the prerendered rows. */
export const prerenderedNames = (page: Page): Promise<string[]> =>
  page.locator('#prerendered .person__link').allTextContents();

/** Calls `isSeen` in each frame from the start of the next pages, and collects the frames in which it holds. */
export async function watchFrames(page: Page, isSeen: () => boolean): Promise<() => Promise<number>> {
  await page.addInitScript(`{
    const isSeen = ${isSeen.toString()};
    window.framesSeen = 0;
    const watch = () => {
      if (document.body && isSeen()) window.framesSeen += 1;
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }`);
  return () => page.evaluate(() => (window as unknown as { framesSeen: number }).framesSeen);
}
