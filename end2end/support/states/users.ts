import { expect, type Locator, type Page } from '@playwright/test';
import { INGRID, waitForProgram } from '../test.ts';
import { type StateContext, state, type UiState } from '../ui-state.ts';

const table = ({ page, t }: StateContext): Locator => page.getByRole('table', { name: t('Users') });

/** Returns the row headers of the users table, which hold the names. */
const names = (context: StateContext): Locator => table(context).getByRole('rowheader');

/** Opens the users page and waits for the first row. */
export async function openUsers(context: StateContext, query = ''): Promise<Locator> {
  await context.page.goto(`/users${query}`);
  await waitForProgram(context.page);
  const first = names(context).first();
  await expect(first).toBeVisible();
  return first;
}

const isUsers = (url: URL): boolean => url.pathname === '/api/v1/users';

/** The response of a backend that is overloaded. */
export const UNAVAILABLE = {
  status: 503,
  contentType: 'application/problem+json',
  json: { status: 503, code: 'unavailable', title: 'Try again shortly' },
};

/** Replaces the search of all requests for users. */
async function replaceSearch(page: Page, search: string): Promise<void> {
  await page.route(isUsers, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set('search', search);
    return route.continue({ url: url.href });
  });
}

/** Returns a function that opens a filter. */
function filter(label: string): UiState['open'] {
  return async (context) => {
    const { page, t } = context;
    await openUsers(context);
    await page
      .getByRole('search')
      .getByRole('button', { name: t.startsWith(label) })
      .first()
      .click();
    const panel = page.getByRole('dialog', { name: t(label) });
    await expect(panel).toBeVisible();
    return panel;
  };
}

/** Selects the first `count` rows. */
async function select(context: StateContext, count: number): Promise<Locator> {
  const { page, t } = context;
  const boxes = table(context).getByRole('checkbox', { name: t.startsWith('Select ') });
  // On desktops the first checkbox selects all.
  const isFirstAll = await boxes.first().evaluate((box) => !box.closest('[aria-rowindex]:not([aria-rowindex="1"])'));
  for (let index = 0; index < count; index += 1) await boxes.nth(index + (isFirstAll ? 1 : 0)).check();
  const bar = page.getByRole('region', { name: t('Selection') });
  await expect(bar).toBeVisible();
  return bar;
}

/** Opens the columns menu. */
async function openColumns(context: StateContext): Promise<Locator> {
  const { page, t } = context;
  await openUsers(context);
  await page.getByRole('button', { name: t.exact('Columns') }).click();
  return page.getByRole('dialog', { name: t('Columns') });
}

const DESKTOP: Partial<UiState> = { devices: ['desktop'] };
const PHONE: Partial<UiState> = { devices: ['phone'] };

