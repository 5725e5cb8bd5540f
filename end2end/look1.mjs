import { session, shots, browser } from './look.mjs';
for (const colorScheme of ['light', 'dark']) {
  await session('Maud Jansen', { colorScheme }, async (page) => {
    const shot = (n) => page.screenshot({ path: `${shots}${n}-${colorScheme}.png` });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a user' }).waitFor();
    await page.waitForTimeout(300);
    await shot('palette-empty');
    await page.keyboard.type('san');
    await page.waitForTimeout(500);
    await shot('palette');
    await page.keyboard.press('ArrowDown'); await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(100);
    await shot('palette-down');
    await page.keyboard.press('Escape');
    await page.waitForTimeout(200);
    await page.keyboard.press('?');
    await page.waitForTimeout(300);
    await shot('shortcuts');
    await page.keyboard.press('Escape');
    await page.waitForTimeout(200);
    const button = page.getByRole('button', { name: /^Remove (?!user)/ }).nth(3);
    await button.click();
    await page.waitForTimeout(600);
    await shot('remove');
    console.log('focus', await page.evaluate(() => { let a = document.activeElement; while (a?.shadowRoot?.activeElement) a = a.shadowRoot.activeElement; return a?.outerHTML.slice(0, 120); }));
    await page.getByRole('button', { name: 'Remove user' }).click();
    await page.waitForTimeout(1200);
    await shot('undo');
    console.log('focus after', await page.evaluate(() => { let a = document.activeElement; while (a?.shadowRoot?.activeElement) a = a.shadowRoot.activeElement; return a?.outerHTML.slice(0, 120); }));
    await page.keyboard.press('u');
    await page.waitForTimeout(800);
    await shot('undone');
  });
}
await browser.close();
