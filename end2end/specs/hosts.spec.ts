import type { Page } from '@playwright/test';
import { test as base, type Host } from '../support/host.ts';
import { waitForRendering } from '../support/rendering.ts';
import { CHARLOTTE, expect, expectAccessible, INGRID, MAUD } from '../support/test.ts';

// Each host has its own origin and its own backend.
const test = base.extend({ baseURL: async ({}, use) => use(undefined) });

/** Records the element's events. The returned function resolves to their names. */
async function recordEvents(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const events: string[] = [];
    Object.assign(window, { events });
    for (const name of ['ready', 'navigate', 'view-start', 'view-end', 'signed-out', 'error']) {
      addEventListener(`su-${name}`, (event) => {
        const { kind, user } = (event as CustomEvent).detail;
        events.push([name, kind, name === 'ready' && user.name].filter(Boolean).join(' '));
      });
    }
  });
  return () => page.evaluate(() => (window as unknown as { events: string[] }).events);
}

async function enter(page: Page, host: Host, name: string): Promise<void> {
  await page.goto(host.url);
  await page.getByRole('button', { name }).click();
  await expect(rows(page).first()).toBeVisible();
}

/** The header of a page at the host's origin. The backend rejects changes from other sites. */
const sameOrigin = { 'Sec-Fetch-Site': 'same-origin' };

/** Signs in a demo user through the API, without the page. */
async function signIn(page: Page, host: Host, name: string): Promise<void> {
  const people = (await (await page.request.get(`${host.url}/api/v1/demo/people`)).json()) as {
    id: string;
    name: string;
  }[];
  const user_id = people.find((person) => person.name === name)?.id;
  const response = await page.request.post(`${host.url}/api/v1/demo/sessions`, {
    data: { user_id },
    headers: sameOrigin,
  });
  expect(response.status()).toBe(201);
}

/** Returns the row headers, which hold the names, in any language. */
const rows = (page: Page) => page.getByRole('rowheader');

/** Returns the panel of a user. */
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

