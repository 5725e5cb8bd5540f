import { expect, type Locator } from '@playwright/test';
import { fresh, type Stage, type State, state } from '../stage.ts';
import { openUsers } from './users.ts';

const dialog = ({ page, say }: Stage): Locator => page.getByRole('dialog', { name: say.whole('Invite users') });

async function open(stage: Stage): Promise<Locator> {
  const { page, say } = stage;
  await openUsers(stage);
  await page.getByRole('button', { name: say('Invite users') }).click();
  const field = dialog(stage).getByRole('textbox', { name: say('E-mail addresses') });
  await expect(field).toBeFocused();
  return field;
}

/** Enters addresses, an environment that nobody of its own manages, and a role. */
async function fill(stage: Stage, addresses: string, node = 'Polder Energy'): Promise<Locator> {
  const { page, say } = stage;
  const field = await open(stage);
  await field.fill(addresses);
  await choosePlaces(stage);
  await page.getByRole('checkbox', { name: node, exact: true }).check();
  await page.keyboard.press('Escape');
  await dialog(stage).getByRole('checkbox', { name: 'Operator' }).check();
  await expect(dialog(stage).getByText(say('not in your list yet'))).toBeVisible();
  return dialog(stage).getByRole('checkbox', { name: 'Operator' });
}

async function choosePlaces(stage: Stage): Promise<Locator> {
  const { page, say } = stage;
  await dialog(stage)
    .getByRole('button', { name: say.start('Environments') })
    .click();
  const search = page.getByRole('searchbox', { name: say('Find an environment') });
  await expect(search).toBeVisible();
  return search;
}

const send = (stage: Stage): Locator => dialog(stage).getByRole('button', { name: stage.say.start('Send ') });

/** Inviting people. */
export const INVITE: State[] = [
  state('inviting, with nothing entered', open),
  state('inviting, with what is missing', async (stage) => {
    await open(stage);
    await send(stage).click();
    return dialog(stage).getByText(stage.say('Enter at least one address.'));
  }),
  state('inviting, filled in', (stage) =>
    fill(stage, 'anouk@polder.example, Rik <rik@polder.example>, freja@polder.example'),
  ),
  state('inviting, with an address that is none', (stage) =>
    fill(stage, 'anouk@polder.example, lotte@velobikes, oliver@northwind.example', 'Velo Bikes'),
  ),
  state('choosing environments', async (stage) => {
    await open(stage);
    return choosePlaces(stage);
  }),
  state('inviting nobody who manages', async (stage) => {
    await fill(stage, 'anouk@polder.example');
    await send(stage).click();
    return stage.page.getByRole('dialog', { name: stage.say('Send without an Organisation Manager?') });
  }),
  state('discarding an invitation', async (stage) => {
    const field = await open(stage);
    await field.fill('anouk@polder.example');
    await stage.page.keyboard.press('Escape');
    return stage.page.getByRole('dialog', { name: stage.say('Discard this invitation?') });
  }),
  state('sending under way', async (stage) => {
    await fill(stage, 'anouk@velo.example', 'Velo Bikes');
    await stage.page.route('**/api/v1/invitations', () => {});
    await send(stage).click();
    return dialog(stage).getByRole('button', { name: stage.say.whole('Stop') });
  }),
  state('sending that failed', async (stage) => {
    await fill(stage, 'anouk@velo.example', 'Velo Bikes');
    await stage.page.route('**/api/v1/invitations', (route) => route.abort('connectionaborted'));
    await send(stage).click();
    return dialog(stage).getByText(stage.say('Trying again sends nothing twice')).first();
  }),
  state('invitations sent', async (stage) => {
    await fill(stage, `anouk${fresh()}@velo.example`, 'Velo Bikes');
    await send(stage).click();
    const notice = stage.page.getByText(stage.say('is on its way')).locator('visible=true').first();
    // It stays while it has the focus; from under the pointer it moves in the next view.
    const notices = stage.page.getByRole('region', { name: stage.say('Notices') });
    await notices
      .getByRole('button', { name: stage.say('Close') })
      .last()
      .focus();
    return notice;
  }),
];
