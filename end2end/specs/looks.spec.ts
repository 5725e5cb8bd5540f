import { expect, MAUD, openAs, type Page, test, userNames, usersTable } from '../support/test.ts';

/** Returns the texts of the elements that are wider than their box. */
const cutOff = (page: Page, selector: string): Promise<string[]> =>
  page
    .locator(selector)
    .evaluateAll((elements) =>
      elements
        .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.checkVisibility())
        .map((element) => element.textContent ?? ''),
    );

/** Shows only one user. */
async function searchFor(page: Page, email: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search users' }).fill(email);
  await expect(userNames(page)).toHaveCount(1);
}

for (const width of [1280, 800, 390]) {
  test(`a long reason leaves the name in the banner, at ${width} px`, async ({ page }) => {
    await openAs(page, MAUD, '/users');
    await searchFor(page, 'sanne@northwind.example');
    await page
      .getByRole('button', { name: /^View as / })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /^View as / });
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('A long reason that goes on and on. '.repeat(5));
    await dialog.getByRole('button', { name: 'Start view' }).click();
    await expect(page.getByRole('complementary', { name: /^Viewing as/ })).toBeVisible();
    await page.setViewportSize({ width, height: 800 });
    await expect.poll(() => cutOff(page, '.view-banner__user > *')).toEqual([]);
    // The labels of the rail and of the hidden sections.
    expect(await cutOff(page, '.studio__item > *')).toEqual([]);
    const right = await page.locator('.studio__hidden').evaluateAll(
      (boxes) =>
        boxes.flatMap((box) => {
          const edge = box.getBoundingClientRect().right;
          return [...box.querySelectorAll('span')].filter((label) => label.getBoundingClientRect().right > edge);
        }).length,
    );
    expect(right).toBe(0);
    await page.getByRole('button', { name: 'Exit view' }).click();
  });
}

test('a long name stays in the Details tab', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const name = 'A'.repeat(80);
  await page.route(/\/api\/v1\/users\/[0-9a-f-]{36}$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), name } });
  });
  await userNames(page).nth(2).getByRole('link').click();
  const fact = page.getByRole('definition').filter({ hasText: name });
  await expect(fact).toBeVisible();
  const [right, panel] = await fact.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [range.getBoundingClientRect().right, element.closest('.user-panel')?.getBoundingClientRect().right ?? 0];
  });
  expect(right).toBeLessThanOrEqual(panel);
});

test('a search with few matches leaves no part of an empty card on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await openAs(page, MAUD, '/users');
  await searchFor(page, 'sanne@northwind.example');
  const spare = usersTable(page).locator('[aria-hidden=true][class~=users-table__row]');
  expect(await spare.count()).toBeGreaterThan(0);
  for (const row of await spare.all()) await expect(row).toBeHidden();
});

test('the environment does not run under the avatar at 320 px', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await openAs(page, MAUD, '/users');
  const avatar = await page.getByRole('button', { name: `Account of ${MAUD}` }).boundingBox();
  const rights = await page
    .locator('.studio__top > *, .studio__top > * > *')
    .evaluateAll((elements) =>
      elements
        .filter((element) => !element.matches('.studio__top-end, .studio__top-end *'))
        .map((element) => element.getBoundingClientRect().right),
    );
  expect(Math.max(...rights)).toBeLessThanOrEqual((avatar?.x ?? 0) + 1);
});

test('forced colours mark the open row and locked icons', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openAs(page, MAUD, '/users');
  await userNames(page).first().getByRole('link').click();
  const row = usersTable(page).locator('[data-marks~=open]');
  await expect(row).toHaveCSS('outline-style', 'solid');
  await page.keyboard.press('Escape');
  await searchFor(page, 'maud@northwind.example');
  const locked = page.getByRole('button', { name: /^Remove Maud Jansen/ });
  const colours = await locked.evaluate((button) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'GrayText';
    return [getComputedStyle(button).color, getComputedStyle(probe).color];
  });
  expect(colours[0]).toBe(colours[1]);
});

test('the highlight of a row reaches the edge of the list', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  await searchFor(page, 'sanne@northwind.example');
  const [row, list] = await usersTable(page).evaluate((table) => {
    const right = (selector: string) => table.querySelector(selector)?.getBoundingClientRect().right;
    return [right('.users-table__body [role=row]:not([aria-hidden])'), right('.users-table__body')];
  });
  expect(row).toBe(list);
});
