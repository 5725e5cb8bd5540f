import type { Page } from '@playwright/test';
import { test as base, type Host } from '../support/host.ts';
import { settled } from '../support/looks.ts';
import { CHARLOTTE, expect, expectAccessible, INGRID, MAUD } from '../support/test.ts';

// Each host has an address and a backend of its own.
const test = base.extend({ baseURL: async ({}, use) => use(undefined) });

/** What the element told the host, by the events' names. */
async function listenToHost(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    for (const name of ['ready', 'navigate', 'view-start', 'view-end', 'signed-out', 'error']) {
      addEventListener(`su-${name}`, (event) => {
        const { kind, user } = (event as CustomEvent).detail;
        told.push([name, kind, name === 'ready' && user.name].filter(Boolean).join(' '));
      });
    }
  });
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told);
}

async function enter(page: Page, host: Host, name: string): Promise<void> {
  await page.goto(host.url);
  await page.getByRole('button', { name }).click();
  await expect(rows(page).first()).toBeVisible();
}

/** A page of the host's origin changes something; what comes from elsewhere may not. */
const own = { 'Sec-Fetch-Site': 'same-origin' };

/** Signs somebody of the demo in, behind the page's back. */
async function signIn(page: Page, host: Host, name: string): Promise<void> {
  const people = (await (await page.request.get(`${host.url}/api/v1/demo/people`)).json()) as {
    id: string;
    name: string;
  }[];
  const user_id = people.find((person) => person.name === name)?.id;
  const answer = await page.request.post(`${host.url}/api/v1/demo/sessions`, { data: { user_id }, headers: own });
  expect(answer.status()).toBe(201);
}

/** The cells that name the users, in whichever language. */
const rows = (page: Page) => page.getByRole('rowheader');

/** Somebody's panel. */
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

