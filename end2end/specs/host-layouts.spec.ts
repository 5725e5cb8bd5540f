import type { Page } from '@playwright/test';
import { test as base, type Host } from '../support/host.ts';
import { expect, MAUD } from '../support/test.ts';

// The element in dialogs, shadow roots, frames and hidden parts of a host's page.

// Each host has its own origin and its own backend.
const test = base.extend({ baseURL: async ({}, use) => use(undefined) });

const rows = (page: Page) => page.getByRole('rowheader');
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search users' });

test.beforeEach(async ({ page, plain }: { page: Page; plain: Host }) => {
  await page.goto(plain.url);
  await page.getByRole('button', { name: MAUD }).click();
  await expect(rows(page).first()).toBeVisible();
});

/** Moves the element into a new element of the page, which `prepare` receives. */
async function moveInto(page: Page, name: string, styles: Record<string, string> = {}): Promise<void> {
  await page.evaluate(
    ([name, styles]) => {
      const around = document.createElement(name);
      document.querySelector('#around')?.removeAttribute('id');
      around.id = 'around';
      Object.assign(around.style, styles);
      document.querySelector('main')?.append(around);
      around.append(document.querySelector('studio-users') as Element);
      if (around instanceof HTMLDialogElement) around.showModal();
    },
    [name, styles] as const,
  );
  await expect(page.locator('#around studio-users')).toBeAttached();
}

test('in a dialog of the host, keys reach the element first', async ({ page }) => {
  await moveInto(page, 'dialog', { inlineSize: '1200px', blockSize: '700px' });
  const hostDialog = page.locator('dialog#around');
  await rows(page).first().getByRole('link').focus();
  await page.keyboard.press('/');
  await expect(search(page)).toBeFocused();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Find a user or an action' });
  await expect(palette).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await expect(hostDialog).toHaveAttribute('open');

  // Escape closes the panel, and asks about unsaved changes.
  await rows(page).nth(2).getByRole('link').click();
  await page.getByRole('tab', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'Change roles in Sandbox' }).click();
  await page.getByRole('checkbox', { name: 'Planner', exact: true }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  const confirmation = page.getByRole('dialog', { name: 'Discard your changes?' });
  for (const field of [page.getByRole('tab', { name: 'Access' }), search(page)]) {
    await field.focus();
    await page.keyboard.press('Escape');
    await expect(confirmation).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(confirmation).toBeHidden();
    await expect(hostDialog).toHaveAttribute('open');
  }
  await page.getByRole('tab', { name: 'Access' }).focus();
  await page.keyboard.press('Escape');
  await confirmation.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page.getByRole('tab')).toHaveCount(0);
  // The element has nothing left to close, so the key belongs to the host.
  await rows(page).first().getByRole('link').focus();
  await page.keyboard.press('Escape');
  await expect(hostDialog).not.toHaveAttribute('open');
});

test('keeps the scroll position and open dialogs when the host moves it', async ({ page }) => {
  const body = page.getByRole('rowgroup', { name: 'Users' });
  await body.evaluate((body) => body.scrollTo(0, 400));
  const names = () =>
    body.evaluate((body) => {
      const { top, bottom } = body.getBoundingClientRect();
      const rows = [...body.querySelectorAll('[aria-rowindex]')].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.top >= top && box.bottom <= bottom;
      });
      return rows.map((row) => row.querySelector('.person__link')?.textContent ?? '');
    });
  await expect.poll(async () => (await names()).length).toBeGreaterThan(3);
  const before = await names();
  await page.getByRole('button', { name: 'Invite users' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite users' });
  await moveInto(page, 'section', { blockSize: '100%' });
  expect(await body.evaluate((body) => body.scrollTop)).toBe(400);
  expect(await names()).toEqual(expect.arrayContaining(before.slice(1, 4)));
  expect(await dialog.evaluate((dialog) => dialog.matches(':modal'))).toBe(true);
  await dialog.getByRole('button', { name: 'Close' }).click();

  // An open popover closes, and the next click opens it again.
  const filter = page.getByRole('search').getByRole('button', { name: 'Environment', exact: true });
  await filter.click();
  await expect(page.getByRole('dialog', { name: 'Environment' })).toBeVisible();
  await moveInto(page, 'section', { blockSize: '100%' });
  await expect(filter).toHaveAttribute('aria-expanded', 'false');
  await filter.click();
  await expect(page.getByRole('dialog', { name: 'Environment' })).toBeVisible();
});

