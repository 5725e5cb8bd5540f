import { nameOf } from '../backend.ts';
import { Visit } from '../browser.ts';
import type { Measure, Run } from './measure.ts';
import { FIRST } from './rows.ts';

const FIELD = 'input[type="search"]';

/** From the navigation to the search that can be typed into and to the first rows, with what had to be fetched for them. */
export const load: Measure = {
  name: 'load',
  title: 'first rows, ready for typing, bytes',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  async run(browser, backend, page): Promise<Run> {
    const rows = await FIRST(backend);
    const visit = await Visit.begin(browser, backend, page, 'slow', { rows: { rows }, field: { there: FIELD } });
    try {
      await visit.listen();
      await visit.trace();
      await visit.open();
      await visit.done('rows');
      const trace = await visit.traced();
      const [latency, field, at] = [trace.load('rows'), trace.load('field'), trace.time('rows')];
      const calls = [...visit.calls.values()].filter(({ sent }) => sent < at);
      const came = calls.filter(({ came }) => came <= at);
      const isData = ({ url }: { url: string }): boolean => url.includes('/api/');
      const sum = (of: typeof came): number => of.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
      return {
        samples: {
          'first-rows': [latency.total],
          typing: [field.total],
          bytes: [sum(came.filter((call) => !isData(call)))],
          'bytes-data': [sum(came.filter(isData))],
          requests: [calls.length],
        },
        latencies: { 'first-rows': [latency], typing: [field] },
      };
    } finally {
      await visit.end();
    }
  },
};

/** Whether what is typed as soon as the search is there is kept, and when it is found. */
export const typing: Measure = {
  name: 'typing',
  title: 'typing at once',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  rounds: 3,
  async run(browser, backend, page): Promise<Run> {
    const letter = 'z';
    const found = await backend.rows(letter, '-created_at', 0, 8);
    const wanted = { rows: found.map((row, index) => [index, nameOf(row)] as const) };
    const visit = await Visit.begin(browser, backend, page, 'slow', { field: { there: FIELD } });
    try {
      await visit.trace();
      await visit.open();
      await visit.came('field');
      await visit.tab.evaluate(
        ([field, wanted]) => {
          (window.bench.find(field) as HTMLElement).focus();
          window.bench.arm('found', wanted, 'keydown');
        },
        [FIELD, wanted] as const,
      );
      await visit.tab.keyboard.press(letter);
      // What is typed before the rows are there is kept, and what is found by it is shown.
      await visit.done('found');
      const kept = await visit.tab.evaluate((field) => (window.bench.find(field) as HTMLInputElement).value, FIELD);
      const trace = await visit.traced();
      if (kept !== letter) return { samples: {}, latencies: {}, cannot: `what was typed at once is lost ("${kept}")` };
      return { samples: { 'typing-found': [trace.load('found').total] }, latencies: {} };
    } finally {
      await visit.end();
    }
  },
};