test.describe('in plain HTML', () => {
  test('the element owns the path below its base, and the host the rest', async ({ page, plain }) => {
    const events = await recordEvents(page);
    await enter(page, plain, MAUD);
    expect(new URL(page.url()).pathname).toBe('/people');
    await expect(page.getByRole('status').filter({ hasText: MAUD })).toBeVisible();
    const link = rows(page).nth(2).getByRole('link');
    const name = (await link.textContent()) ?? '';
    await link.click();
    await expect(panel(page, name).getByRole('heading').first()).toBeFocused();
    expect(new URL(page.url()).pathname).toMatch(/^\/people\/[0-9a-f-]{36}$/);
    expect(await events()).toEqual([`ready ${MAUD}`, 'navigate']);

    // A copied URL opens the same panel.
    const copy = await page.context().newPage();
    await copy.goto(page.url());
    await expect(panel(copy, name)).toBeVisible();
    await copy.close();

    await page.goBack();
    await expect(panel(page, name)).toBeHidden();
    await page.getByRole('link', { name: 'Start' }).click();
    await expect(page.getByRole('heading', { name: 'Good morning' })).toBeVisible();
    await expect(page.locator('studio-users')).toHaveCount(0);
    await page.goBack();
    await expect(rows(page).first()).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/people');
  });

  test('the element follows URLs below its base that the host pushes', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const link = rows(page).nth(1).getByRole('link');
    const name = (await link.textContent()) ?? '';
    await link.click();
    await expect(panel(page, name)).toBeVisible();
    const url = page.url();
    await page.getByRole('link', { name: 'People' }).click();
    await expect(panel(page, name)).toBeHidden();
    await page.evaluate((url) => history.pushState(null, '', url), url);
    await expect(panel(page, name)).toBeVisible();
  });

  test('uses a default height, and the colour scheme of the surrounding page', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const appearance = () =>
      page.evaluate(() => {
        const element = document.querySelector('studio-users');
        const root = element?.shadowRoot?.querySelector('.users-root');
        return { height: element?.getBoundingClientRect().height, scheme: root && getComputedStyle(root).colorScheme };
      });
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('body { display: block !important; } :root { color-scheme: dark !important; }');
      document.adoptedStyleSheets.push(sheet);
    });
    await expect.poll(appearance).toEqual({ height: 480, scheme: 'dark' });
    await expect(rows(page).first()).toBeVisible();
    await page.evaluate(() => document.querySelector('studio-users')?.setAttribute('theme', 'system'));
    await expect.poll(appearance).toEqual({ height: 480, scheme: 'light dark' });
  });

  test('the roles page is below the host’s path', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await page.getByRole('link', { name: 'Roles' }).click();
    await expect(page.getByRole('heading', { name: 'What each role can do' })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/people/roles');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'What each role can do' })).toBeVisible();
  });

  test('shortcuts of the element work only while it has the focus', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const help = page.getByRole('dialog', { name: 'Help of Harbour' });
    const shortcuts = page.getByRole('dialog', { name: 'Shortcuts' });
    await page.getByRole('link', { name: 'People' }).focus();
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Search users' })).not.toBeFocused();
    await page.keyboard.press('?');
    await expect(help).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();

    await rows(page).first().getByRole('link').focus();
    await page.keyboard.press('?');
    await expect(shortcuts).toBeVisible();
    await expect(help).toBeHidden();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Search users' })).toBeFocused();
  });

  test('shows that no user is signed in, and emits signed-out', async ({ page, plain }) => {
    const events = await recordEvents(page);
    await page.goto(`${plain.url}/people`);
    await expect(heading(page, 'You’re not signed in')).toBeVisible();
    expect(await events()).toEqual(['signed-out']);
    await signIn(page, plain, MAUD);
    await page.getByRole('button', { name: 'I’ve signed in' }).click();
    await expect(rows(page).first()).toBeVisible();
    expect(await events()).toEqual(['signed-out', `ready ${MAUD}`]);
  });

  test('keeps unsaved input when the session expires', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await page.getByRole('button', { name: 'Invite users' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite users' });
    await dialog.getByLabel('E-mail addresses', { exact: true }).fill('new@northwind.example');
    await dialog.getByLabel('E-mail addresses', { exact: true }).press('Enter');
    expect((await page.request.delete(`${plain.url}/api/v1/session`, { headers: sameOrigin })).status()).toBe(204);
    await page.evaluate(() => document.querySelector('studio-users')?.refresh());
    const signInAgain = page.getByRole('dialog', { name: 'Sign in again' });
    await expect(signInAgain).toBeVisible();
    await signIn(page, plain, MAUD);
    await signInAgain.getByRole('button', { name: 'I’ve signed in' }).click();
    await expect(signInAgain).toBeHidden();
    await expect(dialog.getByText('new@northwind.example')).toBeVisible();
  });

  test('hostile host styles do not affect the element', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const computedLayout = () =>
      page.evaluate(() => {
        const root = document.querySelector('studio-users')?.shadowRoot;
        const nodes = [...(root?.querySelectorAll('h1, .button, th, td, a, input, .chip, .avatar') ?? [])].slice(0, 60);
        const properties = [
          'font',
          'color',
          'background-color',
          'text-transform',
          'letter-spacing',
          'text-align',
          'white-space',
          'line-height',
          'cursor',
          'word-spacing',
          'text-indent',
          'visibility',
        ];
        return nodes.map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          const style = getComputedStyle(element);
          return [element.tagName, x, y, width, height, ...properties.map((name) => style.getPropertyValue(name))].join(
            ' ',
          );
        });
      });
    // Moves the pointer away and waits for the end of hover transitions.
    await page.mouse.move(0, 0);
    await waitForRendering(page);
    const before = await computedLayout();
    expect(before.length).toBeGreaterThan(40);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`
        * { box-sizing: content-box !important; margin: 9px !important; transition: none !important; }
        button, input, a, h1, td { all: revert !important; font: 40px fantasy !important; background: red !important; }
        main, main * { color: lime; text-transform: uppercase; letter-spacing: 4px; word-spacing: 9px; text-indent: 30px;
          line-height: 4; white-space: pre; font-style: italic; cursor: wait; text-align: end; }
        .button, .chip, .su { display: none !important; }
      `);
      document.adoptedStyleSheets.push(sheet);
      const hostLayout = new CSSStyleSheet();
      // The host may position the element. It may not style the content.
      hostLayout.replaceSync('html, body, main, studio-users { margin: 0 !important; }');
      document.adoptedStyleSheets.push(hostLayout);
    });
    const withoutPosition = (line: string) => line.replace(/^(\S+) \S+ \S+/, '$1');
    await expect.poll(async () => (await computedLayout()).map(withoutPosition)).toEqual(before.map(withoutPosition));
  });

  test('keeps its state when it is moved in the document', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await page.getByRole('searchbox', { name: 'Search users' }).fill('an');
    await page.evaluate(() => {
      const element = document.querySelector('studio-users');
      const main = document.querySelector('main');
      const frame = document.createElement('section');
      main?.append(frame);
      if (element) frame.append(element);
    });
    await expect(page.getByRole('searchbox', { name: 'Search users' })).toHaveValue('an');
  });

  test('a view stays inside the element, and emits events', async ({ page, plain }) => {
    const events = await recordEvents(page);
    await enter(page, plain, MAUD);
    await page.getByRole('searchbox', { name: 'Search users' }).fill(INGRID);
    await page.getByRole('button', { name: `View as ${INGRID}` }).click();
    const dialog = page.getByRole('dialog', { name: `View as ${INGRID}` });
    await dialog.getByRole('textbox').fill('She sees no users, she says');
    await dialog.getByRole('button', { name: 'Start view' }).click();
    const banner = page.getByRole('complementary', { name: `Viewing as ${INGRID}` });
    await expect(banner).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: `as ${INGRID}` })).toBeVisible();
    const view = await page.evaluate(() => document.querySelector('studio-users')?.view);
    expect(view?.user.name).toBe(INGRID);
    const response = await page.request.get(`${plain.url}/api/v1/views/${view?.id}`);
    expect(((await response.json()) as { user: { name: string } }).user.name).toBe(INGRID);
    await banner.getByRole('button', { name: 'Exit view' }).click();
    await expect(banner).toBeHidden();
    await expect.poll(events).toContain('view-end');
    expect(await page.evaluate(() => document.querySelector('studio-users')?.view)).toBeNull();
  });

  test('attributes and methods control the element', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const response = await page.request.get(`${plain.url}/api/v1/users?limit=1&status=active&sort=name`);
    const { items } = (await response.json()) as { items: { id: string; name: string }[] };
    const { id, name } = items[0] ?? { id: '', name: '' };
    await page.evaluate((id) => document.querySelector('studio-users')?.setAttribute('user', id), id);
    await expect(panel(page, name)).toBeVisible();
    await page.evaluate((id) => document.querySelector('studio-users')?.open(id, 'access'), id);
    await expect(page.getByRole('tab', { name: 'Access' })).toHaveAttribute('aria-selected', 'true');
    await page.evaluate(() => document.querySelector('studio-users')?.open(null));
    await expect(panel(page, name)).toBeHidden();
    await page.evaluate(() => document.querySelector('studio-users')?.setAttribute('locale', 'nl'));
    await expect(heading(page, 'Gebruikers')).toBeVisible();
    await page.evaluate(() => document.querySelector('studio-users')?.setAttribute('theme', 'dark'));
    await expect
      .poll(() =>
        page.evaluate(() => {
          const root = document.querySelector('studio-users')?.shadowRoot?.querySelector('.users-root');
          return root && getComputedStyle(root).colorScheme;
        }),
      )
      .toBe('dark');
    await page.evaluate(() => document.querySelector('studio-users')?.invite());
    await expect(page.getByRole('dialog', { name: 'Gebruikers uitnodigen' })).toBeVisible();
  });

  test('the host fills slots and styles parts', async ({ page, plain }) => {
    await page.goto(`${plain.url}/people`);
    const addButton = (slot: string, text: string) =>
      page.evaluate(
        ([slot = '', text = '']) => {
          const button = Object.assign(document.createElement('button'), { slot, textContent: text });
          document.querySelector('studio-users')?.append(button);
        },
        [slot, text],
      );
    await expect(heading(page, 'You’re not signed in')).toBeVisible();
    await addButton('sign-in', 'Sign in to Harbour');
    await expect(page.getByRole('button', { name: 'Sign in to Harbour' })).toBeVisible();
    await signIn(page, plain, MAUD);
    await page.getByRole('button', { name: 'I’ve signed in' }).click();
    await expect(rows(page).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign in to Harbour' })).toBeHidden();
    await addButton('actions', 'Import from HR');
    const [hostButton, exportButton] = [
      page.getByRole('button', { name: 'Import from HR' }),
      page.getByRole('button', { name: 'Export CSV' }),
    ];
    const [left, right] = [await hostButton.boundingBox(), await exportButton.boundingBox()];
    expect(left && right && left.x + left.width <= right.x).toBe(true);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('studio-users::part(head) { padding-inline: 77px; }');
      document.adoptedStyleSheets.push(sheet);
    });
    const title = await heading(page, 'Users').boundingBox();
    expect(title?.x).toBe(77);
  });

  test('is accessible', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await expectAccessible(page);
  });
});

