import { expect, type Locator } from '@playwright/test';
import { fresh, type Stage, type State, state } from '../stage.ts';
import { CHARLOTTE, FEMKE, MAUD } from '../test.ts';
import { ask, userBy } from '../users.ts';
import { openUsers } from './users.ts';

/** Opens a menu by its button. */
function menu(button: (stage: Stage) => string): State['reach'] {
  return async (stage) => {
    const { page, say } = stage;
    await openUsers(stage);
    await page
      .getByRole('button', { name: say(button(stage)) })
      .first()
      .click();
    const shown = page.getByRole('menu');
    await expect(shown).toBeVisible();
    return shown;
  };
}

/** Opens the palette. */
async function palette(stage: Stage, text = ''): Promise<Locator> {
  const { page, say } = stage;
  await openUsers(stage);
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: say('Find a user or an action') });
  await expect(field).toBeFocused();
  if (text) await field.fill(text);
  return field;
}

/** A heading that a path leads to. */
function heading(path: string, name: string): State['reach'] {
  return async ({ page, say }) => {
    await page.goto(path);
    return page.getByRole('heading', { name: say(name), level: 1 });
  };
}

/** Opens a link of an invitation that a manager has made. */
async function openInvitation(stage: Stage): Promise<Locator> {
  const { page, backend, say } = stage;
  const email = `joining${fresh()}@velo.example`;
  const nodes = (await (await page.request.get('/api/v1/nodes')).json()) as { id: string; name: string }[];
  const node_id = nodes.find(({ name }) => name === 'Velo Bikes')?.id;
  const grants = [{ node_id, roles: ['agent', 'planner'] }];
  expect(
    await ask(page, 'POST', '/invitations', { emails: [email], grants, locale: 'en', message: 'Welcome aboard!' }),
  ).toBe(200);
  const { id } = await userBy(page, email);
  const headers = { 'Sec-Fetch-Site': 'same-origin' };
  const answer = await page.request.post(`/api/v1/users/${id}/invitation/link`, { headers });
  const { pathname, hash } = new URL(((await answer.json()) as { url: string }).url);
  await page.goto(`${backend.url}${pathname}${hash}`);
  return page.getByRole('button', { name: say.whole('Join') });
}

const NOBODY: Partial<State> = { as: null };

/** The studio around the users, and the ways into it. */
export const STUDIO: State[] = [
  state(
    'the menu of the account',
    menu(() => `Account of ${MAUD}`),
  ),
  state(
    'the menu of the logo',
    menu(() => 'Studio menu'),
    { devices: ['desktop'] },
  ),
  state(
    'the menu of a phone',
    menu(() => 'Menu'),
    { devices: ['phone'] },
  ),
  state(
    'the environments to switch to',
    menu(() => 'Environment'),
  ),
  state('the palette', (stage) => palette(stage), { as: CHARLOTTE }),
  state('the palette with results', async (stage) => {
    await palette(stage, 'ingrid');
    const found = stage.page.getByRole('option', { name: 'Ingrid Solberg' }).first();
    await expect(found).toBeVisible();
    return found;
  }),
  state('the palette without a result', async (stage) => {
    await palette(stage, 'zzzz');
    return stage.page.getByText(stage.say('Nothing found for')).first();
  }),
  state(
    'the list of shortcuts',
    async (stage) => {
      const { page, say } = stage;
      await openUsers(stage);
      await page.keyboard.press('?');
      return page.getByRole('dialog', { name: say('Keyboard shortcuts') });
    },
    { devices: ['desktop'] },
  ),
  state('what each role can do', heading('/roles', 'What each role can do')),
  state('one’s own page', async ({ page, say }) => {
    await page.goto('/account');
    return page
      .getByRole('list', { name: say('Sessions') })
      .getByRole('listitem')
      .first();
  }),
  state('one’s own page with a name that is none', async ({ page, say }) => {
    await page.goto('/account');
    await page.getByRole('textbox', { name: say('Name') }).fill('');
    await page.getByRole('button', { name: say.whole('Save') }).click();
    return page.getByText(say('A name has 1 to 100 characters.'));
  }),
  state('a section', heading('/inbox', 'Your studio shows its Inbox here'), { as: FEMKE }),
  state('somebody who manages nobody', heading('/users', 'You manage nobody'), { as: FEMKE }),
  state('a page that is not there', heading('/nothing/here', 'Page not found')),
  state(
    'signing in',
    async ({ page, say }) => {
      await page.goto('/sign-in');
      return page
        .getByRole('region', { name: say('Be one of these people') })
        .getByRole('button')
        .first();
    },
    NOBODY,
  ),
  state(
    'signing in, with a link sent',
    async ({ page, say }) => {
      await page.goto('/sign-in');
      await page.getByRole('textbox', { name: say('E-mail address') }).fill('nobody@example.org');
      await page.getByRole('button', { name: say('Send me a sign-in link') }).click();
      return page.getByRole('status').filter({ hasText: say('a link is on its way') });
    },
    NOBODY,
  ),
  state(
    'signing in, with an address that is none',
    async ({ page, say }) => {
      await page.goto('/sign-in');
      await page.getByRole('textbox', { name: say('E-mail address') }).fill('nobody');
      await page.getByRole('button', { name: say('Send me a sign-in link') }).click();
      return page.getByText(say('Enter your e-mail address')).first();
    },
    NOBODY,
  ),
  state(
    'signing in, with a link that is dead',
    async ({ page, say }) => {
      await page.goto('/sign-in#dead');
      return page.getByRole('alert').filter({ hasText: say('no longer works') });
    },
    NOBODY,
  ),
  state('joining', async (stage) => {
    const join = await openInvitation(stage);
    await stage.page.context().clearCookies();
    await stage.page.reload();
    await expect(join).toBeVisible();
    return join;
  }),
  state('joining without a name', async (stage) => {
    const join = await openInvitation(stage);
    await stage.page.context().clearCookies();
    await stage.page.reload();
    await join.click();
    return stage.page.getByText(stage.say('Enter your name.'));
  }),
  state('joining as somebody else than is signed in', openInvitation),
  state('joining by a link that is dead', heading('/join#nothing-that-ever-was', 'This link no longer works'), NOBODY),
];
