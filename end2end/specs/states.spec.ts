import { join } from 'node:path';
import { misfits, settled, violations, write } from '../support/looks.ts';
import { type Device, english, type Stage, signIn } from '../support/stage.ts';
import { STATES } from '../support/states/index.ts';
import { expect, test } from '../support/test.ts';

/** A window size, writing direction and colour scheme. */
interface View {
  width: number;
  height: number;
  direction: 'ltr' | 'rtl';
  colorScheme: 'light' | 'dark';
  /** The rules of axe to check. The default is all of them. */
  rules?: readonly string[];
}

/** The rules that another direction and colour scheme can break. */
const OF_DIRECTION_AND_COLOURS = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

/**
 * Each state is opened once on a device, and then shown in each view. The views cover every pair of size and direction, size
 * and colours; pseudo.spec.ts shows each state at 320 px from left to right.
 */
const VIEWS: Record<Device, View[]> = {
  desktop: [
    { width: 1440, height: 800, direction: 'ltr', colorScheme: 'light' },
    { width: 1440, height: 800, direction: 'rtl', colorScheme: 'dark', rules: OF_DIRECTION_AND_COLOURS },
    { width: 820, height: 900, direction: 'ltr', colorScheme: 'light' },
  ],
  phone: [
    { width: 390, height: 844, direction: 'ltr', colorScheme: 'light' },
    { width: 320, height: 640, direction: 'rtl', colorScheme: 'dark', rules: OF_DIRECTION_AND_COLOURS },
  ],
};

/** A folder for a picture of each state, to be looked at. */
const pictures = process.env.STUDIO_USERS_PICTURES;

for (const device of ['desktop', 'phone'] as const) {
  test.describe(`on a ${device}`, () => {
    test.use({
      viewport: VIEWS[device][0],
      hasTouch: device === 'phone',
      // Nothing moves while it is looked at.
      contextOptions: { reducedMotion: 'reduce' },
    });

    for (const { name, as, reach } of STATES.filter(({ devices }) => devices.includes(device))) {
      test(name, async ({ page, backend, browser }) => {
        if (as) await signIn(page, as);
        const stage: Stage = { page, backend, browser, device, say: english };
        const shown = await reach(stage);
        await expect(shown).toBeVisible();
        const problems = new Map<string, string[]>();
        for (const { width, height, direction, colorScheme, rules } of VIEWS[device]) {
          const view = `${width} px, ${direction}, ${colorScheme}`;
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme });
          await write(page, direction);
          await settled(page);
          await expect(shown, view).toBeVisible();
          if (pictures) await page.screenshot({ path: join(pictures, `${name} ${view}.png`) });
          for (const problem of [...(await misfits(page)), ...(await violations(page, rules))]) {
            problems.set(problem, [...(problems.get(problem) ?? []), view]);
          }
        }
        expect(Object.fromEntries(problems)).toEqual({});
      });
    }
  });
}
