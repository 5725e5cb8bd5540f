import { chromium } from '@playwright/test';
const base = 'http://127.0.0.1:8106';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const opts = { baseURL: base, viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Amsterdam' };
const watch = (page) => { page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') console.log('console', m.text().slice(0, 300)); }); page.on('pageerror', (e) => console.log('pageerror', e.message)); };
const shot = (page, name) => page.screenshot({ path: `/tmp/t6-shots/${name}.png` });
const c = await browser.newContext(opts);
const page = await c.newPage(); watch(page);
await page.goto('/users');
await page.getByRole('button', { name: 'Maud Jansen' }).first().click();
await page.getByRole('button', { name: /^Account/ }).waitFor();
const nodes = await (await page.request.get('/api/v1/nodes')).json();
const id = (n) => nodes.find((x) => x.name === n).id;
const invite = async (email, grants, message) => {
  const r = await page.request.post('/api/v1/invitations', { headers: { 'Sec-Fetch-Site': 'same-origin', 'Idempotency-Key': Math.random() + email }, data: { emails: [email], grants, message, locale: 'en' } });
  console.log(r.status(), await r.text());
  const list = await (await page.request.get('/api/v1/users?search=' + encodeURIComponent(email))).json();
  const l = await page.request.post(`/api/v1/users/${list.items[0].id}/invitation/link`, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
  return (await l.json()).url.replace('http://localhost:8106', base);
};
const one = await invite('anouk.meijer@velobikes.example', [{ node_id: id('Velo Bikes'), roles: ['operator'] }], 'Welcome aboard, Anouk! Ask me if anything is unclear.');
const two = await invite('mia@velobikes.example', [{ node_id: id('Velo Bikes'), roles: ['operator'] }, { node_id: id('Northwind Telecom'), roles: ['analyst', 'planner'] }], '');
for (const [n, link, o] of [['join', one, {}], ['join-dark', one, { colorScheme: 'dark' }], ['join-two', two, {}], ['join-phone', one, { viewport: { width: 320, height: 700 } }], ['join-dead', '/join#nothing', {}], ['join-nl', one, { locale: 'nl-NL' }]]) {
  const c = await browser.newContext({ ...opts, ...o });
  const p = await c.newPage(); watch(p);
  await p.goto(link); await p.getByRole('heading', { level: 1 }).waitFor(); await p.waitForTimeout(400);
  console.log(n, p.url(), await p.evaluate(() => document.documentElement.scrollWidth - innerWidth));
  await shot(p, n);
  await c.close();
}
await page.goto(two); await page.getByRole('heading', { level: 1 }).waitFor(); await page.waitForTimeout(400); await shot(page, 'join-other');
await page.goto('/account'); await page.waitForTimeout(800); await shot(page, 'account');
await page.getByRole('button', { name: 'Studio menu' }).click(); await page.waitForTimeout(200); await shot(page, 'logo-menu');
await page.keyboard.press('Escape');
await page.setViewportSize({ width: 320, height: 700 }); await page.waitForTimeout(200); await shot(page, 'account-phone');
await browser.close();