test.describe('in plain HTML', () => {
  test('the users have the part of the address that the host gives them, and the rest is the host’s', async ({
    page,
    plain,
  }) => {
    const told = await listenToHost(page);
    await enter(page, plain, MAUD);
    expect(new URL(page.url()).pathname).toBe('/people');
    await expect(page.getByRole('status').filter({ hasText: MAUD })).toBeVisible();
    const link = rows(page).nth(2).getByRole('link');
    const name = (await link.textContent()) ?? '';
    await link.click();
    await expect(panel(page, name).getByRole('heading').first()).toBeFocused();
    expect(new URL(page.url()).pathname).toMatch(/^\/people\/[0-9a-f-]{36}$/);
    expect(await told()).toEqual([`ready ${MAUD}`, 'navigate']);

    // A copied address shows the same.
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

  test('what the host writes below its path, the element follows', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const link = rows(page).nth(1).getByRole('link');
    const name = (await link.textContent()) ?? '';
    await link.click();
    await expect(panel(page, name)).toBeVisible();
    const address = page.url();
    await page.getByRole('link', { name: 'People' }).click();
    await expect(panel(page, name)).toBeHidden();
    await page.evaluate((address) => history.pushState(null, '', address), address);
    await expect(panel(page, name)).toBeVisible();
  });

  test('without a height of the host it takes one, and without colours those of the page around', async ({
    page,
    plain,
  }) => {
    await enter(page, plain, MAUD);
    const seen = () =>
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
    await expect.poll(seen).toEqual({ height: 480, scheme: 'dark' });
    await expect(rows(page).first()).toBeVisible();
    await page.evaluate(() => document.querySelector('studio-users')?.setAttribute('theme', 'system'));
    await expect.poll(seen).toEqual({ height: 480, scheme: 'light dark' });
  });

  test('the roles are a page below the host’s path', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await page.getByRole('link', { name: 'Roles' }).click();
    await expect(page.getByRole('heading', { name: 'What each role can do' })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/people/roles');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'What each role can do' })).toBeVisible();
  });

  test('keys are the element’s within it, and the host’s elsewhere', async ({ page, plain }) => {
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

  test('nobody is signed in: that is said, and the host hears of it', async ({ page, plain }) => {
    const told = await listenToHost(page);
    await page.goto(`${plain.url}/people`);
    await expect(heading(page, 'You are not signed in')).toBeVisible();
    expect(await told()).toEqual(['signed-out']);
    await signIn(page, plain, MAUD);
    await page.getByRole('button', { name: 'I have signed in' }).click();
    await expect(rows(page).first()).toBeVisible();
    expect(await told()).toEqual(['signed-out', `ready ${MAUD}`]);
  });

  test('a session that ends in the middle loses nothing', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await page.getByRole('button', { name: 'Invite users' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite users' });
    await dialog.getByLabel('E-mail addresses').fill('new@northwind.example');
    await dialog.getByLabel('E-mail addresses').press('Enter');
    expect((await page.request.delete(`${plain.url}/api/v1/session`, { headers: own })).status()).toBe(204);
    await page.evaluate(() => document.querySelector('studio-users')?.refresh());
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await expect(again).toBeVisible();
    await signIn(page, plain, MAUD);
    await again.getByRole('button', { name: 'I have signed in' }).click();
    await expect(again).toBeHidden();
    await expect(dialog.getByText('new@northwind.example')).toBeVisible();
  });

  test('a hostile sheet of the host changes nothing within', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const looks = () =>
      page.evaluate(() => {
        const root = document.querySelector('studio-users')?.shadowRoot;
        const seen = [...(root?.querySelectorAll('h1, .button, th, td, a, input, .chip, .avatar') ?? [])].slice(0, 60);
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
        return seen.map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          const style = getComputedStyle(element);
          return [element.tagName, x, y, width, height, ...properties.map((name) => style.getPropertyValue(name))].join(
            ' ',
          );
        });
      });
    // Nothing is under the mouse, or on its way from that.
    await page.mouse.move(0, 0);
    await settled(page);
    const before = await looks();
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
      const quiet = new CSSStyleSheet();
      // Where the element stands is the host's to say; what is in it is not.
      quiet.replaceSync('html, body, main, studio-users { margin: 0 !important; }');
      document.adoptedStyleSheets.push(quiet);
    });
    const place = (look: string) => look.replace(/^(\S+) \S+ \S+/, '$1');
    await expect.poll(async () => (await looks()).map(place)).toEqual(before.map(place));
  });

  test('an element that is moved stays as it is', async ({ page, plain }) => {
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

  test('viewing as somebody stays within the element, and the host hears of it', async ({ page, plain }) => {
    const told = await listenToHost(page);
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
    const answer = await page.request.get(`${plain.url}/api/v1/views/${view?.id}`);
    expect(((await answer.json()) as { user: { name: string } }).user.name).toBe(INGRID);
    await banner.getByRole('button', { name: 'Exit view' }).click();
    await expect(banner).toBeHidden();
    await expect.poll(told).toContain('view-end');
    expect(await page.evaluate(() => document.querySelector('studio-users')?.view)).toBeNull();
  });

  test('attributes and methods do what they say', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    const answer = await page.request.get(`${plain.url}/api/v1/users?limit=1&status=active&sort=name`);
    const { items } = (await answer.json()) as { items: { id: string; name: string }[] };
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

  test('the host puts its own buttons into slots, and shapes the parts', async ({ page, plain }) => {
    await page.goto(`${plain.url}/people`);
    const put = (slot: string, words: string) =>
      page.evaluate(
        ([slot = '', words = '']) => {
          const button = Object.assign(document.createElement('button'), { slot, textContent: words });
          document.querySelector('studio-users')?.append(button);
        },
        [slot, words],
      );
    await expect(heading(page, 'You are not signed in')).toBeVisible();
    await put('sign-in', 'Sign in to Harbour');
    await expect(page.getByRole('button', { name: 'Sign in to Harbour' })).toBeVisible();
    await signIn(page, plain, MAUD);
    await page.getByRole('button', { name: 'I have signed in' }).click();
    await expect(rows(page).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign in to Harbour' })).toBeHidden();
    await put('actions', 'Import from HR');
    const [own, next] = [
      page.getByRole('button', { name: 'Import from HR' }),
      page.getByRole('button', { name: 'Export CSV' }),
    ];
    const [left, right] = [await own.boundingBox(), await next.boundingBox()];
    expect(left && right && left.x + left.width <= right.x).toBe(true);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('studio-users::part(head) { padding-inline: 77px; }');
      document.adoptedStyleSheets.push(sheet);
    });
    const title = await heading(page, 'Users').boundingBox();
    expect(title?.x).toBe(77);
  });

  test('nobody finds anything to complain about', async ({ page, plain }) => {
    await enter(page, plain, MAUD);
    await expectAccessible(page);
  });
});

test.describe('in React', () => {
  test('the host’s router writes every address, and asks before something unsaved is lost', async ({ page, react }) => {
    await enter(page, react, MAUD);
    await expect(heading(page, 'Gebruikers')).toBeVisible();
    const link = rows(page).nth(1).getByRole('link');
    const name = (await link.textContent()) ?? '';
    await link.click();
    await expect(panel(page, name)).toBeVisible();
    // What the host's router wrote carries its key.
    expect(await page.evaluate(() => typeof (history.state as { key?: string } | null)?.key)).toBe('string');
    expect(new URL(page.url()).pathname).toMatch(/^\/team\/[0-9a-f-]{36}$/);
    await expect(page.getByRole('link', { name: 'Team' })).toHaveAttribute('aria-current', 'page');
    await page.goBack();
    await expect(panel(page, name)).toBeHidden();

    await page.getByRole('button', { name: 'Uitnodigen' }).click();
    const dialog = page.getByRole('dialog', { name: 'Gebruikers uitnodigen' });
    await dialog.getByLabel('E-mailadressen').fill('nieuw@northwind.example');
    await dialog.getByLabel('E-mailadressen').press('Enter');
    expect(await page.evaluate(() => document.querySelector('studio-users')?.hasUnsavedChanges)).toBe(true);
    page.once('dialog', (question) => void question.dismiss());
    await page.getByRole('link', { name: 'Start' }).evaluate((link) => (link as HTMLElement).click());
    await expect(dialog.getByText('nieuw@northwind.example')).toBeVisible();
    page.once('dialog', (question) => void question.accept());
    await page.getByRole('link', { name: 'Start' }).evaluate((link) => (link as HTMLElement).click());
    await expect(heading(page, 'Welkom bij Orbit')).toBeVisible();
    await page.getByRole('link', { name: 'Team' }).click();
    await expect(rows(page).first()).toBeVisible();
  });

  test('a view is the host’s to show too', async ({ page, react }) => {
    await enter(page, react, CHARLOTTE);
    await page.getByRole('searchbox', { name: 'Gebruikers zoeken' }).fill(MAUD);
    await page.getByRole('button', { name: `Kijken als ${MAUD}` }).click();
    const dialog = page.getByRole('dialog', { name: `Kijken als ${MAUD}` });
    await dialog.getByRole('textbox').fill('Zij vroeg erom');
    await dialog.getByRole('button', { name: 'Beginnen met kijken' }).click();
    await expect(page.getByText(`Orbit kijkt mee als ${MAUD}`)).toBeVisible();
    await expect(page.getByRole('complementary', { name: MAUD })).toBeVisible();
  });

  test('nobody finds anything to complain about', async ({ page, react }) => {
    await enter(page, react, MAUD);
    await expectAccessible(page);
  });
});

test.describe('two on one page', () => {
  test('they share one download, and nothing else', async ({ page, two }) => {
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

    // A key is heard where the focus is.
    await right.getByRole('rowheader').first().getByRole('link').focus();
    await page.keyboard.press('/');
    await expect(right.getByRole('searchbox')).toBeFocused();
    // A place of one is no place of the other, and none of the page.
    const before = page.url();
    await left.getByRole('rowheader').first().getByRole('link').click();
    await expect(left.getByRole('tab')).toHaveCount(3);
    await expect(right.getByRole('tab')).toHaveCount(0);
    expect(page.url()).toBe(before);
    await expectAccessible(page);
  });

  test('a token that is refused is asked for anew, and one that is gone is the host’s to renew', async ({
    page,
    two,
  }) => {
    await page.goto(`${two.url}/?backend=${two.backend.url}`);
    const [left, right] = [page.locator('studio-users').first(), page.locator('studio-users').last()];
    await expect(left.getByRole('rowheader').first()).toBeVisible();
    await page.getByRole('button', { name: 'Let the left session expire' }).click();
    await expect(left.getByRole('dialog', { name: 'Sign in again' })).toBeHidden();
    await left.getByRole('searchbox').fill('an');
    await expect(left.getByRole('rowheader').first()).toBeVisible();
    await expect(right.getByRole('rowheader').first()).toBeVisible();
  });

  test('one is closed and opened again, and the other goes on', async ({ page, two }) => {
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
