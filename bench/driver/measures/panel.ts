import { nameOf, type Row } from '../backend.ts';
import { type Profile, Visit } from '../browser.ts';
import { type Measure, withSlowProcessor } from './measure.ts';
import { firstRows, measureInteractions } from './rows.ts';

const link = (index: number): string => `[aria-rowindex="${index + 2}"] a`;

/** Returns visible rows of active users, whose panels have the same content. */
async function activeRows(visit: Visit): Promise<{ row: Row; index: number }[]> {
  const rows = await visit.backend.rows('', '-created_at', 0, 12);
  return rows.map((row, index) => ({ row, index })).filter(({ row }) => row.status === 'active');
}

/** A text that only the response to the user's own request has. */
const DETAIL = 'First active';

/** Measures from a click on a name to the panel with the name and the address, and the other expected texts. */
function opening(profile: Profile, name: string, details = [DETAIL]): Measure['run'] {
  return measureInteractions(
    name,
    async (visit) => {
      const { page } = visit;
      const ids: string[] = [];
      for (const { row, index } of (await activeRows(visit)).slice(0, 5)) {
        const id = `open ${index}`;
        const texts = [nameOf(row), row.email, ...details];
        await visit.interact(id, 'click', { present: page.panel, texts }, () => visit.click(link(index)));
        ids.push(id);
        await visit.tab.waitForTimeout(100);
        await visit.interact(`close ${index}`, 'keydown', { absent: page.panel }, () =>
          visit.tab.keyboard.press('Escape'),
        );
        await visit.tab.waitForTimeout(50);
      }
      return ids.slice(1);
    },
    profile,
  );
}

export const panel: Measure = {
  name: 'panel',
  title: 'open the side panel',
  profile: 'full',
  sizes: [100_000],
  isShort: true,
  run: opening('full', 'panel'),
};

export const panelCpu = withSlowProcessor(panel, opening);

/** All pages open the panel with what the row knows, and add the rest when the response arrives. */
export const panelRow: Measure = {
  ...panel,
  name: 'panel-row',
  title: 'the side panel with what the row knows',
  run: opening('full', 'panel-row', []),
};

export const panelRowCpu = withSlowProcessor(panelRow, (profile, name) => opening(profile, name, []));

const TIMES = 50;
/** The number of warm-up runs for WebAssembly memory. It must not grow afterwards. */
const WASM_WARM_UPS = 10;

/** Measures the memory that opening and closing the panel leaves behind. */
export const memory: Measure = {
  name: 'memory',
  title: 'open and close the panel 50 times',
  profile: 'full',
  sizes: [10_000],
  isShort: false,
  rounds: 3,
  async run(browser, backend, page) {
    const visit = await Visit.create(browser, backend, page, 'full', { rows: { rows: await firstRows(backend) } });
    const heap = async (): Promise<number> => {
      await visit.tab.waitForTimeout(200);
      for (let run = 0; run < 3; run += 1) await visit.devtools.send('HeapProfiler.collectGarbage');
      return (await visit.devtools.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    try {
      await visit.open();
      await visit.waitUntilInteractive();
      const rows = await activeRows(visit);
      let [before, pages] = [0, 0];
      for (let run = 0; run < TIMES + 5; run += 1) {
        // The first five runs load code and fill caches, which stay.
        if (run === 5) before = await heap();
        if (run === 5 + WASM_WARM_UPS) pages = await visit.tab.evaluate(() => window.bench.wasmPages());
        const entry = rows[run % rows.length];
        if (!entry) throw new Error('The list has no active user.');
        const { row, index } = entry;
        const texts = [nameOf(row), row.email, DETAIL];
        await visit.interact(`open ${run}`, 'click', { present: page.panel, texts }, () => visit.click(link(index)));
        await visit.interact(`close ${run}`, 'keydown', { absent: page.panel }, () =>
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
      await visit.close();
    }
  },
};
