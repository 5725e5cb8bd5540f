import { chromium } from '@playwright/test';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const shots = '/tmp/tr-shots/';
async function session(name, opts, run) {
  const ctx = await browser.newContext({ baseURL: 'http://127.0.0.1:8107', locale: 'en-GB', viewport: { width: 1440, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...opts });
  const page = await ctx.newPage();
  page.on('console', (m) => { if (m.type() === 'error') console.log('console:', m.text()); });
  page.on('pageerror', (e) => console.log('pageerror:', e.message));
  await page.goto('/users');
  await page.getByRole('region', { name: 'Be one of these people' }).getByRole('button', { name }).click();
  await page.getByRole('table', { name: 'Users' }).getByRole('rowheader').first().waitFor();
  await run(page);
  await ctx.close();
}
export { session, shots, browser };
