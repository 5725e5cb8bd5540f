import { join } from 'node:path';
import { preventPrerendering } from '../support/prerendered.ts';
import { axeViolations, findOverflows, setDirection, waitForRendering } from '../support/rendering.ts';
import { STATES } from '../support/states/index.ts';
import { expect, test } from '../support/test.ts';
import { type Device, english, type StateContext, signIn } from '../support/ui-state.ts';

/** A window size, writing direction and colour scheme. */
interface View {
  width: number;
  height: number;
  direction: 'ltr' | 'rtl';
  colorScheme: 'light' | 'dark';
  /** The axe rules to check. By default all rules are checked. */
  rules?: readonly string[];
}

/** The axe rules that depend on the direction and the colour scheme. */
const LAYOUT_AND_COLOUR_RULES = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

/**
 * The views of each device. A state is opened once and then checked in each view. The views cover every pair of size
 * and direction, and of size and colours. pseudo.spec.ts checks each state at 320 px from left to right.
 */
const VIEWS: Record<Device, View[]> = {
  desktop: [
    { width: 1440, height: 800, direction: 'ltr', colorScheme: 'light' },
    { width: 1440, height: 800, direction: 'rtl', colorScheme: 'dark', rules: LAYOUT_AND_COLOUR_RULES },
    { width: 820, height: 900, direction: 'ltr', colorScheme: 'light' },
  ],
  phone: [
    { width: 390, height: 844, direction: 'ltr', colorScheme: 'light' },
    { width: 320, height: 640, direction: 'rtl', colorScheme: 'dark', rules: LAYOUT_AND_COLOUR_RULES },
  ],
};

/** The folder for a screenshot of each state in each view, for review by eye. */
const screenshotFolder = process.env.STUDIO_USERS_SCREENSHOTS;

for (const device of ['desktop', 'phone'] as const) {
  test.describe(`on a ${device}`, () => {
    test.use({
      viewport: VIEWS[device][0],
      hasTouch: device === 'phone',
      // Nothing moves while a state is checked.
      contextOptions: { reducedMotion: 'reduce' },
    });

    for (const { name, as, open } of STATES.filter(({ devices }) => devices.includes(device))) {
      test(name, async ({ page, backend, browser }) => {
        // A state may change the responses, and embedded responses are not requested.
        await preventPrerendering(page);
        if (as) await signIn(page, as);
        const context: StateContext = { page, backend, browser, device, t: english };
        const element = await open(context);
        await expect(element).toBeVisible();
        const problems = new Map<string, string[]>();
        for (const { width, height, direction, colorScheme, rules } of VIEWS[device]) {
          const view = `${width} px, ${direction}, ${colorScheme}`;
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme });
          await setDirection(page, direction);
          await waitForRendering(page);
          await expect(element, view).toBeVisible();
          if (screenshotFolder) await page.screenshot({ path: join(screenshotFolder, `${name} ${view}.png`) });
          const violations = await axeViolations(page, { rules, ignoresCovered: true });
          for (const problem of [...(await findOverflows(page)), ...violations]) {
            problems.set(problem, [...(problems.get(problem) ?? []), view]);
          }
        }
        expect(Object.fromEntries(problems)).toEqual({});
      });
    }
  });
}
