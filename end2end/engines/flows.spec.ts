import { expect } from '@playwright/test';
import type { Session } from './driver/session.ts';
import { test, USERS } from './fixtures.ts';

const MAUD = 'Maud Jansen';
const CHARLOTTE = 'Charlotte Pemberton';
const SEARCH = { role: 'searchbox', name: 'Search users' };
const FIRST_NAME = { selector: '[role=rowheader] a' };

/** Signs in a demo user and opens a path. */
async function openAs(session: Session, origin: string, name: string, path = '/users'): Promise<void> {
  await session.goto(`${origin}${path}`);
  await session.click({ role: 'button', name: { pattern: `^${name}` } });
  await session.see({ role: 'button', name: `Account of ${name}` });
  await session.see(FIRST_NAME);
}

/** Returns the number of matching users. */
const rowCount = (session: Session): Promise<number> =>
  session.evaluate(({ find }) => Number(find({ selector: '.users-table' })?.getAttribute('aria-rowcount')) - 1);

/** Returns the names in the rendered rows, from top to bottom. */
const names = (session: Session): Promise<string[]> =>
  session.evaluate(({ findAll, squash }) => {
    const links = findAll({ selector: '[role=rowheader] a' });
    const top = (link: Element): number => link.getBoundingClientRect().top;
    return links.sort((a, b) => top(a) - top(b)).map((link) => squash(link.textContent));
  });

/** Searches, and waits until the first row is the only one. */
async function searchFor(session: Session, text: string): Promise<void> {
  await session.fill(SEARCH, text);
  await session.waitFor(`one match of ${text}`, async () => (await rowCount(session)) === 1);
}

test('sign in, with the table in line with its header', async ({ session, backend, record }) => {
  await session.goto(backend.url);
  await session.see({ role: 'button', name: { pattern: `^${MAUD}` } });
  await record('sign-in page');
  await openAs(session, backend.url, MAUD);
  await record('list', 'input[type=search]');
  await session.resize(1180, 900);
  await record('list at 1180 px');
});

test('search, sort and clear', async ({ session, backend, record }) => {
  await openAs(session, backend.url, MAUD);
  const all = await rowCount(session);
  await session.press('/');
  await session.type('jan');
  await session.waitFor('fewer rows', async () => {
    const count = await rowCount(session);
    return count > 0 && count < all;
  });
  await session.press('Escape');
  await session.waitFor('all rows', async () => (await rowCount(session)) === all);

  await session.click({ selector: '[role=columnheader] button', name: 'Name' });
  await session.see({ selector: '[aria-sort=ascending]', name: 'Name' });
  await session.waitFor('a sorted list', async () => {
    const shown = await names(session);
    const sorted = shown.toSorted(new Intl.Collator('en').compare);
    return shown.length > 5 && shown.slice(0, 5).join() === sorted.slice(0, 5).join();
  });
  await record('sorted by name');
});

test('scroll to the last of 5,000 users', async ({ session, backend }) => {
  await openAs(session, backend.url, CHARLOTTE);
  expect(await rowCount(session)).toBe(USERS);
  await session.waitFor('the last row', async () => {
    await session.evaluate(({ find }) => (find({ selector: '[role=rowheader] a' }) as HTMLElement).focus());
    await session.press('End');
    await session.waitForPaint();
    return session.evaluate(
      ({ find }, last) => !!find({ selector: `[aria-rowindex="${last}"] [role=rowheader] a` }),
      USERS + 1,
    );
  });
  // Scrolls through the middle.
  for (const row of [1000, 2500, 4000]) {
    await session.evaluate(({ find }, row) => {
      const body = find({ selector: '.users-table__body' });
      if (body) body.scrollTop = row * 48;
    }, row);
    await session.waitFor(`row ${row}`, () =>
      session.evaluate(({ find }, row) => !!find({ selector: `[aria-rowindex="${row + 5}"] [role=rowheader] a` }), row),
    );
  }
});

