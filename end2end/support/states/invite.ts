import { expect, type Locator } from '@playwright/test';
import { type StateContext, state, type UiState, uniqueSuffix } from '../ui-state.ts';
import { openUsers } from './users.ts';

const dialog = ({ page, t }: StateContext): Locator => page.getByRole('dialog', { name: t.exact('Invite users') });

async function open(context: StateContext): Promise<Locator> {
  const { page, t } = context;
  await openUsers(context);
  await page.getByRole('button', { name: t('Invite users') }).click();
  const field = dialog(context).getByRole('textbox', { name: t('E-mail addresses') });
  await expect(field).toBeFocused();
  return field;
}

/** Enters addresses, an environment without a direct manager, and a role. */
async function fill(context: StateContext, addresses: string, node = 'Polder Energy'): Promise<Locator> {
  const { page, t } = context;
  const field = await open(context);
  await field.fill(addresses);
  await openNodePicker(context);
  await page.getByRole('checkbox', { name: node, exact: true }).check();
  await page.keyboard.press('Escape');
  await dialog(context).getByRole('checkbox', { name: 'Operator' }).check();
  await expect(dialog(context).getByText(t('not in your list yet'))).toBeVisible();
  return dialog(context).getByRole('checkbox', { name: 'Operator' });
}

async function openNodePicker(context: StateContext): Promise<Locator> {
  const { page, t } = context;
  await dialog(context)
    .getByRole('button', { name: t.startsWith('Environments') })
    .click();
  const search = page.getByRole('searchbox', { name: t('Find an environment') });
  await expect(search).toBeVisible();
  return search;
}

const sendButton = (context: StateContext): Locator =>
  dialog(context).getByRole('button', { name: context.t.startsWith('Send ') });

/** States of the invite dialog. */
export const INVITE: UiState[] = [
  state('invite, empty', open),
  state('invite, missing fields', async (context) => {
    await open(context);
    await sendButton(context).click();
    return dialog(context).getByText(context.t('Enter at least one address.'));
  }),
  state('invite, filled in', (context) =>
    fill(context, 'anouk@polder.example, Rik <rik@polder.example>, freja@polder.example'),
  ),
  state('invite, invalid address', (context) =>
    fill(context, 'anouk@polder.example, lotte@velobikes, oliver@northwind.example', 'Velo Bikes'),
  ),
  state('invite, addresses that no mail server takes', (context) =>
    fill(
      context,
      `anouk@polder.example, a..b@polder.example, ${'a'.repeat(65)}@polder.example, wim.@polder.example, (rik)@polder.example, rik@polder`,
    ),
  ),
  state('invite, environment picker', async (context) => {
    await open(context);
    return openNodePicker(context);
  }),
  state('invite, no manager question', async (context) => {
    await fill(context, 'anouk@polder.example');
    await sendButton(context).click();
    return context.page.getByRole('dialog', { name: context.t('Send without an Organisation Manager?') });
  }),
  state('invite, discard question', async (context) => {
    const field = await open(context);
    await field.fill('anouk@polder.example');
    await context.page.keyboard.press('Escape');
    return context.page.getByRole('dialog', { name: context.t('Discard this invitation?') });
  }),
  state('invite, sending', async (context) => {
    await fill(context, 'anouk@velo.example', 'Velo Bikes');
    await context.page.route('**/api/v1/invitations', () => {});
    await sendButton(context).click();
    return dialog(context).getByRole('button', { name: context.t.exact('Stop') });
  }),
  state('invite, sending failed', async (context) => {
    await fill(context, 'anouk@velo.example', 'Velo Bikes');
    await context.page.route('**/api/v1/invitations', (route) => route.abort('connectionaborted'));
    await sendButton(context).click();
    return dialog(context).getByText(context.t('You can safely try again.')).first();
  }),
  state('invite, sent', async (context) => {
    await fill(context, `anouk${uniqueSuffix()}@velo.example`, 'Velo Bikes');
    await sendButton(context).click();
    const notice = context.page.getByText(context.t('invitation sent')).locator('visible=true').first();
    // The notice stays while it has the focus. Hovering would not keep it, because a new window size moves it away.
    const notices = context.page.getByRole('region', { name: context.t('Notices') });
    await notices
      .getByRole('button', { name: context.t('Close') })
      .last()
      .focus();
    return notice;
  }),
];
