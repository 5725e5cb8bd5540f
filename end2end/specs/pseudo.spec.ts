import { type Backend, quickPage, startBackend } from '../support/backend.ts';
import { misfits, settled } from '../support/looks.ts';
import { type Device, pseudo, type Stage, signIn } from '../support/stage.ts';
import { STATES } from '../support/states/index.ts';
import { REASON } from '../support/states/view.ts';
import { test as base, expect } from '../support/test.ts';
import { domainWords, hear, plain, texts } from '../support/texts.ts';

/** The page of these tests is in the pseudo-locale: accented English in words that are a third longer. */
const test = base.extend<{ pseudoLocale: undefined }, { backend: Backend; words: string[] }>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend('--page', quickPage);
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  words: [async ({}, use) => use(await domainWords()), { scope: 'worker' }],
  pseudoLocale: [
    async ({ context }, use) => {
      // The switch of src/i18n/pseudo.rs. The script also runs in about:blank, which has no storage.
      await context.addInitScript(() => {
        if (location.protocol !== 'about:') localStorage.setItem('studio-users.pseudo', 'on');
      });
      await use(undefined);
    },
    { auto: true },
  ],
});

/** The window sizes: a phone that becomes wider, and a desktop for the states that no phone has. */
const SIZES: Record<Device, { width: number; height: number }[]> = {
  phone: [
    { width: 320, height: 640 },
    { width: 1280, height: 800 },
  ],
  desktop: [{ width: 1280, height: 800 }],
};

/** What is shown and is no text of the page: the languages' own names, and what a test wrote itself. */
const NAMES = ['English', 'Nederlands', REASON];

for (const device of ['phone', 'desktop'] as const) {
  test.describe(`on a ${device}`, () => {
    test.use({ viewport: SIZES[device][0], hasTouch: device === 'phone', contextOptions: { reducedMotion: 'reduce' } });

    for (const { name, as, reach } of STATES.filter(
      ({ devices }) => (devices.includes('phone') ? 'phone' : 'desktop') === device,
    )) {
      test(name, async ({ page, backend, browser, words }) => {
        const heard = hear(page);
        if (as) await signIn(page, as);
        const stage: Stage = { page, backend, browser, device, say: pseudo };
        const shown = await reach(stage);
        await expect(shown).toBeVisible();
        for (const size of SIZES[device]) {
          await page.setViewportSize(size);
          await settled(page);
          expect.soft(await misfits(page), `what does not fit at ${size.width} px`).toEqual([]);
          const known = [...words, ...(await heard()), ...NAMES];
          expect.soft(plain(await texts(page), known), `not of the catalogue at ${size.width} px`).toEqual([]);
        }
      });
    }
  });
}
