import { expect, type Locator } from '@playwright/test';
import { CHARLOTTE, FEMKE, MAUD } from '../test.ts';
import { type StateContext, state, type UiState, uniqueSuffix } from '../ui-state.ts';
import { callApi, userByEmail } from '../users.ts';
import { openUsers, UNAVAILABLE } from './users.ts';

/** Returns a function that opens the menu of a button. */
function menu(button: (context: StateContext) => string): UiState['open'] {
  return async (context) => {
    const { page, t } = context;
    await openUsers(context);
    await page
      .getByRole('button', { name: t(button(context)) })
      .first()
      .click();
    const openMenu = page.getByRole('menu');
    await expect(openMenu).toBeVisible();
    return openMenu;
  };
}

/** Opens the command palette and types a text. */
async function palette(context: StateContext, text = ''): Promise<Locator> {
  const { page, t } = context;
  await openUsers(context);
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: t('Find a user or an action') });
  await expect(field).toBeFocused();
  if (text) await field.fill(text);
  return field;
}

/** Returns a function that opens a path and finds its heading. */
function heading(path: string, name: string): UiState['open'] {
  return async ({ page, t }) => {
    await page.goto(path);
    return page.getByRole('heading', { name: t(name), level: 1 });
  };
}

/** Opens the link of a new invitation, as the manager who created it. */
async function openInvitation(context: StateContext): Promise<Locator> {
  const { page, backend, t } = context;
  const email = `joining${uniqueSuffix()}@velo.example`;
  const nodes = (await (await page.request.get('/api/v1/nodes')).json()) as { id: string; name: string }[];
  const node_id = nodes.find(({ name }) => name === 'Velo Bikes')?.id;
  const grants = [{ node_id, roles: ['agent', 'planner'] }];
  expect(
    await callApi(page, 'POST', '/invitations', { emails: [email], grants, locale: 'en', message: 'Welcome aboard!' }),
  ).toBe(200);
  const { id } = await userByEmail(page, email);
  const headers = { 'Sec-Fetch-Site': 'same-origin' };
  const response = await page.request.post(`/api/v1/users/${id}/invitation/link`, { headers });
  const { pathname, hash } = new URL(((await response.json()) as { url: string }).url);
  await page.goto(`${backend.url}${pathname}${hash}`);
  return page.getByRole('button', { name: t.exact('Join') });
}

const view = (number: number, fields: object) => ({
  id: `00000000-0000-4000-8000-00000000000${number}`,
  actor: { id: '00000000-0000-4000-8000-0000000000aa', name: 'Charlotte van den Berg' },
  reason: 'Missing chats in Harbor Bank: which environments does she see?',
  started_at: '2026-03-02T09:30:00Z',
  seconds: 754,
  end: 'exited',
  ...fields,
});

/** Views as the current user: an active one, an ended one, and one whose actor was erased. */
const OWN_VIEWS = {
  items: [
    view(1, { seconds: null, end: null }),
    view(2, {}),
    view(3, { actor: null, reason: null, end: 'expired', seconds: 1800 }),
  ],
  next: 'older',
};

const SIGNED_OUT: Partial<UiState> = { as: null };

