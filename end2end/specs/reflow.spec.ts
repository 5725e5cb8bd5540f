import { expect, MAUD, openAs, test, userNames } from '../support/test.ts';

// 1280 × 1024 at 400 % zoom: https://www.w3.org/WAI/WCAG22/Understanding/reflow.html
test.use({ viewport: { width: 320, height: 256 } });

test('at 400 % zoom the page scrolls as a whole, to the rows and to the panel', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const first = userNames(page).first();
  await expect(first).toBeVisible();
  await page.mouse.move(160, 128);
  await expect(async () => {
    await page.mouse.wheel(0, 120);
    await expect(first).toBeInViewport({ ratio: 1, timeout: 1_000 });
  }).toPass();
  // The wheel also leads back from the rows to the top.
  await expect(async () => {
    await page.mouse.wheel(0, -800);
    await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeInViewport({ timeout: 1_000 });
  }).toPass();

  await first.getByRole('link').click();
  const term = page.getByRole('term').filter({ hasText: /^Created$/ });
  await expect(term).toBeVisible();
  await term.scrollIntoViewIfNeeded();
  await expect(term).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
