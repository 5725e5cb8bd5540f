import { expect, MAUD, openAs } from '../support/test.ts';
import { openPanel, take, test } from './picture.ts';

for (const [colorScheme, name] of [
  ['light', 'users'],
  ['dark', 'users-dark'],
] as const) {
  test.describe(() => {
    test.use({ colorScheme });

    test(`${name}: the users of an agency, and where the roles of one of them come from`, async ({ page }) => {
      await openAs(page, MAUD, '/users');
      await openPanel(page, 'Zoë van Leeuwen', 'Access');
      await expect(page.getByRole('region', { name: 'Chat notifications' })).toBeVisible();
      await take(page, name);
    });
  });
}