/** States of the studio around the users, of signing in and of joining. */
export const STUDIO: UiState[] = [
  state(
    'studio, account menu',
    menu(() => `Account of ${MAUD}`),
  ),
  state(
    'studio, logo menu',
    menu(() => 'Studio menu'),
    { devices: ['desktop'] },
  ),
  state(
    'studio, phone menu',
    menu(() => 'Menu'),
    { devices: ['phone'] },
  ),
  state(
    'studio, environment switch',
    menu(() => 'Environment'),
  ),
  state('palette, empty', (context) => palette(context), { as: CHARLOTTE }),
  state('palette, results', async (context) => {
    await palette(context, 'ingrid');
    const option = context.page.getByRole('option', { name: 'Ingrid Solberg' }).first();
    await expect(option).toBeVisible();
    return option;
  }),
  state('palette, no results', async (context) => {
    await palette(context, 'zzzz');
    return context.page.getByText(context.t('No results for')).first();
  }),
  state(
    'studio, keyboard shortcuts',
    async (context) => {
      const { page, t } = context;
      await openUsers(context);
      await page.keyboard.press('?');
      return page.getByRole('dialog', { name: t('Keyboard shortcuts') });
    },
    { devices: ['desktop'] },
  ),
  state('studio, roles', heading('/roles', 'What each role can do')),
  state('account, page', async ({ page, t }) => {
    await page.goto('/account');
    return page
      .getByRole('list', { name: t('Sessions') })
      .getByRole('listitem')
      .first();
  }),
  state('account, viewed as you', async ({ page, t }) => {
    await page.route('**/api/v1/session/views*', (route) => route.fulfill({ json: OWN_VIEWS }));
    await page.goto('/account');
    return page
      .getByRole('list', { name: t('Viewed as you') })
      .getByRole('listitem')
      .last();
  }),
  state('account, viewed as you, failed to load', async ({ page, t }) => {
    await page.route('**/api/v1/session/views*', (route) => route.fulfill(UNAVAILABLE));
    await page.goto('/account');
    return page.getByRole('alert').filter({ hasText: t('The list could not be loaded') });
  }),
  state('account, invalid name', async ({ page, t }) => {
    await page.goto('/account');
    await page.getByRole('textbox', { name: t('Name') }).fill('');
    await page.getByRole('button', { name: t.exact('Save') }).click();
    return page.getByText(t('Enter a name of 1 to 100 characters.'));
  }),
  state(
    'studio, section',
    async ({ page }) => {
      await page.goto('/inbox');
      // The domain crate names the sections, so the pseudo-locale does not change them.
      return page.getByRole('heading', { name: 'Inbox', level: 1 });
    },
    { as: FEMKE },
  ),
  state('studio, no users to manage', heading('/users', 'You don’t manage any users'), { as: FEMKE }),
  state('studio, page not found', heading('/nothing/here', 'Page not found')),
  state(
    'sign in, page',
    async ({ page, t }) => {
      await page.goto('/sign-in');
      return page
        .getByRole('region', { name: t('Try the demo as') })
        .getByRole('button')
        .first();
    },
    SIGNED_OUT,
  ),
  state(
    'sign in, link sent',
    async ({ page, t }) => {
      await page.goto('/sign-in');
      await page.getByRole('textbox', { name: t('E-mail address') }).fill('nobody@example.org');
      await page.getByRole('button', { name: t('Send sign-in link') }).click();
      return page.getByRole('status').filter({ hasText: t('Check your e-mail.') });
    },
    SIGNED_OUT,
  ),
  state(
    'sign in, invalid address',
    async ({ page, t }) => {
      await page.goto('/sign-in');
      await page.getByRole('textbox', { name: t('E-mail address') }).fill('nobody');
      await page.getByRole('button', { name: t('Send sign-in link') }).click();
      return page.getByText(t('Enter an e-mail address like')).first();
    },
    SIGNED_OUT,
  ),
  state(
    'sign in, expired link',
    async ({ page, t }) => {
      await page.goto('/sign-in#dead');
      return page.getByRole('alert').filter({ hasText: t('has expired or was already used') });
    },
    SIGNED_OUT,
  ),
  state('join, page', async (context) => {
    const join = await openInvitation(context);
    await context.page.context().clearCookies();
    await context.page.reload();
    await expect(join).toBeVisible();
    return join;
  }),
  state('join, missing name', async (context) => {
    const join = await openInvitation(context);
    await context.page.context().clearCookies();
    await context.page.reload();
    await join.click();
    return context.page.getByText(context.t('Enter your name.'));
  }),
  state('join, signed in as another user', openInvitation),
  state('join, invalid link', heading('/join#no-such-token', 'This link no longer works'), SIGNED_OUT),
];
