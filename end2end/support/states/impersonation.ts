import { expect, type Locator } from '@playwright/test';
import { FEMKE, INGRID } from '../test.ts';
import { type StateContext, state, type UiState } from '../ui-state.ts';
import { openUsers } from './users.ts';

/** The reason of the view, as the audit log shows it. */
export const REASON = 'ticket 4812, “no sound for new chats”';

/** Opens the dialog that starts a view. */
async function openViewDialog(context: StateContext, name: string): Promise<Locator> {
  const { page, t, device } = context;
  await openUsers(context, `?search=${encodeURIComponent(name)}`);
  if (device === 'phone') {
    await page.getByRole('button', { name: t.startsWith(`Actions for ${name}`) }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('View as this user') })
      .click();
  } else {
    await page.getByRole('button', { name: t.exact(`View as ${name}`) }).click();
  }
  const dialog = page.getByRole('dialog', { name: t.exact(`View as ${name}`) });
  await expect(dialog.getByRole('listitem').first()).toBeVisible();
  return dialog;
}

/** Starts a view as a user. */
async function startView(context: StateContext, name: string): Promise<Locator> {
  const { page, t } = context;
  const dialog = await openViewDialog(context, name);
  await dialog.getByRole('textbox', { name: t('Reason') }).fill(REASON);
  await dialog.getByRole('button', { name: t('Start view') }).click();
  return page.getByRole('complementary', { name: t.startsWith('Viewing as') });
}

/** States of impersonation. */
export const IMPERSONATION: UiState[] = [
  state('view as, dialog', (context) => openViewDialog(context, FEMKE)),
  state('view as, missing reason', async (context) => {
    const dialog = await openViewDialog(context, FEMKE);
    await dialog.getByRole('button', { name: context.t('Start view') }).click();
    return dialog.getByText(context.t('Enter a reason.'));
  }),
  state('view as, banner', (context) => startView(context, FEMKE)),
  state('view as, a manager’s users', async (context) => {
    const { page, t } = context;
    const banner = await startView(context, INGRID);
    await expect(banner).toBeVisible();
    await page
      .getByRole('table', { name: t('Users') })
      .getByRole('rowheader')
      .first()
      .waitFor();
    return banner;
  }),
];
