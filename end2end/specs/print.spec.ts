import { expect, MAUD, openAs, test, userNames, usersTable } from '../support/test.ts';

/** Returns the number of pages of a PDF: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf */
const pageCount = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;

test('prints the rows in columns, on as many pages as they need, without the studio', async ({ page }) => {
  await openAs(page, MAUD, '/users?view=pages');
  await expect(userNames(page)).toHaveCount(50);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 720, height: 1000 });
  await expect(page.getByRole('navigation', { name: 'Studio' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Account of Maud Jansen' })).toBeHidden();
  const name = userNames(page).first();
  const header = usersTable(page).getByRole('columnheader', { name: 'Name', exact: true });
  const [cell, head] = [await name.boundingBox(), await header.boundingBox()];
  expect(cell?.width).toBeGreaterThan(100);
  expect(Math.abs((cell?.x ?? 0) - (head?.x ?? 0))).toBeLessThanOrEqual(1);
  const cut = await userNames(page).evaluateAll((cells) =>
    cells.filter((cell) => [...cell.querySelectorAll('*')].some((part) => part.scrollWidth > part.clientWidth + 1)),
  );
  expect(cut).toHaveLength(0);
  expect(pageCount(await page.pdf({ format: 'A4' }))).toBeGreaterThan(2);
});

test('prints the rows in view of the virtual list, and an open panel in full', async ({ page }) => {
  await openAs(page, MAUD, '/users');
  const name = await userNames(page).first().getByRole('link').innerText();
  await page.emulateMedia({ media: 'print' });
  const tops = await userNames(page).evaluateAll((cells) =>
    cells.filter((cell) => cell.checkVisibility()).map((cell) => cell.getBoundingClientRect().top),
  );
  expect(tops.length).toBeGreaterThan(8);
  expect(new Set(tops).size, 'rows do not overlap').toBe(tops.length);

  await page.emulateMedia({ media: 'screen' });
  await userNames(page).first().getByRole('link').click();
  await expect(page.getByRole('region', { name, exact: true })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  const panel = page.getByRole('region', { name, exact: true });
  await expect(panel.getByRole('term').first()).toBeVisible();
  await expect(userNames(page).first()).toBeHidden();
  expect(await panel.evaluate((element) => getComputedStyle(element).overflowY)).toBe('visible');
});
