import {
  accountButton,
  CHARLOTTE,
  collectPageErrors,
  expect,
  expectAccessible,
  INGRID,
  type Locator,
  MAUD,
  openAs,
  type Page,
  test,
  userNames,
  usersTable,
} from '../support/test.ts';

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Invite users' });
const addresses = (page: Page): Locator => dialogOf(page).getByRole('textbox', { name: 'E-mail addresses' });
const chips = (page: Page): Locator => dialogOf(page).getByRole('list', { name: 'To invite' }).getByRole('listitem');

/** Signs in and opens the invite dialog. */
async function openDialog(page: Page, name = MAUD): Promise<Locator> {
  await openAs(page, name, '/users');
  await page.getByRole('button', { name: 'Invite users' }).click();
  await expect(addresses(page)).toBeFocused();
  return dialogOf(page);
}

/** Chooses an environment in the picker. */
async function chooseNode(page: Page, node: string): Promise<void> {
  await dialogOf(page)
    .getByRole('button', { name: /^Environments/ })
    .click();
  await page.getByRole('searchbox', { name: 'Find an environment' }).fill(node);
  await page.getByRole('checkbox', { name: node, exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('searchbox', { name: 'Find an environment' })).toHaveCount(0);
}

/** Dispatches a paste event at the address field. */
async function paste(page: Page, text: string): Promise<void> {
  await addresses(page).evaluate((field, text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

test('opens from the logo menu and by URL, and restores the focus on close', async ({ page }) => {
  await openAs(page, MAUD, '/environments');
  await page.getByRole('button', { name: 'Studio menu' }).click();
  await page.getByRole('menuitem', { name: 'Members' }).click();
  await expect(page).toHaveURL('/users');
  await page.goto('/environments');
  await page.getByRole('button', { name: 'Studio menu' }).click();
  await page.getByRole('menuitem', { name: 'Invite user' }).click();
  await expect(addresses(page)).toBeFocused();
  await expect(page).toHaveURL('/users');
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toHaveCount(0);

  await page.getByRole('button', { name: 'Invite users' }).click();
  await expect(addresses(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Invite users' })).toBeFocused();
});

test('parses pasted lists and files into addresses', async ({ page }) => {
  await openDialog(page);
  await paste(page, 'Anouk Meijer <anouk@velo.example>; rik@velo.example\nlotte@velobikes, RIK@velo.example');
  await expect(chips(page)).toHaveCount(3);
  await expect(
    dialogOf(page).getByText('is missing an ending such as .com and won’t be invited').first(),
  ).toBeVisible();
  await expect(dialogOf(page).getByRole('button', { name: 'Send 2 invitations' })).toBeVisible();

  // A file is chosen, and another one dropped.
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialogOf(page).getByRole('button', { name: 'choose a file (CSV with e-mail addresses)' }).click(),
  ]);
  await chooser.setFiles({
    name: 'team.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Name;Mail\nFreja;freja@velo.example\n'),
  });
  await expect(chips(page)).toHaveCount(4);
  await addresses(page).evaluate((field) => {
    const data = new DataTransfer();
    data.items.add(new File(['name,mail\n"Holm, Jo",jo@velo.example\n'], 'more.csv', { type: 'text/csv' }));
    field.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await expect(chips(page)).toHaveCount(5);

  // The keyboard removes addresses.
  await addresses(page).focus();
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('button', { name: 'Remove jo@velo.example' })).toBeFocused();
  await page.keyboard.press('Backspace');
  await expect(chips(page)).toHaveCount(4);
  await page.keyboard.type('x');
  await expect(addresses(page)).toBeFocused();
  await expect(addresses(page)).toHaveValue('x');
});

test('forms of an international address are one recipient, and odd addresses are refused with the reason', async ({
  page,
}) => {
  await openDialog(page);
  await paste(page, 'zoe@bücher.example zoe@BÜCHER.example zoe@xn--bcher-kva.example zoe@bu\u0308cher.example');
  await expect(chips(page)).toHaveCount(1);
  await expect(dialogOf(page).getByText('3 duplicates skipped')).toHaveCount(1);
  await expect(dialogOf(page).getByRole('button', { name: 'Send 1 invitation' })).toBeVisible();
  for (const [address, problem] of [
    ['wim.@velo.example', 'before the @'],
    ['a..b@velo.example', 'before the @'],
    [`${'a'.repeat(65)}@velo.example`, 'too long'],
    ['ada@velo\u200b.example', 'invisible'],
    ['\u0430da@velo.example', 'look'],
  ] as const) {
    await paste(page, address);
    await expect(dialogOf(page).getByText(problem).first(), address).toBeVisible();
  }
  await expect(chips(page)).toHaveCount(6);
  await expect(dialogOf(page).getByRole('button', { name: 'Send 1 invitation' })).toBeVisible();
});

test('the preview follows the roles, and unavailable roles give the reason', async ({ page }) => {
  const dialog = await openDialog(page);
  await chooseNode(page, 'Velo Bikes');
  const administrator = dialog.getByRole('checkbox', { name: 'Administrator' });
  await expect(administrator).toHaveAttribute('aria-disabled', 'true');
  await expect(administrator).toHaveAccessibleDescription(/Only an Administrator can give the Administrator role/);
  await administrator.focus();
  await page.keyboard.press('Space');
  await expect(administrator).not.toBeChecked();
  await expect(dialog.getByRole('checkbox', { name: 'Developer' })).toHaveAccessibleDescription(/licence/);

  await dialog.getByRole('checkbox', { name: 'Operator' }).check();
  const preview = dialog.getByRole('complementary', { name: 'Preview' });
  const sections = preview.getByRole('list', { name: 'Preview' }).getByRole('listitem');
  await expect(sections.filter({ hasNotText: '(hidden)' })).toHaveText(['Inbox', 'CRM']);
  await expect(preview.getByText('Can get chat notifications')).toBeVisible();
  await dialog.getByRole('button', { name: /^Environments/ }).click();
  await page.getByRole('checkbox', { name: 'Velo Bikes', exact: true }).uncheck();
  await page.getByRole('checkbox', { name: 'Northwind Telecom', exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(preview.getByText('No chat notifications')).toBeVisible();
});

test('an existing user gets the roles right away and an e-mail', async ({ page }) => {
  const dialog = await openDialog(page);
  await addresses(page).fill('oliver@northwind.example');
  await chooseNode(page, 'Velo Bikes');
  await dialog.getByRole('checkbox', { name: 'Planner' }).check();
  await expect(dialog.getByText('1 existing user')).toBeVisible();
  await expect(dialog.getByText('Oliver Whitfield: roles added right away, with an e-mail')).toBeVisible();
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  await expect(page.getByText('Roles added for 1 user')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search users' }).fill('oliver@northwind');
  await expect(userNames(page)).toHaveCount(1);
  await expect(usersTable(page).getByText('Planner').filter({ visible: true })).toBeVisible();
  await expect(async () => {
    const mails = await (await page.request.get('/demo/mail')).text();
    expect(mails).toContain('Maud Jansen gave you access to Velo Bikes');
  }).toPass();
});

test('sends 200 invitations in batches, and a double click sends none twice', async ({ page }) => {
  const dialog = await openDialog(page, CHARLOTTE);
  const keys: string[] = [];
  await page.route('**/api/v1/invitations', async (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    await route.continue();
  });
  await paste(page, Array.from({ length: 200 }, (_, n) => `person${n}@cedar.example`).join('\n'));
  await chooseNode(page, 'Cedar University');
  await dialog.getByRole('checkbox', { name: 'Agent' }).check();
  await expect(dialog.getByText('200 people not in your list yet')).toBeVisible();
  const sendButton = dialog.getByRole('button', { name: 'Send 200 invitations' });
  await sendButton.dblclick();
  await expect(page.getByText('200 invitations sent')).toBeVisible();
  await expect(dialog).toHaveCount(0);
  expect(keys).toHaveLength(8);
  expect(new Set(keys).size).toBe(8);
  await page.getByRole('searchbox', { name: 'Search users' }).fill('person19@cedar.example');
  await expect(userNames(page)).toHaveCount(1);
});

test('a retry after a lost response invites nobody twice', async ({ page }) => {
  const dialog = await openDialog(page);
  const keys: string[] = [];
  await page.route('**/api/v1/invitations', async (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    if (keys.length > 4) return route.continue();
    await route.fetch();
    await route.abort('connectionaborted');
  });
  await addresses(page).fill('cut@velo.example');
  await chooseNode(page, 'Velo Bikes');
  await dialog.getByRole('checkbox', { name: 'Agent' }).check();
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Welcome!');
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'You can safely try again.' })).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: 'Message' })).toHaveValue('Welcome!');
  await expect(chips(page)).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('1 invitation sent')).toBeVisible();
  expect(new Set(keys).size).toBe(1);
  expect(keys.length).toBeGreaterThan(4);
  await expect(async () => {
    const mails = await (await page.request.get('/demo/mail')).text();
    expect(mails.split('cut@velo.example').length - 1).toBe(1);
  }).toPass();
  const users = await (await page.request.get('/api/v1/users?search=cut@velo.example')).json();
  expect(users.total.value).toBe(1);
});

