import { openPrerendered } from '../support/prerendered.ts';
import { accountButton, expect, expectAccessible, MAUD, openAs, type Page, test, userNames } from '../support/test.ts';

interface VisibleElement {
  name: string;
  box: number[];
}

/** Compares elements. A flex container and a grid may round the same width differently, by less than a pixel. */
function differences(live: VisibleElement[], prerendered: VisibleElement[]): string[] {
  const format = ({ name, box }: VisibleElement): string => `${name} ${box.map(Math.round).join(' ')}`;
  const isSame = (one?: VisibleElement, other?: VisibleElement): boolean =>
    one !== undefined &&
    other !== undefined &&
    one.name === other.name &&
    one.box.every((value, index) => Math.abs(value - (other.box[index] ?? Infinity)) < 0.5);
  return Array.from({ length: Math.max(live.length, prerendered.length) }, (_, index) => index)
    .filter((index) => !isSame(live[index], prerendered[index]))
    .map((index) => [live[index], prerendered[index]].map((one) => (one ? format(one) : 'nothing')).join(', not '));
}

/**
 * Returns the visible elements of the studio and its list, with their text and position. It leaves out the bottom of
 * the window, because the backend does not know how many rows are in view.
 */
async function visibleElements(page: Page): Promise<VisibleElement[]> {
  return page.evaluate(() => {
    const elements: VisibleElement[] = [];
    const inspect = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) inspect(element.shadowRoot);
        const isCompared = element.matches(
          'button, a, input, th, td, h1, time, .status, .avatar, .person__mail, .page-head__count',
        );
        if (!isCompared || element.closest('.list-foot, .skip-link') || !element.checkVisibility()) continue;
        const { x, y, width, height } = element.getBoundingClientRect();
        if (!width || y + height > innerHeight - 60) continue;
        // The number of chips that fit depends on the layout as well, so only the first one is compared.
        const textSource = element.querySelector('.chips > *') ?? element;
        // A relative time of the last 24 hours changes while the test runs. Its timestamp and the words around it are
        // compared instead.
        const time = element.matches('time') ? element : element.querySelector('time');
        const timestamp = time?.getAttribute('datetime');
        const isRecent = timestamp && Date.now() - Date.parse(timestamp) < 86_400_000;
        const text = element.getAttribute('aria-label') ?? textSource.textContent?.trim();
        const name = isRecent ? `${text?.replace(/\d+\s\S+/, '#')} ${timestamp}` : text;
        const box = isRecent && element === time ? [y, height] : [x, y, width, height];
        // Some buttons are links in the prerendered page.
        const kind = element.matches('a, button') ? 'control' : element.localName;
        elements.push({ name: `${kind} "${name}"`, box });
      }
    };
    inspect(document.body);
    return elements;
  });
}

for (const { title, ...use } of [
  { title: 'on a desktop', viewport: { width: 1440, height: 900 } },
  { title: 'in a narrow window', viewport: { width: 1100, height: 800 } },
  { title: 'on a tablet', viewport: { width: 820, height: 1000 } },
  { title: 'on a phone', viewport: { width: 390, height: 844 } },
  { title: 'in Dutch', viewport: { width: 1440, height: 900 }, locale: 'nl-NL' },
  { title: 'in another time zone', viewport: { width: 1440, height: 900 }, timezoneId: 'Asia/Tokyo' },
]) {
  test.describe(title, () => {
    test.use(use);

    test('the program renders the same as the prerendered page', async ({ page }) => {
      await page.goto('/');
      await page.getByRole('button', { name: MAUD }).click();
      await expect(userNames(page).first().or(page.getByRole('rowheader').first())).toBeVisible();
      const loadProgram = await openPrerendered(page);
      await expect(page.getByRole('rowheader').first()).toBeVisible();
      await page.waitForFunction(() => document.readyState !== 'loading');
      const prerendered = await visibleElements(page);
      expect(prerendered.length).toBeGreaterThan(60);
      await loadProgram();
      await expect(page.getByRole('rowheader').first()).toBeVisible();
      await expect.poll(async () => differences(await visibleElements(page), prerendered)).toEqual([]);
    });
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('the prerendered page is accessible', async ({ page }) => {
      await openAs(page, MAUD, '/users');
      const loadProgram = await openPrerendered(page);
      await expect(userNames(page).first()).toBeVisible();
      await expectAccessible(page);
      await loadProgram();
    });
  });
}

test('keeps and searches text that is typed before the hand-over', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page);
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await search.click();
  await page.keyboard.type('vos');
  await loadProgram();
  await expect(search).toBeFocused();
  // The caret keeps its position.
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('o');
  await expect(search).toHaveValue('vos');
  await expect(userNames(page).first()).toContainText('Vos');
  await expect(page).toHaveURL(/search=vos/);
});

test('replays clicks that were made before the hand-over', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  let loadProgram = await openPrerendered(page);
  await page.getByRole('button', { name: 'Invite users' }).click();
  await loadProgram();
  await expect(page.getByRole('dialog', { name: 'Invite users' })).toBeVisible();

  loadProgram = await openPrerendered(page);
  await page.getByRole('checkbox', { name: 'Select all users' }).click();
  await loadProgram();
  await expect(page.getByRole('region', { name: 'Selection' })).toBeVisible();
});

test('keeps the focus during the hand-over', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const loadProgram = await openPrerendered(page);
  await accountButton(page, MAUD).focus();
  await loadProgram();
  await expect(accountButton(page, MAUD)).toBeFocused();
});