test.describe('in React', () => {
  test('the host’s router handles navigation and confirms leaving with unsaved changes', async ({ page, react }) => {
    await enter(page, react, MAUD);
    await expect(heading(page, 'Gebruikers')).toBeVisible();
    const link = rows(page).nth(1).getByRole('link');
    const name = (await link.textContent()) ?? '';
    await link.click();
    await expect(panel(page, name)).toBeVisible();
    // The history entries of the host's router have a key.
    expect(await page.evaluate(() => typeof (history.state as { key?: string } | null)?.key)).toBe('string');
    expect(new URL(page.url()).pathname).toMatch(/^\/team\/[0-9a-f-]{36}$/);
    await expect(page.getByRole('link', { name: 'Team' })).toHaveAttribute('aria-current', 'page');
    await page.goBack();
    await expect(panel(page, name)).toBeHidden();

    await page.getByRole('button', { name: 'Uitnodigen' }).click();
    const dialog = page.getByRole('dialog', { name: 'Gebruikers uitnodigen' });
    await dialog.getByLabel('E-mailadressen', { exact: true }).fill('nieuw@northwind.example');
    await dialog.getByLabel('E-mailadressen', { exact: true }).press('Enter');
    expect(await page.evaluate(() => document.querySelector('studio-users')?.hasUnsavedChanges)).toBe(true);
    page.once('dialog', (confirmation) => void confirmation.dismiss());
    await page.getByRole('link', { name: 'Start' }).evaluate((link) => (link as HTMLElement).click());
    await expect(dialog.getByText('nieuw@northwind.example')).toBeVisible();
    page.once('dialog', (confirmation) => void confirmation.accept());
    await page.getByRole('link', { name: 'Start' }).evaluate((link) => (link as HTMLElement).click());
    await expect(heading(page, 'Welkom bij Orbit')).toBeVisible();
    await page.getByRole('link', { name: 'Team' }).click();
    await expect(rows(page).first()).toBeVisible();
  });

  test('the host shows an active view as well', async ({ page, react }) => {
    await enter(page, react, CHARLOTTE);
    await page.getByRole('searchbox', { name: 'Gebruikers zoeken' }).fill(MAUD);
    await page.getByRole('button', { name: `Bekijken als ${MAUD}` }).click();
    const dialog = page.getByRole('dialog', { name: `Bekijken als ${MAUD}` });
    await dialog.getByRole('textbox').fill('Zij vroeg erom');
    await dialog.getByRole('button', { name: 'Weergave starten' }).click();
    await expect(page.getByText(`Orbit kijkt mee als ${MAUD}`)).toBeVisible();
    await expect(page.getByRole('complementary', { name: MAUD })).toBeVisible();
  });

  test('is accessible', async ({ page, react }) => {
    await enter(page, react, MAUD);
    await expectAccessible(page);
  });
});

