import { expect, type Locator } from '@playwright/test';
import { type Stage, type State, state } from '../stage.ts';
import { FEMKE, INGRID } from '../test.ts';
import { openUsers } from './users.ts';

/** Why, as the audit log has it. */
export const REASON = 'ticket 4812, “no sound for new chats”';

/** Asks to view as somebody. */
async function askToView(stage: Stage, name: string): Promise<Locator> {
  const { page, say, device } = stage;
  await openUsers(stage, `?search=${encodeURIComponent(name)}`);
  if (device === 'phone') {
    await page.getByRole('button', { name: say.start(`Actions for ${name}`) }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('View as this user') })
      .click();
  } else {
    await page.getByRole('button', { name: say.whole(`View as ${name}`) }).click();
  }
  const dialog = page.getByRole('dialog', { name: say.whole(`View as ${name}`) });
  await expect(dialog.getByRole('listitem').first()).toBeVisible();
  return dialog;
}

/** Begins to. */
async function view(stage: Stage, name: string): Promise<Locator> {
  const { page, say } = stage;
  const dialog = await askToView(stage, name);
  await dialog.getByRole('textbox', { name: say('Reason') }).fill(REASON);
  await dialog.getByRole('button', { name: say('Start view') }).click();
  return page.getByRole('complementary', { name: say.start('Viewing as') });
}

/** Viewing the studio as somebody. */
export const VIEW: State[] = [
  state('asking to view as somebody', (stage) => askToView(stage, FEMKE)),
  state('asking to view without a reason', async (stage) => {
    const dialog = await askToView(stage, FEMKE);
    await dialog.getByRole('button', { name: stage.say('Start view') }).click();
    return dialog.getByText(stage.say('Say why'));
  }),
  state('viewing as somebody', (stage) => view(stage, FEMKE)),
  state('viewing as a manager', async (stage) => {
    const { page, say } = stage;
    const banner = await view(stage, INGRID);
    await expect(banner).toBeVisible();
    await page
      .getByRole('table', { name: say('Users') })
      .getByRole('rowheader')
      .first()
      .waitFor();
    return banner;
  }),
];
