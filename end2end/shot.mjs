import { chromium } from '@playwright/test';
const base = 'http://127.0.0.1:8106';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
async function open(name, path, o = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Amsterdam', ...o });
  const page = await context.newPage();
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') console.log('console', m.text().slice(0, 300)); });
  page.on('pageerror', (e) => console.log('pageerror', e.message));
  await page.goto(path);
  await page.getByRole('button', { name }).first().click();
  await page.getByRole('button', { name: /^Account/ }).waitFor();
  return page;
}
const shot = (page, name) => page.screenshot({ path: `/tmp/t6-shots/${name}.png` });
async function fill(page) {
  const d = page.getByRole('dialog', { name: 'Invite users' });
  await d.waitFor();
  const field = d.getByRole('textbox', { name: 'E-mail addresses' });
  await field.fill('anouk.meijer@polder.example, rik.postma@polder.example; lotte@velobikes, freja.holm@polder.example,');
  await d.getByRole('button', { name: /^Environments/ }).click();
  await page.getByRole('checkbox', { name: 'Polder Energy' }).check();
  await page.keyboard.press('Escape');
  await d.getByRole('checkbox', { name: 'Operator' }).check();
  await page.waitForTimeout(800);
  return d;
}
for (const [n, o] of [['invite', {}], ['invite-dark', { colorScheme: 'dark' }], ['invite-phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }], ['invite-800', { viewport: { width: 1280, height: 800 } }]]) {
  const page = await open('Maud Jansen', '/users?invite=1', o);
  await fill(page);
  await shot(page, n);
  if (n === 'invite') {
    await page.getByRole('button', { name: 'Add role' }).click();
    await page.getByRole('button', { name: /^Environments/ }).click();
    await page.waitForTimeout(200);
    await shot(page, 'invite-picker');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.waitForTimeout(300);
    await shot(page, 'invite-discard');
  }
  if (n === 'invite-phone') {
    await page.locator('.invite__cols').evaluate((e) => e.scrollTo(0, 700));
    await shot(page, 'invite-phone2');
    await page.locator('.invite__cols').evaluate((e) => e.scrollTo(0, 5000));
    await shot(page, 'invite-phone3');
  }
  await page.context().close();
}
await browser.close();
