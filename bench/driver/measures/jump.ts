import { FIRST, interacting, rowsOf } from './rows.ts';
import type { Measure } from './measure.ts';

const ROW_HEIGHT = 48;

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
      const reach = await visit.tab.evaluate(([selector, whole]) => {
        const element = window.bench.find(selector) as HTMLElement;
        const { clientHeight, scrollHeight } = element;
        const inner = [...element.querySelectorAll('*')].map((child) => (child as HTMLElement).offsetHeight ?? 0);
        // An element that ought to be as high as all rows, and ends where the browser's end.
        return Math.max(...inner) > 30_000_000 && scrollHeight < whole - clientHeight ? scrollHeight : undefined;
      }, [page.scroller, backend.users * ROW_HEIGHT] as const);
      if (reach) {
        cannot = `ends at row ${Math.floor(reach / ROW_HEIGHT).toLocaleString('en')}: no element is higher than ${reach.toLocaleString('en')} px`;
        return [];
      }
      for (const row of [850_000, 900_000, 903_000, 906_000]) {
        const id = `row ${row}`;
        // The row on top may be hidden in part, as a px of the thumb is several of the rows.
        const rows = await rowsOf(backend, '', '-created_at', row + 1);
        await visit.interact(id, 'click', { rows }, () => put(visit.tab, page.scroller, row * ROW_HEIGHT, backend.users * ROW_HEIGHT, id));
        if (row >= 900_000) ids.push(id);
        await visit.tab.waitForTimeout(100);
        await visit.interact(`up ${row}`, 'click', { rows: top }, () => put(visit.tab, page.scroller, 0, backend.users * ROW_HEIGHT, `up ${row}`));
        await visit.tab.waitForTimeout(100);
      }
      return ids;
    });
    return cannot ? { ...run, cannot } : run;
  },
};

/** Puts the thumb where that offset among all rows is. */
async function put(tab: import('playwright-core').Page, scroller: string, offset: number, whole: number, id: string): Promise<void> {
  await tab.evaluate(([selector, offset, whole, id]) => {
    const element = window.bench.find(selector) as HTMLElement;
    const { clientHeight, scrollHeight } = element;
    performance.mark(`bench:input:${id}`);
    element.scrollTop = (offset / (whole - clientHeight)) * (scrollHeight - clientHeight);
  }, [scroller, offset, whole, id] as const);
}