test('keeps its styles in a frame of the host', async ({ page }) => {
  const style = () =>
    page.evaluate(() => {
      const frame = document.querySelector('iframe');
      const element = (frame?.contentDocument ?? document).querySelector('studio-users');
      const table = element?.shadowRoot?.querySelector('.users-table__body');
      const panelTab = element?.shadowRoot?.querySelector('[role=tab]');
      const value = (element: Element | null | undefined, property: string) =>
        element && (element.ownerDocument.defaultView as Window).getComputedStyle(element).getPropertyValue(property);
      return [value(table, 'overflow-y'), value(panelTab, 'padding-inline')];
    });
  await rows(page).nth(1).getByRole('link').click();
  await expect(page.getByRole('tab')).toHaveCount(3);
  const before = await style();
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    Object.assign(frame.style, { inlineSize: '1200px', blockSize: '600px' });
    document.querySelector('main')?.append(frame);
    frame.contentDocument?.body.append(document.querySelector('studio-users') as Element);
  });
  expect(await style()).toEqual(before);
  expect(before.every(Boolean)).toBe(true);
});

test('stays hidden and disabled where the host hides or disables it', async ({ page }) => {
  await moveInto(page, 'section', {
    blockSize: '100%',
    visibility: 'hidden',
    pointerEvents: 'none',
    userSelect: 'none',
  });
  await expect(rows(page)).toHaveCount(0);
  const styles = await page.evaluate(() => {
    const root = document.querySelector('studio-users')?.shadowRoot?.querySelector('.users-page') as Element;
    const { visibility, pointerEvents, userSelect } = getComputedStyle(root);
    return { visibility, pointerEvents, userSelect };
  });
  expect(styles).toEqual({ visibility: 'hidden', pointerEvents: 'none', userSelect: 'none' });
});

test('follows the language of the page, through shadow roots', async ({ page }) => {
  await page.evaluate(() => document.querySelector('studio-users')?.removeAttribute('locale'));
  await page.evaluate(() => document.documentElement.setAttribute('lang', 'nl'));
  await expect(heading(page, 'Gebruikers')).toBeVisible();
  await page.evaluate(() => {
    document.documentElement.setAttribute('lang', 'en');
    const host = document.createElement('section');
    Object.assign(host, { id: 'outer', lang: 'nl' });
    Object.assign(host.style, { display: 'block', blockSize: '100%' });
    document.querySelector('main')?.append(host);
    host.attachShadow({ mode: 'open' }).append(document.querySelector('studio-users') as Element);
  });
  await expect(heading(page, 'Gebruikers')).toBeVisible();
  await page.evaluate(() => document.querySelector('#outer')?.setAttribute('lang', 'en-GB'));
  await expect(heading(page, 'Users')).toBeVisible();
});

test('opens popovers on the screen in a zoomed page', async ({ page }) => {
  await page.evaluate(() => document.body.style.setProperty('zoom', '1.5'));
  const filter = page.getByRole('search').getByRole('button', { name: 'Status', exact: true });
  await filter.click();
  const popover = page.getByRole('dialog', { name: 'Status' });
  const boxes = async () => [await filter.boundingBox(), await popover.boundingBox()];
  await expect(popover).toBeVisible();
  const [button, box] = await boxes();
  if (!button || !box) throw new Error('there is no box');
  expect(box.y).toBeGreaterThanOrEqual(button.y + button.height - 1);
  expect(box.y).toBeLessThan(button.y + button.height + 12);
  expect(box.x + box.width).toBeLessThanOrEqual(1280);
  expect(box.y + box.height).toBeLessThanOrEqual(800);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Invite users' }).click();
  const dialog = await page.getByRole('dialog', { name: 'Invite users' }).boundingBox();
  expect(dialog && dialog.y >= 0 && dialog.y + dialog.height <= 800).toBe(true);
});
