import type { Page as Tab } from 'playwright-core';
import type { Measure } from './measure.ts';
import { FIRST, interacting, rowsOf } from './rows.ts';

const ROW_HEIGHT = 48;
/** Shows whether the page gets so far, and warms up. */
const FIRST_JUMP = 850_000;

/** From the thumb being put down at row 900,000 of a million to the rows there. */
export const jump: Measure = {
  name: 'jump',
  title: 'jump to row 900,000',
  profile: 'full',
  sizes: [1_000_000],
  isShort: false,
  async run(browser, backend, page) {
    let cannot = '';
    const run = await interacting(browser, backend, page, 'jump', async (visit) => {
      const ids: string[] = [];
      const top = await FIRST(backend);
      const first = await rowsOf(backend, '', '-created_at', FIRST_JUMP + 1);
      const whole = backend.users * ROW_HEIGHT;
      if (
        !(await visit.comes('first', { rows: first }, () =>
          put(visit.tab, page.scroller, FIRST_JUMP * ROW_HEIGHT, whole, 'first'),
        ))
      ) {
        const height = await visit.tab.evaluate(
          (selector) => window.bench.find(selector)?.scrollHeight ?? 0,
          page.scroller,
        );
        const last = Math.floor(height / ROW_HEIGHT).toLocaleString('en');
        cannot = `no element is higher than ${height.toLocaleString('en')} px, which is where row ${last} is`;
        return [];
      }
      await visit.interact('up', 'click', { rows: top }, () => put(visit.tab, page.scroller, 0, whole, 'up'));
      for (const row of [900_000, 903_000, 906_000]) {
        const id = `row ${row}`;
        // The row on top may be hidden in part, as a px of the thumb is several of the rows.
        const rows = await rowsOf(backend, '', '-created_at', row + 1);
        await visit.interact(id, 'click', { rows }, () => put(visit.tab, page.scroller, row * ROW_HEIGHT, whole, id));
        ids.push(id);
        await visit.tab.waitForTimeout(100);
        await visit.interact(`up ${row}`, 'click', { rows: top }, () =>
          put(visit.tab, page.scroller, 0, whole, `up ${row}`),
        );
        await visit.tab.waitForTimeout(100);
      }
      return ids;
    });
    return cannot ? { ...run, cannot } : run;
  },
};

/** Puts the thumb where that offset among all rows is. */
async function put(tab: Tab, scroller: string, offset: number, whole: number, id: string): Promise<void> {
  await tab.evaluate(
    ([selector, offset, whole, id]) => {
      const element = window.bench.find(selector) as HTMLElement;
      const { clientHeight, scrollHeight } = element;
      performance.mark(`bench:input:${id}`);
      element.scrollTop = (offset / (whole - clientHeight)) * (scrollHeight - clientHeight);
    },
    [scroller, offset, whole, id] as const,
  );
}
