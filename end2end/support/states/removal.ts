import { expect, type Locator } from '@playwright/test';
import { type Stage, type State, state } from '../stage.ts';
import { colleague } from '../users.ts';
import { nextColleague } from './panel.ts';
import { openUsers } from './users.ts';

const dialog = ({ page }: Stage): Locator => page.getByRole('dialog').or(page.getByRole('alertdialog'));

/** Asks to remove somebody. */
async function askToRemove(stage: Stage): Promise<Locator> {
  const { page, say, device } = stage;
  const user = await colleague(page, nextColleague());
  await openUsers(stage, `?search=${user.email}`);
  if (device === 'phone') {
    await page.getByRole('button', { name: say.start(`Actions for ${user.name}`) }).click();
    await dialog(stage)
      .getByRole('button', { name: say('Remove user') })
      .click();
  } else {
    await page.getByRole('button', { name: say.start(`Remove ${user.name}`) }).click();
  }
  const lost = dialog(stage).getByRole('list', { name: say('What is lost') });
  await expect(lost).toBeVisible();
  return lost;
}

/** Removes somebody; what offers to undo it stays while it has the focus. */
async function remove(stage: Stage): Promise<Locator> {
  const { page, say } = stage;
  await askToRemove(stage);
  await dialog(stage)
    .getByRole('button', { name: say('Remove user') })
    .click();
  const undo = page.getByRole('region', { name: say('Notices') }).getByRole('button', { name: say('Undo') });
  await undo.focus();
  return undo;
}

/** Does something with the first row whose invitation waits. */
async function copyLink(stage: Stage): Promise<Locator> {
  const { page, say, device } = stage;
  await openUsers(stage, '?status=invited');
  if (device === 'phone') {
    await page
      .getByRole('button', { name: say.start('Actions for') })
      .first()
      .click();
    await dialog(stage)
      .getByRole('button', { name: say('Copy invitation link') })
      .click();
  } else {
    await page
      .getByRole('button', { name: say.start('Copy invitation link for') })
      .first()
      .click();
  }
  return page.getByRole('dialog', { name: say.start('Invitation link for') });
}

/** Removing, and the links to invitations. */
export const REMOVAL: State[] = [
  state('removing somebody', askToRemove),
  state('undoing a removal', remove),
  state(
    'who was removed',
    async (stage) => {
      const { page, say } = stage;
      await remove(stage);
      await page.goto('/users');
      await page.getByRole('button', { name: say('Removed users') }).click();
      const row = dialog(stage).getByRole('listitem').first();
      await expect(row).toBeVisible();
      return row;
    },
    { devices: ['desktop'] },
  ),
  state(
    'nobody was removed',
    async (stage) => {
      const { page, say } = stage;
      await page.route('**/api/v1/users/removed*', (route) => route.fulfill({ json: { items: [] } }));
      await openUsers(stage);
      await page.getByRole('button', { name: say('Removed users') }).click();
      return dialog(stage);
    },
    { devices: ['desktop'] },
  ),
  state(
    'a link that was copied',
    async (stage) => {
      const { page } = stage;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      // It is said for two seconds; here for longer.
      await page.addInitScript(() => {
        const later = window.setTimeout;
        window.setTimeout = ((act: () => void, delay?: number) =>
          later(act, delay === 2000 ? 2_000_000 : delay)) as typeof setTimeout;
      });
      await copyLink(stage);
      const copied = page.locator('[data-deed=copy-link][data-copied]').first();
      await expect(copied).toBeVisible();
      return copied;
    },
    { devices: ['desktop'] },
  ),
  state('a link to copy by hand', async (stage) => {
    await stage.page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: { write: () => Promise.reject(new Error('refused')) } });
    });
    const link = (await copyLink(stage)).getByRole('textbox', { name: stage.say('Link') });
    await expect(link).toHaveValue(/join#/);
    return link;
  }),
];
