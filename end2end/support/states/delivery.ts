import { expect, type Locator } from '@playwright/test';
import { CHARLOTTE } from '../test.ts';
import { type StateContext, state, type UiState } from '../ui-state.ts';
import { userByEmail } from '../users.ts';
import { openUsers, UNAVAILABLE } from './users.ts';

/** Opens the panel of an invited user, the delivery of whose invitation is changed to this one. */
async function openInvited(context: StateContext, email: string, delivery: object): Promise<Locator> {
  const { page } = context;
  const { id } = await userByEmail(page, email);
  await page.route(`**/api/v1/users/${id}`, async (route) => {
    const response = await route.fetch();
    const user = await response.json();
    const pending = { ...user.pending, sent_at: null, delivery: { at: user.pending.created_at, ...delivery } };
    await route.fulfill({ response, json: { ...user, pending } });
  });
  await page.goto(`/users/${id}`);
  const shown = page.locator('[data-delivery]');
  await expect(shown).toBeVisible();
  return shown;
}

/** Opens the list of undelivered e-mails. */
async function openUndelivered(context: StateContext): Promise<Locator> {
  const { page, t } = context;
  await openUsers(context);
  await page.getByRole('button', { name: t('Undelivered e-mail') }).click();
  return page.getByRole('dialog', { name: t('Undelivered e-mail') });
}

/** A phone has no footer with this button. */
const ADMINISTRATOR: Partial<UiState> = { as: CHARLOTTE, devices: ['desktop'] };

/** States of the delivery of e-mails. */
export const DELIVERY: UiState[] = [
  state('delivery, refused invitation', (context) =>
    openInvited(context, 'nora@clinic.example', { state: 'refused', reply: '550 5.1.1 No such user' }),
  ),
  state('delivery, queued invitation', (context) =>
    openInvited(context, 'nora@clinic.example', { state: 'queued', reply: null }),
  ),
  state('delivery, invitation that is tried again', (context) =>
    openInvited(context, 'nora@clinic.example', { state: 'queued', reply: '452 4.2.2 Mailbox full' }),
  ),
  state('delivery, invitation given up', (context) =>
    openInvited(context, 'nora@clinic.example', { state: 'given_up', reply: null }),
  ),
  state('delivery, invitation cancelled', (context) =>
    openInvited(context, 'nora@clinic.example', { state: 'cancelled', reply: null }),
  ),
  state('delivery, filter', async (context) => {
    await openUsers(context, '?undelivered=true');
    return context.page.getByText(context.t('Invitation not delivered')).first();
  }),
  state(
    'delivery, undelivered e-mail',
    async (context) => {
      const dialog = await openUndelivered(context);
      await expect(dialog.getByRole('listitem')).not.toHaveCount(0);
      return dialog;
    },
    ADMINISTRATOR,
  ),
  state(
    'delivery, no undelivered e-mail',
    async (context) => {
      const { page, t } = context;
      await page.route('**/api/v1/undelivered-mail', (route) => route.fulfill({ json: { items: [], more: false } }));
      const dialog = await openUndelivered(context);
      await expect(dialog.getByText(t('No undelivered e-mail'))).toBeVisible();
      return dialog;
    },
    ADMINISTRATOR,
  ),
  state(
    'delivery, undelivered e-mail failed to load',
    async (context) => {
      await context.page.route('**/api/v1/undelivered-mail', (route) => route.fulfill(UNAVAILABLE));
      const dialog = await openUndelivered(context);
      return dialog.getByRole('alert');
    },
    ADMINISTRATOR,
  ),
];
