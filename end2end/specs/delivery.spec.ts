import { CHARLOTTE, expect, MAUD, openAs, openPalette, test, userNames } from '../support/test.ts';

test('finds an invitation that did not arrive, and offers to copy its link', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await page.getByRole('search').getByRole('button', { name: 'Status' }).click();
  await page.getByRole('checkbox', { name: 'Invitation not delivered' }).check();
  await expect(page).toHaveURL(/undelivered=true/);
  await page.keyboard.press('Escape');
  await expect(userNames(page)).toHaveCount(1);
  await userNames(page).first().click();

  const panel = page.getByRole('region', { name: 'amelia@velobikes.example' });
  await expect(panel.getByText('The invitation e-mail didn’t arrive.')).toBeVisible();
  await expect(panel.getByText('E-mail refused by the mail server')).toBeVisible();
  await expect(panel.locator('[data-delivery] q')).toContainText('550 5.1.1 <amelia@velobikes.example>');
  await expect(panel.getByRole('button', { name: 'Copy link', exact: true })).toBeEnabled();

  // Sending it again ends the refusal: the demo writes its mails to a folder. The list follows by itself.
  await panel.getByRole('button', { name: 'Resend' }).click();
  await expect(panel.locator('[data-delivery]')).toHaveCount(0);
  await expect(panel.getByText('Sent by you', { exact: true })).toBeVisible();
  await expect(userNames(page)).toHaveCount(0);
});

test('lists undelivered e-mail for an administrator, with the keyboard', async ({ page }) => {
  await openAs(page, CHARLOTTE, '/users');
  const button = page.getByRole('button', { name: 'Undelivered e-mail' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Undelivered e-mail' });
  const rows = dialog.getByRole('listitem');
  await expect(rows.filter({ hasText: 'jiho@seoulmobility.example' })).toContainText('451 4.7.1 Try again later');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();

  await openPalette(page);
  await page.keyboard.type('undelivered');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'jiho@seoulmobility.example' }).click();
  await expect(page.getByRole('region', { name: 'jiho@seoulmobility.example' })).toBeVisible();
});

test('shows undelivered e-mail to no other manager', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await expect(page.getByRole('button', { name: 'Recent bulk actions' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Undelivered e-mail' })).toHaveCount(0);
});
