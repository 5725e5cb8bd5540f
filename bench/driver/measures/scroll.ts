import { Visit } from '../browser.ts';
import type { Measure, Samples } from './measure.ts';
import { FIRST } from './rows.ts';

const ROW_HEIGHT = 48;
/** In rows a second. */
const SPEED = 100;
const ROWS = 120;

/** Scrolls down through rows that have not come, and up again through those that have. */
export const scroll: Measure = {
  name: 'scroll',
  title: 'scroll',
  profile: 'full',
  sizes: [100_000],
  isShort: true,
  async run(browser, backend, page) {
    const visit = await Visit.begin(browser, backend, page, 'full', { rows: { rows: await FIRST(backend) } });
    try {
      await visit.open();
      await visit.ready();
      await visit.tab.waitForTimeout(300);
      const { x, y } = await visit.middle(page.scroller);
      const samples: Samples = {};
      for (const [name, direction] of [
        ['new', -1],
        ['cached', 1],
      ] as const) {
        await visit.trace(true);
        await visit.tab.evaluate(
          ([selector, height, name]) => {
            window.bench.scrolling(selector, height);
            performance.mark(`from ${name}`);
          },
          [page.scroller, ROW_HEIGHT, name] as const,
        );
        await visit.devtools.send('Input.synthesizeScrollGesture', {
          x,
          y,
          yDistance: direction * ROWS * ROW_HEIGHT,
          speed: SPEED * ROW_HEIGHT,
          gestureSourceType: 'mouse',
        });
        await visit.tab.evaluate((name) => performance.mark(`to ${name}`), name);
        const { presented, dropped, busy } = (await visit.traced()).frames(`from ${name}`, `to ${name}`);
        const { frames, blank, ahead } = await visit.tab.evaluate(() => window.bench.seen());
        samples[`dropped-${name}`] = [(dropped / Math.max(1, presented + dropped)) * 100];
        samples[`blank-${name}`] = [(blank / Math.max(1, frames)) * 100];
        samples[`ahead-${name}`] = [(ahead / Math.max(1, frames)) * 100];
        samples[`scroll-busy-${name}`] = [busy / Math.max(1, frames)];
        await visit.settle();
      }
      return { samples, latencies: {} };
    } finally {
      await visit.end();
    }
  },
};