/** States of the users page. */
export const USERS: UiState[] = [
  state('users, list', (context) => openUsers(context)),
  state('users, list of an environment manager', (context) => openUsers(context), { as: INGRID }),
  state(
    'users, compact rows',
    async (context) => {
      const menu = await openColumns(context);
      await menu.getByRole('radio', { name: context.t('Compact') }).click();
      await context.page.keyboard.press('Escape');
      await expect(menu).toBeHidden();
      return names(context).first();
    },
    DESKTOP,
  ),
  state('users, columns menu', openColumns),
  state(
    'users, all columns',
    async (context) => {
      const menu = await openColumns(context);
      for (const box of await menu.getByRole('checkbox').all()) await box.check();
      await context.page.keyboard.press('Escape');
      return names(context).first();
    },
    DESKTOP,
  ),
  state('users, environment filter', filter('Environment')),
  state('users, role filter', filter('Role')),
  state('users, status filter', filter('Status')),
  state('users, last active filter', filter('Last active')),
  state('users, filtered', (context) =>
    openUsers(context, '?role=agent&role=operator&status=active&active=90&search=an'),
  ),
  state('users, selection', async (context) => {
    await openUsers(context);
    return select(context, 3);
  }),
  state(
    'users, all selected',
    async (context) => {
      await openUsers(context);
      const bar = await select(context, 1);
      await bar.getByRole('button', { name: context.t('Select all') }).click();
      return bar;
    },
    DESKTOP,
  ),
  state('bulk, add a role', async (context) => {
    const { page, t } = context;
    await openUsers(context);
    const bar = await select(context, 2);
    await bar.getByRole('button', { name: t('Add role') }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Harbor Bank' }).click();
    const role = page.getByRole('dialog').getByRole('radio', { name: 'Planner' });
    await role.click();
    return role;
  }),
  state('bulk, remove users', async (context) => {
    const { page, t } = context;
    await openUsers(context);
    const bar = await select(context, 2);
    await bar.getByRole('button', { name: t('Remove') }).click();
    const field = page.getByRole('alertdialog').getByRole('textbox');
    await field.fill('3');
    return field;
  }),
  state('users, pages', (context) => openUsers(context, '?view=pages')),
  state('users, loading', async (context) => {
    await context.page.route(isUsers, () => {});
    await context.page.goto('/users');
    const skeleton = context.page.locator('.skeleton').first();
    await expect(skeleton).toBeVisible();
    return skeleton;
  }),
  state('users, failed to load', async (context) => {
    await context.page.route(isUsers, (route) => route.fulfill(UNAVAILABLE));
    await context.page.goto('/users');
    return context.page.getByRole('alert').filter({ hasText: context.t('could not be loaded') });
  }),
  state('users, failed to reload', async (context) => {
    const { page, t } = context;
    await openUsers(context);
    await page.route(isUsers, (route) => route.fulfill(UNAVAILABLE));
    await page.getByRole('searchbox', { name: t('Search users') }).fill('jan');
    return page.getByRole('alert').filter({ hasText: t('could not be loaded') });
  }),
  state('users, offline', async (context) => {
    // An event that arrives after the page is offline would hide the message.
    await context.page.route('**/api/v1/events*', (route) => route.abort('connectionaborted'));
    await openUsers(context);
    await context.page.context().setOffline(true);
    return context.page.getByText(context.t.exact('You’re offline.'));
  }),
  state('users, no search results', async ({ page, t }) => {
    await page.goto('/users?search=zzzz-nobody');
    return page.getByRole('heading', { name: t('No users found') });
  }),
  state('users, no filter results', async ({ page, t }) => {
    await page.goto('/users?role=planner&status=expired&active=7&search=zzzz');
    return page.getByRole('heading', { name: t('No users match these filters') });
  }),
  state('users, only the current user', async ({ page, t }) => {
    await replaceSearch(page, 'maud@northwind.example');
    await page.goto('/users');
    return page.getByRole('heading', { name: t('No other users yet') });
  }),
  state('users, empty', async ({ page, t }) => {
    await replaceSearch(page, 'zzzz-nobody');
    await page.goto('/users');
    return page.getByRole('heading', { name: t('No users yet') });
  }),
  state(
    'users, exporting',
    async (context) => {
      const { page, t } = context;
      await openUsers(context);
      await page.route('**/api/v1/users.csv*', () => {});
      await page.getByRole('button', { name: t('Export CSV') }).click();
      return page.getByRole('button', { name: t('Stop the export') });
    },
    DESKTOP,
  ),
  state(
    'users, tooltip of a disabled button',
    async (context) => {
      const { page, t } = context;
      await openUsers(context, '?search=maud');
      await page.getByRole('button', { name: t.startsWith('Remove Maud Jansen') }).focus();
      return page.locator('.tooltip:popover-open');
    },
    DESKTOP,
  ),
  state(
    'users, row actions sheet',
    async (context) => {
      const { page, t } = context;
      await openUsers(context, '?status=invited');
      await page
        .getByRole('button', { name: t.startsWith('Actions for') })
        .first()
        .click();
      return page.getByRole('dialog', { name: t.startsWith('Actions for') });
    },
    PHONE,
  ),
];
