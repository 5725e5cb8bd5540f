import type { Profile } from '../browser.ts';
import { type Measure, withSlowProcessor } from './measure.ts';
import { measureInteractions, rowsOf } from './rows.ts';

/** The clicks. No order is repeated, because some pages would show it from their cache. */
const CLICKS = [
  { header: 'created_at', order: 'created_at', isWarmUp: true },
  { header: 'name', order: 'name', isWarmUp: false },
  { header: 'name', order: '-name', isWarmUp: false },
  { header: 'status', order: 'status', isWarmUp: false },
  { header: 'status', order: '-status', isWarmUp: false },
] as const;

/** Measures from a click on a header to the sorted rows. */
function sorting(profile: Profile, name: string): Measure['run'] {
  return measureInteractions(
    name,
    async (visit) => {
      const { backend, page } = visit;
      for (const { header, order, isWarmUp } of CLICKS) {
        const rows = await rowsOf(backend, '', order, 0);
        await visit.interact(order, 'click', { rows }, () => visit.click(page.sortBy[header]));
        if (isWarmUp) await visit.tab.waitForTimeout(100);
      }
      return CLICKS.filter(({ isWarmUp }) => !isWarmUp).map(({ order }) => order);
    },
    profile,
  );
}

export const sort: Measure = {
  name: 'sort',
  title: 'click on a sort header to painted rows',
  profile: 'full',
  sizes: [1_000_000],
  isShort: true,
  run: sorting('full', 'sort'),
};

export const sortCpu = withSlowProcessor(sort, sorting);
