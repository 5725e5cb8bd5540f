import { nameOf } from '../backend.ts';
import { Visit } from '../browser.ts';
import type { Measure, Run } from './measure.ts';
import { firstRows } from './rows.ts';

const SEARCH_FIELD = 'input[type="search"]';

/** Measures from the navigation to the search field and to the first rows, with the bytes and requests until then. */
export const load: Measure = {
  name: 'load',
  title: 'first rows, ready for typing, bytes',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  async run(browser, backend, page): Promise<Run> {
    const rows = await firstRows(backend);
    const visit = await Visit.create(browser, backend, page, 'slow', {
      rows: { rows },
      field: { present: SEARCH_FIELD },
    });
    try {
      await visit.recordRequests();
      await visit.startTrace();
      await visit.open();
      await visit.waitUntilPainted('rows');
      const trace = await visit.stopTrace();
      const [latency, field, time] = [trace.load('rows'), trace.load('field'), trace.time('rows')];
      const requests = [...visit.requests.values()].filter(({ sentAt }) => sentAt < time);
      const finished = requests.filter(({ finishedAt }) => finishedAt <= time);
      const isData = ({ url }: { url: string }): boolean => url.includes('/api/');
      const kilobytes = (list: typeof finished): number => list.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
      return {
        samples: {
          'first-rows': [latency.total],
          typing: [field.total],
          bytes: [kilobytes(finished.filter((request) => !isData(request)))],
          'bytes-data': [kilobytes(finished.filter(isData))],
          requests: [requests.length],
        },
        latencies: { 'first-rows': [latency], typing: [field] },
      };
    } finally {
      await visit.close();
    }
  },
};

/** Measures when text that is typed as soon as the search field exists is found, and checks that it is kept. */
export const typing: Measure = {
  name: 'typing',
  title: 'typing at once',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  rounds: 3,
  async run(browser, backend, page): Promise<Run> {
    const letter = 'z';
    const result = await backend.rows(letter, '-created_at', 0, 8);
    const expectation = { rows: result.map((row, index) => [index, nameOf(row)] as const) };
    const visit = await Visit.create(browser, backend, page, 'slow', { field: { present: SEARCH_FIELD } });
    try {
      await visit.startTrace();
      await visit.open();
      await visit.waitFor('field');
      await visit.tab.evaluate(
        ([field, expectation]) => {
          (window.bench.find(field) as HTMLElement).focus();
          window.bench.expect('found', expectation, 'keydown');
        },
        [SEARCH_FIELD, expectation] as const,
      );
      await visit.tab.keyboard.press(letter);
      // The page has to keep the letter, which is typed before the rows exist, and to show its result.
      await visit.waitUntilPainted('found');
      const value = await visit.tab.evaluate(
        (field) => (window.bench.find(field) as HTMLInputElement).value,
        SEARCH_FIELD,
      );
      const trace = await visit.stopTrace();
      if (value !== letter) return { samples: {}, latencies: {}, unsupported: `loses text typed at once ("${value}")` };
      return { samples: { 'typing-found': [trace.load('found').total] }, latencies: {} };
    } finally {
      await visit.close();
    }
  },
};
