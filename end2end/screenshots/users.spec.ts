import { expect, MAUD, openAs } from '../support/test.ts';
import { openPanel, takeScreenshot, test } from './screenshot.ts';

for (const [colorScheme, name] of [
  ['light', 'users'],
  ['dark', 'users-dark'],
] as const) {
  test.describe(() => {
    test.use({ colorScheme });

    test(`${name} shows the users of an agency and the access of one user`, async ({ page }) => {
      await openAs(page, MAUD, '/users');
      await openPanel(page, 'Zoë van Leeuwen', 'Access');
      await expect(page.getByRole('region', { name: 'Chat notifications' })).toBeVisible();
      await takeScreenshot(page, name);
    });
  });
}