test('closing with unsaved input asks first', async ({ page }) => {
  await openDialog(page);
  await addresses(page).fill('anouk@velo.example');
  await page.keyboard.press('Escape');
  const question = page.getByRole('dialog', { name: 'Discard this invitation?' });
  await expect(question.getByRole('button', { name: 'Keep editing' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(chips(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(dialogOf(page)).toHaveCount(0);
});

test('Back with unsaved input asks first and then navigates', async ({ page }) => {
  await openAs(page, MAUD, '/environments');
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('button', { name: 'Invite users' }).click();
  await addresses(page).fill('anouk@velo.example');
  await page.goBack();
  const question = page.getByRole('dialog', { name: 'Discard this invitation?' });
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await expect(page).toHaveURL('/users');
  await expect(chips(page)).toHaveCount(1);
  // Closing the page asks too, by the browser's own beforeunload dialog.
  const confirmation = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  expect((await confirmation).type()).toBe('beforeunload');
  await (await confirmation).dismiss();

  await page.goBack();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page).toHaveURL('/environments');
  await expect(dialogOf(page)).toHaveCount(0);
});

test('sends the entered invitation after signing in again', async ({ page }) => {
  const dialog = await openDialog(page);
  await addresses(page).fill('patient@velo.example');
  await chooseNode(page, 'Velo Bikes');
  // Waits for the preview, which could otherwise be the first request without a session.
  const previewed = page.waitForResponse(
    (response) =>
      response.url().endsWith('/invitations/preview') && (response.request().postData() ?? '').includes('agent'),
  );
  await dialog.getByRole('checkbox', { name: 'Agent' }).check();
  await previewed;
  await page.context().clearCookies();
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  const signInAgain = page.getByRole('dialog', { name: /Sign in again|signed out/i });
  await signInAgain.getByRole('button', { name: MAUD }).click();
  await expect(page.getByText('1 invitation sent')).toBeVisible();
});

test('the manager of one environment sees only that environment', async ({ page }) => {
  const dialog = await openDialog(page, INGRID);
  await expect(dialog.getByRole('button', { name: 'Environments: City Clinic' })).toBeVisible();
  await dialog.getByRole('button', { name: /^Environments/ }).click();
  await expect(page.getByRole('checkbox', { name: 'City Clinic', exact: true })).toBeChecked();
  await expect(page.getByText('Velo Bikes')).toHaveCount(0);
  await expect(page.getByRole('searchbox', { name: 'Find an environment' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('checkbox', { name: 'City Clinic', exact: true })).toBeFocused();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test('the dialog fills the screen and does not overflow', async ({ page }) => {
    await openAs(page, MAUD, '/users?invite=1');
    await expect(addresses(page)).toBeFocused();
    await paste(page, 'a.very.long.name.of.someone@a-company-with-a-long-name.example, lotte@velobikes');
    await chooseNode(page, 'Polder Energy');
    await dialogOf(page).getByRole('checkbox', { name: 'Operator' }).check();
    await expectAccessible(page);
    const overflow = await dialogOf(page)
      .locator('.invite__cols')
      .evaluate((cols) => cols.scrollWidth - cols.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  test('the account page does not overflow', async ({ page }) => {
    await openAs(page, MAUD, '/account');
    await expect(page.getByRole('list', { name: 'Sessions' }).getByRole('listitem').first()).toBeVisible();
    await expectAccessible(page);
    expect(await page.getByRole('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBeLessThanOrEqual(0);
  });
});

test('the account page changes the name and the language, and ends sessions', async ({ page, browser, backend }) => {
  await openAs(page, INGRID, '/');
  await accountButton(page, INGRID).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(page).toHaveURL('/account');

  const elsewhere = await browser.newContext();
  const errors = await collectPageErrors(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto(await backend.signInLink('ingrid@clinic.example'));
  await expect(accountButton(other, INGRID)).toBeVisible();
  await page.reload();
  const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
  await expect(sessions.filter({ hasText: 'This session' })).toHaveCount(1);
  await expect(sessions.nth(1)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out of all other sessions' }).click();
  await expect(sessions).toHaveCount(1);
  await expect(page.getByText('You’re signed out of all other sessions.')).toBeAttached();
  await other.goto('/users');
  await expect(other).toHaveURL('/sign-in');
  await elsewhere.close();
  expect(errors).toEqual([]);

  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('Ingrid Solberg-Lie');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  await expect(accountButton(page, 'Ingrid Solberg-Lie')).toBeVisible();
  await name.fill(INGRID);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(
    accountButton(page, INGRID).and(page.getByRole('button', { name: `Account of ${INGRID}`, exact: true })),
  ).toBeVisible();

  await page.getByRole('radio', { name: 'Nederlands' }).click();
  await expect(page.getByRole('heading', { name: 'Je account', level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'nl');
  const session = await (await page.request.get('/api/v1/session')).json();
  expect(session.user.locale).toBe('nl');
  await page.getByRole('radio', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Your account', level: 1 })).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page).toHaveURL('/sign-in');
});
