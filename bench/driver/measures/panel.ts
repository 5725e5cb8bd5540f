import { nameOf, type Row } from '../backend.ts';
import { Visit } from '../browser.ts';
import type { Measure } from './measure.ts';
import { FIRST, interacting } from './rows.ts';

const link = (index: number): string => `[aria-rowindex="${index + 2}"] a`;

/** Rows of the list that can be seen at once, of people about whom there is as much to say. */
async function people(visit: Visit): Promise<{ row: Row; index: number }[]> {
  const rows = await visit.backend.rows('', '-created_at', 0, 12);
  return rows.map((row, index) => ({ row, index })).filter(({ row }) => row.status === 'active');
}

/** From a click on a name to the panel with what only the user's own call tells. */
export const panel: Measure = {
  name: 'panel',
  title: 'open the side panel',
  profile: 'full',
  sizes: [100_000],
  isShort: true,
  run: (browser, backend, page) =>
    interacting(browser, backend, page, 'panel', async (visit) => {
      const ids: string[] = [];
      for (const { row, index } of (await people(visit)).slice(0, 5)) {
        const id = `open ${index}`;
        const texts = [nameOf(row), row.email, 'First seen'];
        await visit.interact(id, 'click', { there: page.panel, texts }, () => visit.click(link(index)));
        ids.push(id);
        await visit.tab.waitForTimeout(100);
        await visit.interact(`close ${index}`, 'keydown', { gone: page.panel }, () =>
          visit.tab.keyboard.press('Escape'),
        );
        await visit.tab.waitForTimeout(50);
      }
      return ids.slice(1);
    }),
};

const TIMES = 50;
/** After so many the WebAssembly memory grows no more. */
const GROWN = 10;

/** What opening and closing the panel leaves behind. */
export const memory: Measure = {
  name: 'memory',
  title: 'open and close the panel 50 times',
  profile: 'full',
  sizes: [10_000],
  isShort: false,
  rounds: 3,
  async run(browser, backend, page) {
    const visit = await Visit.begin(browser, backend, page, 'full', { rows: { rows: await FIRST(backend) } });
    const heap = async (): Promise<number> => {
      await visit.tab.waitForTimeout(200);
      for (let time = 0; time < 3; time += 1) await visit.devtools.send('HeapProfiler.collectGarbage');
      return (await visit.devtools.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    try {
      await visit.open();
      await visit.ready();
      const some = await people(visit);
      let [before, pages] = [0, 0];
      for (let time = 0; time < TIMES + 5; time += 1) {
        // The first few bring what stays: code, caches, what is kept of these users.
        if (time === 5) before = await heap();
        if (time === 5 + GROWN) pages = await visit.tab.evaluate(() => window.bench.wasmPages());
        const person = some[time % some.length];
        if (!person) throw new Error('The list has no user who joined.');
        const { row, index } = person;
        const texts = [nameOf(row), row.email, 'First seen'];
        await visit.interact(`open ${time}`, 'click', { there: page.panel, texts }, () => visit.click(link(index)));
        await visit.interact(`close ${time}`, 'keydown', { gone: page.panel }, () =>
          visit.tab.keyboard.press('Escape'),
        );
      }
      const after = await heap();
      const grown = (await visit.tab.evaluate(() => window.bench.wasmPages())) - pages;
      return {
        samples: {
          memory: [after - before],
          heap: [after],
          'wasm-pages': [grown],
          wasm: [((pages + grown) * 65_536) / 1e6],
        },
        latencies: {},
      };
    } finally {
      await visit.end();
    }
  },
};
