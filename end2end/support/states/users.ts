import { expect, type Locator, type Page } from '@playwright/test';
import { type Stage, type State, state } from '../stage.ts';
import { INGRID } from '../test.ts';

/** The users table. */
const table = ({ page, say }: Stage): Locator => page.getByRole('table', { name: say('Users') });

/** The names in the table's rows. */
const names = (stage: Stage): Locator => table(stage).getByRole('rowheader');

/** Opens the users, and waits for them. */
export async function openUsers(stage: Stage, query = ''): Promise<Locator> {
  await stage.page.goto(`/users${query}`);
  const first = names(stage).first();
  await expect(first).toBeVisible();
  return first;
}

/** A list that does not come with the page: it is asked for. */
const ASKED = '/users?sort=name';

const isUsers = (url: URL): boolean => url.pathname === '/api/v1/users';

/** What a backend says that cannot answer. */
export const UNAVAILABLE = {
  status: 503,
  contentType: 'application/problem+json',
  json: { status: 503, code: 'unavailable', title: 'Try again shortly' },
};

/** Has every question for users answered as another one. */
async function answerAs(page: Page, search: string): Promise<void> {
  await page.route(isUsers, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set('search', search);
    return route.continue({ url: url.href });
  });
}

/** Opens a filter. */
function filter(label: string): State['reach'] {
  return async (stage) => {
    const { page, say } = stage;
    await openUsers(stage);
    await page
      .getByRole('search')
      .getByRole('button', { name: say.start(label) })
      .first()
      .click();
    const panel = page.getByRole('dialog', { name: say(label) });
    await expect(panel).toBeVisible();
    return panel;
  };
}

/** Selects the first rows. */
async function select(stage: Stage, count: number): Promise<Locator> {
  const { page, say } = stage;
  const boxes = table(stage).getByRole('checkbox', { name: say.start('Select ') });
  // The first selects all.
  const isFirstAll = await boxes.first().evaluate((box) => !box.closest('[aria-rowindex]:not([aria-rowindex="1"])'));
  for (let at = 0; at < count; at += 1) await boxes.nth(at + (isFirstAll ? 1 : 0)).check();
  const bar = page.getByRole('region', { name: say('Selection') });
  await expect(bar).toBeVisible();
  return bar;
}

/** Opens the menu of columns. */
async function columns(stage: Stage): Promise<Locator> {
  const { page, say } = stage;
  await openUsers(stage);
  await page.getByRole('button', { name: say.whole('Columns') }).click();
  return page.getByRole('dialog', { name: say('Columns') });
}

const DESKTOP: Partial<State> = { devices: ['desktop'] };
const PHONE: Partial<State> = { devices: ['phone'] };

