import type { Profile } from '../browser.ts';
import { type Measure, withSlowProcessor } from './measure.ts';
import { firstRows, measureInteractions } from './rows.ts';

/** Measures from a click on the "select all" checkbox to the rows painted as selected. */
function selecting(profile: Profile, name: string): Measure['run'] {
  return measureInteractions(
    name,
    async (visit) => {
      const { backend, page } = visit;
      const ids: string[] = [];
      const rows = await firstRows(backend);
      for (let run = 0; run < 4; run += 1) {
        const id = `all ${run}`;
        await visit.interact(id, 'click', { rows, checked: true }, () => visit.click(page.selectAll));
        if (run > 0) ids.push(id);
        await visit.interact(`none ${run}`, 'click', { rows, checked: false }, () => visit.click(page.selectAll));
      }
      return ids;
    },
    profile,
  );
}

export const select: Measure = {
  name: 'select',
  title: 'select all',
  profile: 'full',
  sizes: [1_000_000],
  isShort: true,
  run: selecting('full', 'select'),
};

export const selectCpu = withSlowProcessor(select, selecting);
