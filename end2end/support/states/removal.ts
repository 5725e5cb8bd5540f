import { expect, type Locator } from '@playwright/test';
import { type StateContext, state, type UiState } from '../ui-state.ts';
import { pickColleague } from '../users.ts';
import { nextColleague } from './panel.ts';
import { openUsers } from './users.ts';

const dialog = ({ page }: StateContext): Locator => page.getByRole('dialog').or(page.getByRole('alertdialog'));

/** Opens the confirmation to remove a user. */
async function openRemoveQuestion(context: StateContext): Promise<Locator> {
  const { page, t, device } = context;
  const user = await pickColleague(page, nextColleague());
  await openUsers(context, `?search=${user.email}`);
  if (device === 'phone') {
    await page.getByRole('button', { name: t.startsWith(`Actions for ${user.name}`) }).click();
    await dialog(context)
      .getByRole('button', { name: t('Remove user') })
      .click();
  } else {
    await page.getByRole('button', { name: t.startsWith(`Remove ${user.name}`) }).click();
  }
  const lost = dialog(context).getByRole('list', { name: t('Access to be removed') });
  await expect(lost).toBeVisible();
  return lost;
}

/** Removes a user and focuses the button "Undo", because its notice stays while it has the focus. */
async function remove(context: StateContext): Promise<Locator> {
  const { page, t } = context;
  await openRemoveQuestion(context);
  await dialog(context)
    .getByRole('button', { name: t('Remove user') })
    .click();
  const undo = page.getByRole('region', { name: t('Notices') }).getByRole('button', { name: t('Undo') });
  await undo.focus();
  return undo;
}

/** Copies the invitation link of the first invited user. */
async function copyLink(context: StateContext): Promise<Locator> {
  const { page, t, device } = context;
  await openUsers(context, '?status=invited');
  if (device === 'phone') {
    await page
      .getByRole('button', { name: t.startsWith('Actions for') })
      .first()
      .click();
    await dialog(context)
      .getByRole('button', { name: t('Copy invitation link') })
      .click();
  } else {
    await page
      .getByRole('button', { name: t.startsWith('Copy invitation link for') })
      .first()
      .click();
  }
  return page.getByRole('dialog', { name: t.startsWith('Invitation link for') });
}

/** States of removal and of invitation links. */
export const REMOVAL: UiState[] = [
  state('removal, question', openRemoveQuestion),
  state('removal, undo', remove),
  state(
    'removal, removed users',
    async (context) => {
      const { page, t } = context;
      await remove(context);
      await page.goto('/users');
      await page.getByRole('button', { name: t('Removed users') }).click();
      const row = dialog(context).getByRole('listitem').first();
      await expect(row).toBeVisible();
      return row;
    },
    { devices: ['desktop'] },
  ),
  state(
    'removal, no removed users',
    async (context) => {
      const { page, t } = context;
      await page.route('**/api/v1/users/removed*', (route) => route.fulfill({ json: { items: [] } }));
      await openUsers(context);
      await page.getByRole('button', { name: t('Removed users') }).click();
      return dialog(context);
    },
    { devices: ['desktop'] },
  ),
  state(
    'invitation link, copied',
    async (context) => {
      const { page } = context;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      // The page shows the confirmation for two seconds. Here it stays.
      await page.addInitScript(() => {
        const originalSetTimeout = window.setTimeout;
        window.setTimeout = ((callback: () => void, delay?: number) =>
          originalSetTimeout(callback, delay === 2000 ? 2_000_000 : delay)) as typeof setTimeout;
      });
      await copyLink(context);
      const copied = page.locator('[data-action=copy-link][data-copied]').first();
      await expect(copied).toBeVisible();
      return copied;
    },
    { devices: ['desktop'] },
  ),
  state('invitation link, copying blocked', async (context) => {
    await context.page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: { write: () => Promise.reject(new Error('refused')) } });
    });
    const link = (await copyLink(context)).getByRole('textbox', { name: context.t('Link') });
    await expect(link).toHaveValue(/join#/);
    return link;
  }),
];