/** The users table, and what can be done from it. */
export const USERS: State[] = [
  state('the list', (stage) => openUsers(stage)),
  state('an environment manager’s list', (stage) => openUsers(stage), { as: INGRID }),
  state(
    'compact rows',
    async (stage) => {
      const menu = await columns(stage);
      await menu.getByRole('radio', { name: stage.say('Compact') }).click();
      await stage.page.keyboard.press('Escape');
      await expect(menu).toBeHidden();
      return names(stage).first();
    },
    DESKTOP,
  ),
  state('the menu of columns', columns),
  state(
    'every column',
    async (stage) => {
      const menu = await columns(stage);
      for (const box of await menu.getByRole('checkbox').all()) await box.check();
      await stage.page.keyboard.press('Escape');
      return names(stage).first();
    },
    DESKTOP,
  ),
  state('the filter by environments', filter('Environment')),
  state('the filter by roles', filter('Role')),
  state('the filter by status', filter('Status')),
  state('the filter by last activity', filter('Last active')),
  state('filters set', (stage) => openUsers(stage, '?role=agent&role=operator&status=active&active=90&search=an')),
  state('a selection', async (stage) => {
    await openUsers(stage);
    return select(stage, 3);
  }),
  state(
    'all selected',
    async (stage) => {
      await openUsers(stage);
      const bar = await select(stage, 1);
      await bar.getByRole('button', { name: stage.say('Select all') }).click();
      return bar;
    },
    DESKTOP,
  ),
  state('adding a role to many', async (stage) => {
    const { page, say } = stage;
    await openUsers(stage);
    const bar = await select(stage, 2);
    await bar.getByRole('button', { name: say('Add role') }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Harbor Bank' }).click();
    const role = page.getByRole('dialog').getByRole('radio', { name: 'Planner' });
    await role.click();
    return role;
  }),
  state('removing many', async (stage) => {
    const { page, say } = stage;
    await openUsers(stage);
    const bar = await select(stage, 2);
    await bar.getByRole('button', { name: say('Remove') }).click();
    const field = page.getByRole('alertdialog').getByRole('textbox');
    await field.fill('3');
    return field;
  }),
  state('in pages', (stage) => openUsers(stage, '?view=pages')),
  state('loading', async (stage) => {
    await stage.page.route(isUsers, () => {});
    await stage.page.goto(ASKED);
    const skeleton = stage.page.locator('.skeleton').first();
    await expect(skeleton).toBeVisible();
    return skeleton;
  }),
  state('users that could not be loaded', async (stage) => {
    await stage.page.route(isUsers, (route) => route.fulfill(UNAVAILABLE));
    await stage.page.goto(ASKED);
    return stage.page.getByRole('alert').filter({ hasText: stage.say('could not be loaded') });
  }),
  state('rows that could not be loaded anew', async (stage) => {
    const { page, say } = stage;
    await openUsers(stage);
    await page.route(isUsers, (route) => route.fulfill(UNAVAILABLE));
    await page.getByRole('searchbox', { name: say('Search users') }).fill('jan');
    return page.getByRole('alert').filter({ hasText: say('could not be loaded') });
  }),
  state('offline', async (stage) => {
    // Nothing that was said before it is out of reach may come late.
    await stage.page.route('**/api/v1/events*', (route) => route.abort('connectionaborted'));
    await openUsers(stage);
    await stage.page.context().setOffline(true);
    return stage.page.getByText(stage.say.whole('You are offline.'));
  }),
  state('nobody found', async ({ page, say }) => {
    await page.goto('/users?search=zzzz-nobody');
    return page.getByRole('heading', { name: say('No user matches') });
  }),
  state('nobody passes the filters', async ({ page, say }) => {
    await page.goto('/users?role=planner&status=expired&active=7&search=zzzz');
    return page.getByRole('heading', { name: say('Nobody matches all of these filters') });
  }),
  state('nobody but the reader', async ({ page, say }) => {
    await answerAs(page, 'maud@northwind.example');
    await page.goto(ASKED);
    return page.getByRole('heading', { name: say('Nobody but you yet') });
  }),
  state('no users', async ({ page, say }) => {
    await answerAs(page, 'zzzz-nobody');
    await page.goto(ASKED);
    return page.getByRole('heading', { name: say('Nobody here yet') });
  }),
  state(
    'an export under way',
    async (stage) => {
      const { page, say } = stage;
      await openUsers(stage);
      await page.route('**/api/v1/users.csv*', () => {});
      await page.getByRole('button', { name: say('Export CSV') }).click();
      return page.getByRole('button', { name: say('Stop the export') });
    },
    DESKTOP,
  ),
  state(
    'the reason of a locked control',
    async (stage) => {
      const { page, say } = stage;
      await openUsers(stage, '?search=maud');
      await page.getByRole('button', { name: say.start('Remove Maud Jansen') }).focus();
      return page.locator('.hint-bubble:popover-open');
    },
    DESKTOP,
  ),
  state(
    'a user’s sheet',
    async (stage) => {
      const { page, say } = stage;
      await openUsers(stage, '?status=invited');
      await page
        .getByRole('button', { name: say.start('Actions for') })
        .first()
        .click();
      return page.getByRole('dialog', { name: say.start('Actions for') });
    },
    PHONE,
  ),
];
