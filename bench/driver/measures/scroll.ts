import { type Profile, Visit } from '../browser.ts';
import { type Measure, type Samples, withSlowProcessor } from './measure.ts';
import { firstRows } from './rows.ts';

const ROW_HEIGHT = 48;
/** Rows per second. */
const SPEED = 100;
const ROWS = 120;

/** Scrolls down through rows that are not loaded yet, and back up through cached rows. */
function scrolling(profile: Profile, suffix: string): Measure['run'] {
  return async (browser, backend, page) => {
    const visit = await Visit.create(browser, backend, page, profile, { rows: { rows: await firstRows(backend) } });
    try {
      await visit.open();
      await visit.waitUntilInteractive();
      await visit.tab.waitForTimeout(300);
      const { x, y } = await visit.centerOf(page.scroller);
      const samples: Samples = {};
      for (const [name, direction] of [
        ['new', -1],
        ['cached', 1],
      ] as const) {
        await visit.startTrace(true);
        await visit.tab.evaluate(
          ([selector, height, name]) => {
            window.bench.trackScrolling(selector, height);
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
        const { presented, dropped, busy } = (await visit.stopTrace()).frames(`from ${name}`, `to ${name}`);
        const { frames, blank, ahead } = await visit.tab.evaluate(() => window.bench.scrollStats());
        samples[`dropped-${name}${suffix}`] = [(dropped / Math.max(1, presented + dropped)) * 100];
        samples[`blank-${name}${suffix}`] = [(blank / Math.max(1, frames)) * 100];
        samples[`ahead-${name}${suffix}`] = [(ahead / Math.max(1, frames)) * 100];
        samples[`scroll-busy-${name}${suffix}`] = [busy / Math.max(1, frames)];
        await visit.waitForIdle();
      }
      return { samples, latencies: {} };
    } finally {
      await visit.close();
    }
  };
}

export const scroll: Measure = {
  name: 'scroll',
  title: 'scroll',
  profile: 'full',
  sizes: [100_000],
  isShort: true,
  run: scrolling('full', ''),
};

export const scrollCpu = withSlowProcessor(scroll, (profile) => scrolling(profile, '-cpu'));