test.describe('two on one page', () => {
  test('share one download of the module and nothing else', async ({ page, two }) => {
    const loaded: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('.wasm')) loaded.push(request.url());
    });
    await page.goto(`${two.url}/?backend=${two.backend.url}`);
    const [left, right] = [page.locator('studio-users').first(), page.locator('studio-users').last()];
    await expect(left.getByRole('heading', { name: 'Users', exact: true })).toBeVisible();
    await expect(right.getByRole('heading', { name: 'Gebruikers', exact: true })).toBeVisible();
    await expect(left.getByRole('rowheader').first()).toBeVisible();
    await expect(right.getByRole('rowheader').first()).toBeVisible();
    expect(loaded).toHaveLength(new Set(loaded).size);
    expect(new URL(loaded[0] ?? '').origin).toBe(two.backend.url);

    // A shortcut works in the element that has the focus.
    await right.getByRole('rowheader').first().getByRole('link').focus();
    await page.keyboard.press('/');
    await expect(right.getByRole('searchbox')).toBeFocused();
    // Navigation in one element changes neither the other element nor the page.
    const before = page.url();
    await left.getByRole('rowheader').first().getByRole('link').click();
    await expect(left.getByRole('tab')).toHaveCount(3);
    await expect(right.getByRole('tab')).toHaveCount(0);
    expect(page.url()).toBe(before);
    await expectAccessible(page);
  });

  test('the host renews a rejected token', async ({ page, two }) => {
    await page.goto(`${two.url}/?backend=${two.backend.url}`);
    const [left, right] = [page.locator('studio-users').first(), page.locator('studio-users').last()];
    await expect(left.getByRole('rowheader').first()).toBeVisible();
    await page.getByRole('button', { name: 'Let the left session expire' }).click();
    await expect(left.getByRole('dialog', { name: 'Sign in again' })).toBeHidden();
    await left.getByRole('searchbox').fill('an');
    await expect(left.getByRole('rowheader').first()).toBeVisible();
    await expect(right.getByRole('rowheader').first()).toBeVisible();
  });

  test('one element is removed and added again while the other keeps working', async ({ page, two }) => {
    await page.goto(`${two.url}/?backend=${two.backend.url}`);
    const elements = page.locator('studio-users');
    await expect(elements.last().getByRole('rowheader').first()).toBeVisible();
    await page.getByRole('button', { name: 'Close the right one' }).click();
    await expect(elements).toHaveCount(1);
    await elements.first().getByRole('rowheader').first().getByRole('link').click();
    await expect(elements.first().getByRole('tab')).toHaveCount(3);
    await page.getByRole('button', { name: 'Open the right one' }).click();
    await expect(elements.last().getByRole('rowheader').first()).toBeVisible();
  });
});
