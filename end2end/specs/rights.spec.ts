import { CHARLOTTE, expect, expectAccessible, FEMKE, MAUD, openAs, type Page, test } from '../support/test.ts';
import { callApi, userByEmail } from '../support/users.ts';

/** Invites an address as an agent of Harbor Bank. */
async function invite(page: Page, email: string): Promise<void> {
  const nodes = (await (await page.request.get('/api/v1/nodes')).json()) as { id: string; name: string }[];
  const node = nodes.find(({ name }) => name === 'Harbor Bank');
  const grants = [{ node_id: node?.id, roles: ['agent'] }];
  expect(await callApi(page, 'POST', '/invitations', { emails: [email], grants })).toBe(200);
}

test('a manager corrects the address of an invited user', async ({ page }) => {
  await openAs(page, MAUD);
  await invite(page, 'wrnog@rights.example');
  const { id } = await userByEmail(page, 'wrnog@rights.example');
  await page.goto(`/users/${id}`);
  await page.getByRole('button', { name: 'Correct address' }).click();
  const dialog = page.getByRole('dialog', { name: 'Correct the address' });
  await expectAccessible(page);
  const field = dialog.getByRole('textbox', { name: 'Right e-mail address' });
  await expect(field).toHaveValue('wrnog@rights.example');
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await expect(dialog.getByText('Enter another e-mail address')).toBeVisible();
  await field.fill('wrong@rights.example');
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByRole('region', { name: 'wrong@rights.example' })).toBeVisible();
  const right = await userByEmail(page, 'wrong@rights.example');
  await expect(page).toHaveURL(new RegExp(right.id));
  expect(await (await page.request.get('/api/v1/users?search=wrnog@rights.example')).json()).toMatchObject({
    items: [],
  });
});

test('a user whose address is not confirmed is marked, and only the inviter gives roles', async ({ page, browser }) => {
  await openAs(page, MAUD);
  await invite(page, 'copied@rights.example');
  const { id } = await userByEmail(page, 'copied@rights.example');
  const headers = { 'Sec-Fetch-Site': 'same-origin' };
  const link = await page.request.post(`/api/v1/users/${id}/invitation/link`, { headers });
  const token = ((await link.json()) as { url: string }).url.split('#')[1];
  const origin = new URL(page.url()).origin;
  const other = await browser.newContext({ baseURL: origin });
  const data = { token, name: 'Coby Copied' };
  expect((await other.request.post('/api/v1/invitations/accept', { data, headers })).status()).toBe(201);
  await other.close();

  await page.goto(`/users/${id}`);
  await expect(page.getByText('E-mail address not confirmed')).toBeVisible();
  await page.goto(`/users/${id}?tab=access`);
  await page.getByRole('button', { name: 'Change roles in Harbor Bank', exact: true }).click();
  await expect(page.getByRole('checkbox', { name: 'Planner', exact: true })).not.toHaveAttribute(
    'aria-disabled',
    'true',
  );

  await page.context().clearCookies();
  await openAs(page, CHARLOTTE);
  await page.goto(`/users/${id}`);
  await expect(page.getByText('Only the manager who copied the link can give roles')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'E-mail a sign-in link' }).click();
  await expect(page.getByText('Sign-in link sent to')).toBeVisible();
  await page.goto(`/users/${id}?tab=access`);
  await page.getByRole('button', { name: 'Change roles in Harbor Bank', exact: true }).click();
  await expect(page.getByRole('checkbox', { name: 'Planner', exact: true })).toHaveAttribute('aria-disabled', 'true');
});

test('people see in their account who viewed the studio as them, and why', async ({ page }) => {
  await openAs(page, MAUD);
  const femke = await userByEmail(page, 'femke@harborbank.example');
  await page.goto(`/users/${femke.id}`);
  await page.locator('.user-panel__actions').getByRole('button', { name: 'View as' }).click();
  const dialog = page.getByRole('dialog', { name: `View as ${FEMKE}` });
  await expect(dialog.getByText('can read your reason in their account')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const view = { user_id: femke.id, reason: 'Ticket 22, “no chats”' };
  expect(await callApi(page, 'POST', '/views', view)).toBe(201);

  await page.context().clearCookies();
  await openAs(page, FEMKE, '/account');
  const views = page.getByRole('region', { name: 'Viewed as you' });
  await expect(views.getByRole('listitem').first()).toContainText(MAUD);
  await expect(views.getByRole('listitem').first()).toContainText('Reason: Ticket 22, “no chats”');
  await expectAccessible(page);
  await page.getByRole('radio', { name: 'Nederlands' }).click();
  await expect(page.getByRole('region', { name: 'Bekeken als jij' })).toContainText('Reden: Ticket 22');
});
