import type { Measure } from './measure.ts';
import { FIRST, interacting } from './rows.ts';

/** From a click on the box that selects all to the rows shown as selected. */
export const select: Measure = {
  name: 'select',
  title: 'select all',
  profile: 'full',
  sizes: [1_000_000],
  isShort: true,
  run: (browser, backend, page) =>
    interacting(browser, backend, page, 'select', async (visit) => {
      const ids: string[] = [];
      const rows = await FIRST(backend);
      for (let time = 0; time < 4; time += 1) {
        const id = `all ${time}`;
        await visit.interact(id, 'click', { rows, checked: true }, () => visit.click(page.selectAll));
        if (time > 0) ids.push(id);
        await visit.interact(`none ${time}`, 'click', { rows, checked: false }, () => visit.click(page.selectAll));
      }
      return ids;
    }),
};
