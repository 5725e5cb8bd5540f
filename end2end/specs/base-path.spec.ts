import { type Backend, startBackend } from '../support/backend.ts';
import { type ReverseProxy, startProxy } from '../support/proxy.ts';
import { expect, test } from '../support/test.ts';

const BASE = '/tools/people';

for (const [mode, removed] of [
  ['keeps', ''],
  ['removes', BASE],
] as const) {
  test.describe(`behind a proxy that ${mode} the path`, () => {
    let proxy: ReverseProxy;
    let backend: Backend;

    test.beforeAll(async () => {
      proxy = await startProxy();
      backend = await startBackend('--public-url', `${proxy.origin}${BASE}/`);
      proxy.forward(backend.url, removed);
    });

    test.afterAll(async () => {
      await proxy.stop();
      await backend.stop();
    });

    test('the page, its links, the API and the mails stay below the path', async ({ page, context }) => {
      const url = (path: string) => `${proxy.origin}${BASE}${path}`;
      // The link names the address of the backend, which the test does not use.
      const { hash } = new URL(await backend.signInLink('maud@northwind.example'));
      await page.goto(url(`/sign-in${hash}`));
      await expect(page).toHaveURL(url('/users'));
      await expect(page.locator('#prerendered')).toHaveCount(0);
      expect(new Set((await context.cookies()).map(({ path }) => path))).toEqual(new Set([BASE]));

      const search = page.getByRole('searchbox', { name: 'Search users' });
      await search.fill('sanne');
      await expect(page).toHaveURL(url('/users?search=sanne'));
      await page
        .getByRole('table', { name: 'Users' })
        .getByRole('rowheader', { name: /Sanne de Vries/ })
        .getByRole('link')
        .first()
        .click();
      await expect(page).toHaveURL(/\/tools\/people\/users\/[0-9a-f-]{36}\?search=sanne$/);
      await page.reload();
      const panel = page.getByRole('region', { name: 'Sanne de Vries' });
      await expect(panel).toBeVisible();
      await panel.getByRole('tab', { name: 'Access' }).click();
      await expect(panel.getByRole('button', { name: /^Change roles in/ }).first()).toBeVisible();
      await page.goBack();
      await page.goto(url('/roles'));
      await expect(page.getByRole('heading', { name: 'What each role can do' })).toBeVisible();
      await page.getByRole('link', { name: 'Users', exact: true }).first().click();
      await expect(page).toHaveURL(url('/users'));

      const outside = proxy.paths.filter((path) => !path.startsWith(`${BASE}/`));
      expect(outside, 'requests outside of the path').toEqual([]);
    });
  });
}
