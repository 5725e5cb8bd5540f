import { expect, test } from '@playwright/test';
import { TESTED_ENGINES } from './driver/launch.ts';
import { closeTo, readSnapshot } from './snapshot.ts';

/** The states that the flows record. */
const STATES = [
  'sign-in page',
  'list',
  'list at 1180 px',
  'sorted by name',
  'details',
  'access',
  'audit log',
  'invite dialog',
  'impersonation',
  'embedded',
  'phone',
  'panel on a phone',
];

for (const engine of TESTED_ENGINES.filter((engine) => engine !== 'chromium')) {
  test(`${engine} lays out and names what Chromium does`, async () => {
    for (const state of STATES) {
      const [expected, actual] = await Promise.all([readSnapshot('chromium', state), readSnapshot(engine, state)]);
      if (!expected || !actual) throw new Error(`the flows did not record the state “${state}” in both engines`);
      // The columns share the width that a scrollbar leaves.
      const tolerance = 1 + Math.abs(expected.scrollbar - actual.scrollbar);
      const near = (boxes: typeof expected.row) => boxes.map((box) => closeTo(box, tolerance));
      expect.soft(actual.header, `${state}: the header`).toEqual(near(expected.header));
      expect.soft(actual.row, `${state}: the first row`).toEqual(near(expected.row));
      expect.soft(actual.focusOrder, `${state}: the focus order`).toEqual(expected.focusOrder);
      expect.soft(actual.names, `${state}: the names`).toEqual(expected.names);
    }
  });
}
