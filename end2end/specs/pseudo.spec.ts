import { type Backend, devPage, startBackend } from '../support/backend.ts';
import { preventPrerendering } from '../support/prerendered.ts';
import { findOverflows, waitForRendering } from '../support/rendering.ts';
import { REASON } from '../support/states/impersonation.ts';
import { STATES } from '../support/states/index.ts';
import { test as base, expect } from '../support/test.ts';
import { domainTexts, findUntranslated, pageTexts, recordResponses, responseTexts } from '../support/texts.ts';
import { type Device, pseudo, type StateContext, signIn } from '../support/ui-state.ts';

/** The page of these tests uses the pseudo-locale: English with accented letters, and words that are a third longer. */
const test = base.extend<{ pseudoLocale: undefined }, { backend: Backend; textsOfDomain: string[] }>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend('--page', devPage);
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
  textsOfDomain: [async ({}, use) => use(await domainTexts()), { scope: 'worker' }],
  pseudoLocale: [
    async ({ context }, use) => {
      // Turns on the pseudo-locale of src/i18n/pseudo.rs. The script also runs in about:blank, which has no storage.
      await context.addInitScript(() => {
        if (location.protocol !== 'about:') localStorage.setItem('studio-users.pseudo', 'on');
      });
      await use(undefined);
    },
    { auto: true },
  ],
});

/** The window sizes. A phone window is widened to a desktop's, and states without a phone form start as a desktop. */
const SIZES: Record<Device, { width: number; height: number }[]> = {
  phone: [
    { width: 320, height: 640 },
    { width: 1280, height: 800 },
  ],
  desktop: [{ width: 1280, height: 800 }],
};

/** Visible texts that do not come from the catalogue: the languages' own names, and the reason that a test types. */
const UNTRANSLATED_TEXTS = ['English', 'Nederlands', REASON];

for (const device of ['phone', 'desktop'] as const) {
  test.describe(`on a ${device}`, () => {
    test.use({ viewport: SIZES[device][0], hasTouch: device === 'phone', contextOptions: { reducedMotion: 'reduce' } });

    for (const { name, as, open } of STATES.filter(
      ({ devices }) => (devices.includes('phone') ? 'phone' : 'desktop') === device,
    )) {
      test(name, async ({ page, backend, browser, textsOfDomain }) => {
        await recordResponses(page);
        // A state may change the responses, and embedded responses are not requested.
        await preventPrerendering(page);
        if (as) await signIn(page, as);
        const context: StateContext = { page, backend, browser, device, t: pseudo };
        const element = await open(context);
        await expect(element).toBeVisible();
        for (const size of SIZES[device]) {
          await page.setViewportSize(size);
          await waitForRendering(page);
          expect.soft(await findOverflows(page), `overflows at ${size.width} px`).toEqual([]);
          const known = [...textsOfDomain, ...(await responseTexts(page)), ...UNTRANSLATED_TEXTS];
          const untranslated = findUntranslated(await pageTexts(page), known);
          expect.soft(untranslated, `texts outside of the catalogue at ${size.width} px`).toEqual([]);
        }
      });
    }
  });
}
