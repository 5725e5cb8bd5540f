import type { Page as Tab } from 'playwright-core';
import type { Profile } from '../browser.ts';
import { type Measure, withSlowProcessor } from './measure.ts';
import { firstRows, measureInteractions, rowsOf } from './rows.ts';

const ROW_HEIGHT = 48;
/** The first jump checks that the page can scroll this far, and warms up. */
const FIRST_JUMP = 850_000;

/** Measures from setting the scroll thumb at row 900,000 of a million to the painted rows. */
function jumping(profile: Profile, name: string): Measure['run'] {
  return measureInteractions(
    name,
    async (visit) => {
      const { backend, page } = visit;
      const ids: string[] = [];
      const top = await firstRows(backend);
      const target = await rowsOf(backend, '', '-created_at', FIRST_JUMP + 1);
      const totalHeight = backend.users * ROW_HEIGHT;
      if (
        !(await visit.tryInteraction('first', { rows: target }, () =>
          scrollTo(visit.tab, page.scroller, FIRST_JUMP * ROW_HEIGHT, totalHeight, 'first'),
        ))
      ) {
        const height = await visit.tab.evaluate(
          (selector) => window.bench.find(selector)?.scrollHeight ?? 0,
          page.scroller,
        );
        const last = Math.floor(height / ROW_HEIGHT).toLocaleString('en');
        return {
          unsupported: `no element is higher than ${height.toLocaleString('en')} px, which is where row ${last} is`,
        };
      }
      await visit.interact('up', 'click', { rows: top }, () =>
        scrollTo(visit.tab, page.scroller, 0, totalHeight, 'up'),
      );
      for (const row of [900_000, 903_000, 906_000]) {
        const id = `row ${row}`;
        // The top row may be partly hidden, because one px of the thumb covers several px of the rows.
        const rows = await rowsOf(backend, '', '-created_at', row + 1);
        await visit.interact(id, 'click', { rows }, () =>
          scrollTo(visit.tab, page.scroller, row * ROW_HEIGHT, totalHeight, id),
        );
        ids.push(id);
        await visit.tab.waitForTimeout(100);
        await visit.interact(`up ${row}`, 'click', { rows: top }, () =>
          scrollTo(visit.tab, page.scroller, 0, totalHeight, `up ${row}`),
        );
        await visit.tab.waitForTimeout(100);
      }
      return ids;
    },
    profile,
  );
}

export const jump: Measure = {
  name: 'jump',
  title: 'jump to row 900,000',
  profile: 'full',
  sizes: [1_000_000],
  isShort: false,
  run: jumping('full', 'jump'),
};

export const jumpCpu: Measure = { ...withSlowProcessor(jump, jumping), sizes: jump.sizes };

/** Sets the scroll position in proportion to an offset in the total height, as dragging the thumb does. */
async function scrollTo(tab: Tab, scroller: string, offset: number, totalHeight: number, id: string): Promise<void> {
  await tab.evaluate(
    ([selector, offset, totalHeight, id]) => {
      const element = window.bench.find(selector) as HTMLElement;
      const { clientHeight, scrollHeight } = element;
      performance.mark(`bench:input:${id}`);
      element.scrollTop = (offset / (totalHeight - clientHeight)) * (scrollHeight - clientHeight);
    },
    [scroller, offset, totalHeight, id] as const,
  );
}