test('the panel and its tabs', async ({ session, backend, record }) => {
  await openAs(session, backend.url, MAUD);
  await searchFor(session, 'sanne@northwind.example');
  await session.click(FIRST_NAME);
  await session.see({ role: 'tab', name: 'Details' });
  await session.press('Escape');
  await session.seeNo({ role: 'tab', name: 'Details' });
  await session.waitFor('the focus on the name', () =>
    session.evaluate(({ focused }) => !!focused()?.matches('[role=rowheader] a')),
  );
  await session.press('Enter');
  await session.see({ role: 'tab', name: 'Details' });
  await record('details', '[role=tab][aria-selected=true]');
  await session.click({ role: 'tab', name: 'Access' });
  await session.see({ role: 'button', name: 'Change roles in Harbor Bank' });
  await record('access', '[role=tab][aria-selected=true]');
  await session.press('Control+k');
  await session.see({ role: 'combobox', name: 'Find a user or an action' });
  await session.press('Escape');
  await session.click({ role: 'tab', name: 'Audit log' });
  await session.waitFor('the audit log', () =>
    session.evaluate(({ find }) => find({ selector: '[role=tabpanel] li' }) !== undefined),
  );
  await record('audit log');
});

test('a change is saved', async ({ session, backend }) => {
  await openAs(session, backend.url, MAUD);
  await searchFor(session, 'oliver@northwind.example');
  await session.click(FIRST_NAME);
  await session.click({ role: 'tab', name: 'Access' });
  await session.click({ role: 'button', name: 'Change roles in Harbor Bank' });
  await session.click({ role: 'checkbox', name: 'Analyst' });
  await session.click({ role: 'button', name: 'Done' });
  await session.click({ role: 'button', name: 'Save changes' });
  await session.seeNo({ role: 'button', name: 'Save changes' });
  await session.goto(backend.url + new URL(await session.evaluate(() => location.href)).pathname);
  await session.see({ role: 'button', name: `Account of ${MAUD}` });
});

test('an impersonation starts and ends', async ({ session, backend, record }) => {
  await openAs(session, backend.url, MAUD);
  await searchFor(session, 'sanne@northwind.example');
  await session.click({ role: 'button', name: { pattern: '^View as ' } });
  await session.fill({ role: 'textbox', name: 'Reason' }, 'Ticket 4812, no sound');
  await session.click({ role: 'button', name: 'Start view' });
  await session.see({ role: 'complementary', name: { pattern: '^Viewing as' } });
  await session.seeNo({ role: 'textbox', name: 'Reason' });
  await record('impersonation');
  await session.click({ role: 'button', name: 'Exit view' });
  await session.seeNo({ role: 'complementary', name: { pattern: '^Viewing as' } });
  await session.see(FIRST_NAME);
});

test('embedded in a host', async ({ session, host, record }) => {
  await session.goto(host.url);
  await session.deleteCookies();
  await session.goto(host.url);
  await session.click({ role: 'button', name: MAUD });
  await session.see(FIRST_NAME);
  await record('embedded', 'input[type=search]');
  await session.click(FIRST_NAME);
  await session.see({ role: 'tab', name: 'Details' });
  expect(await session.evaluate(() => location.pathname)).toMatch(/^\/people\/[0-9a-f-]{36}$/);
  await session.back();
  await session.seeNo({ role: 'tab', name: 'Details' });
});

test('at the width of a phone', async ({ session, backend, record }) => {
  await session.resize(390, 844);
  await openAs(session, backend.url, MAUD);
  await record('phone');
  const overflow = await session.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await session.click(FIRST_NAME);
  await session.see({ role: 'tab', name: 'Details' });
  await record('panel on a phone');
});

test('an invitation is sent', async ({ session, backend, record }) => {
  await openAs(session, backend.url, MAUD);
  await session.click({ role: 'button', name: 'Invite users' });
  await session.fill({ role: 'textbox', name: 'E-mail addresses' }, 'nadia@velo.example');
  await session.press('Enter');
  await session.click({ role: 'button', name: { pattern: '^Environments' } });
  await session.click({ role: 'checkbox', name: 'Velo Bikes' });
  await session.press('Escape');
  await session.click({ role: 'checkbox', name: { pattern: '^Planner' } });
  await record('invite dialog', 'dialog textarea, dialog input');
  await session.click({ role: 'button', name: 'Send 1 invitation' });
  await session.seeNo({ role: 'textbox', name: 'E-mail addresses' });
  await searchFor(session, 'nadia@velo.example');
});
