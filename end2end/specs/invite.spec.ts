import {
  accountOf,
  CHARLOTTE,
  expect,
  expectAccessible,
  INGRID,
  type Locator,
  listen,
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

/** Opens the dialog as a manager. */
async function openDialog(page: Page, name = MAUD): Promise<Locator> {
  await openAs(page, name, '/users');
  await page.getByRole('button', { name: 'Invite users' }).click();
  await expect(addresses(page)).toBeFocused();
  return dialogOf(page);
}

/** Chooses an environment. */
async function choose(page: Page, node: string): Promise<void> {
  await dialogOf(page)
    .getByRole('button', { name: /^Environments/ })
    .click();
  await page.getByRole('searchbox', { name: 'Find an environment' }).fill(node);
  await page.getByRole('checkbox', { name: node, exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('searchbox', { name: 'Find an environment' })).toHaveCount(0);
}

/** Pastes a text into the field that has the focus. */
async function paste(page: Page, text: string): Promise<void> {
  await addresses(page).evaluate((field, text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

test('is reached from the logo, by a link, and gives the focus back', async ({ page }) => {
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

test('a list from anywhere becomes addresses', async ({ page }) => {
  await openDialog(page);
  await paste(page, 'Anouk Meijer <anouk@velo.example>; rik@velo.example\nlotte@velobikes, RIK@velo.example');
  await expect(chips(page)).toHaveCount(3);
  await expect(dialogOf(page).getByText('lacks an ending such as .com, and will not be invited').first()).toBeVisible();
  await expect(dialogOf(page).getByRole('button', { name: 'Send 2 invitations' })).toBeVisible();

  // A file, chosen or dropped.
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialogOf(page).getByRole('button', { name: 'Choose a CSV file with addresses' }).click(),
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

  // The keyboard alone takes some of them back.
  await addresses(page).focus();
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('button', { name: 'Remove jo@velo.example' })).toBeFocused();
  await page.keyboard.press('Backspace');
  await expect(chips(page)).toHaveCount(4);
  await page.keyboard.type('x');
  await expect(addresses(page)).toBeFocused();
  await expect(addresses(page)).toHaveValue('x');
});

test('what they will see follows the roles, and roles that cannot be given say why', async ({ page }) => {
  const dialog = await openDialog(page);
  await choose(page, 'Velo Bikes');
  const administrator = dialog.getByRole('checkbox', { name: 'Administrator' });
  await expect(administrator).toHaveAttribute('aria-disabled', 'true');
  await expect(administrator).toHaveAccessibleDescription(/Only an administrator of this place/);
  await administrator.focus();
  await page.keyboard.press('Space');
  await expect(administrator).not.toBeChecked();
  await expect(dialog.getByRole('checkbox', { name: 'Developer' })).toHaveAccessibleDescription(/licence/);

  await dialog.getByRole('checkbox', { name: 'Operator' }).check();
  const preview = dialog.getByRole('complementary', { name: 'Preview' });
  const sections = preview.getByRole('list', { name: 'What they will see' }).getByRole('listitem');
  await expect(sections.filter({ hasNotText: '(hidden)' })).toHaveText(['Inbox', 'CRM']);
  await expect(preview.getByText('Will be notified about chats')).toBeVisible();
  await dialog.getByRole('button', { name: /^Environments/ }).click();
  await page.getByRole('checkbox', { name: 'Velo Bikes', exact: true }).uncheck();
  await page.getByRole('checkbox', { name: 'Northwind Telecom', exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(preview.getByText('Will not be notified about chats')).toBeVisible();
});

test('who is a user already has the roles at once, and is told so by mail', async ({ page }) => {
  const dialog = await openDialog(page);
  await addresses(page).fill('oliver@northwind.example');
  await choose(page, 'Velo Bikes');
  await dialog.getByRole('checkbox', { name: 'Planner' }).check();
  await expect(dialog.getByText('1 person is a user already')).toBeVisible();
  await expect(dialog.getByText('Oliver Whitfield: gets the roles at once, and a mail')).toBeVisible();
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  await expect(page.getByText('1 user has the roles now')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search users' }).fill('oliver@northwind');
  await expect(userNames(page)).toHaveCount(1);
  await expect(usersTable(page).getByText('Planner').filter({ visible: true })).toBeVisible();
  await expect(async () => {
    const mails = await (await page.request.get('/demo/mail')).text();
    expect(mails).toContain('Maud Jansen gave you access to Velo Bikes');
  }).toPass();
});

test('two hundred are sent in parts, with progress, and a double click sends nothing twice', async ({ page }) => {
  const dialog = await openDialog(page, CHARLOTTE);
  const keys: string[] = [];
  await page.route('**/api/v1/invitations', async (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    await route.continue();
  });
  await paste(page, Array.from({ length: 200 }, (_, n) => `person${n}@cedar.example`).join('\n'));
  await choose(page, 'Cedar University');
  await dialog.getByRole('checkbox', { name: 'Agent' }).check();
  await expect(dialog.getByText('200 people not in your list yet')).toBeVisible();
  const send = dialog.getByRole('button', { name: 'Send 200 invitations' });
  await send.dblclick();
  await expect(page.getByText('200 invitations are on their way')).toBeVisible();
  await expect(dialog).toHaveCount(0);
  expect(keys).toHaveLength(8);
  expect(new Set(keys).size).toBe(8);
  await page.getByRole('searchbox', { name: 'Search users' }).fill('person19@cedar.example');
  await expect(userNames(page)).toHaveCount(1);
});

test('a connection that is cut after the backend has done it invites nobody twice', async ({ page }) => {
  const dialog = await openDialog(page);
  const keys: string[] = [];
  await page.route('**/api/v1/invitations', async (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    if (keys.length > 4) return route.continue();
    await route.fetch();
    await route.abort('connectionaborted');
  });
  await addresses(page).fill('cut@velo.example');
  await choose(page, 'Velo Bikes');
  await dialog.getByRole('checkbox', { name: 'Agent' }).check();
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Welcome!');
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'Trying again sends nothing twice' })).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: 'Message' })).toHaveValue('Welcome!');
  await expect(chips(page)).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('1 invitation is on its way')).toBeVisible();
  expect(new Set(keys).size).toBe(1);
  expect(keys.length).toBeGreaterThan(4);
  await expect(async () => {
    const mails = await (await page.request.get('/demo/mail')).text();
    expect(mails.split('cut@velo.example').length - 1).toBe(1);
  }).toPass();
  const found = await (await page.request.get('/api/v1/users?search=cut@velo.example')).json();
  expect(found.total.value).toBe(1);
});

test('closing with something entered asks first', async ({ page }) => {
  await openDialog(page);
  await addresses(page).fill('anouk@velo.example');
  await page.keyboard.press('Escape');
  const question = page.getByRole('dialog', { name: 'Discard this invitation?' });
  await expect(question.getByRole('button', { name: 'Go on editing' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(chips(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(dialogOf(page)).toHaveCount(0);
});

test('Back asks first where something was entered, and then leads back', async ({ page }) => {
  await openAs(page, MAUD, '/environments');
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('button', { name: 'Invite users' }).click();
  await addresses(page).fill('anouk@velo.example');
  await page.goBack();
  const question = page.getByRole('dialog', { name: 'Discard this invitation?' });
  await question.getByRole('button', { name: 'Go on editing' }).click();
  await expect(page).toHaveURL('/users');
  await expect(chips(page)).toHaveCount(1);
  // So does closing the page, which the browser asks itself.
  const asks = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  expect((await asks).type()).toBe('beforeunload');
  await (await asks).dismiss();

  await page.goBack();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page).toHaveURL('/environments');
  await expect(dialogOf(page)).toHaveCount(0);
});

test('whoever is signed out in the middle signs in again, and what was entered is sent', async ({ page }) => {
  const dialog = await openDialog(page);
  await addresses(page).fill('patient@velo.example');
  await choose(page, 'Velo Bikes');
  // Otherwise it may be what they will see that finds no session first.
  const previewed = page.waitForResponse(
    (response) =>
      response.url().endsWith('/invitations/preview') && (response.request().postData() ?? '').includes('agent'),
  );
  await dialog.getByRole('checkbox', { name: 'Agent' }).check();
  await previewed;
  await page.context().clearCookies();
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click();
  const again = page.getByRole('dialog', { name: /Sign in again|signed out/i });
  await again.getByRole('button', { name: MAUD }).click();
  await expect(page.getByText('1 invitation is on its way')).toBeVisible();
});

test('an environment’s manager invites to that, and sees nothing of the others', async ({ page }) => {
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

  test('the dialog takes the screen, and nothing scrolls sideways', async ({ page }) => {
    await openAs(page, MAUD, '/users?invite=1');
    await expect(addresses(page)).toBeFocused();
    await paste(page, 'a.very.long.name.of.somebody@a-company-with-a-long-name.example, lotte@velobikes');
    await choose(page, 'Polder Energy');
    await dialogOf(page).getByRole('checkbox', { name: 'Operator' }).check();
    await expectAccessible(page);
    const overflow = await dialogOf(page)
      .locator('.invite__cols')
      .evaluate((cols) => cols.scrollWidth - cols.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  test('one’s own page fits', async ({ page }) => {
    await openAs(page, MAUD, '/account');
    await expect(page.getByRole('list', { name: 'Sessions' }).getByRole('listitem').first()).toBeVisible();
    await expectAccessible(page);
    expect(await page.getByRole('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBeLessThanOrEqual(0);
  });
});

test('one’s own page changes the name and the language, and ends sessions', async ({ page, browser, backend }) => {
  await openAs(page, INGRID, '/');
  await accountOf(page, INGRID).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(page).toHaveURL('/account');

  const elsewhere = await browser.newContext();
  const problems = await listen(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto(await backend.signInLink('ingrid@clinic.example'));
  await expect(accountOf(other, INGRID)).toBeVisible();
  await page.reload();
  const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
  await expect(sessions.filter({ hasText: 'This one' })).toHaveCount(1);
  await expect(sessions.nth(1)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(sessions).toHaveCount(1);
  await expect(page.getByText('You are signed out everywhere else.')).toBeAttached();
  await other.goto('/users');
  await expect(other).toHaveURL('/sign-in');
  await elsewhere.close();
  expect(problems).toEqual([]);

  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('Ingrid Solberg-Lie');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  await expect(accountOf(page, 'Ingrid Solberg-Lie')).toBeVisible();
  await name.fill(INGRID);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(
    accountOf(page, INGRID).and(page.getByRole('button', { name: `Account of ${INGRID}`, exact: true })),
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
