import { Visit } from '../browser.ts';
import type { Measure, Run } from './measure.ts';
import { firstRows, rowsOf } from './rows.ts';

const SEARCH_FIELD = 'input[type="search"]';
/** The text to search for. Each letter changes the result. */
const TEXT = 'kui';

/** Measures a search that is typed 300 ms after the navigation, or as soon as the search field exists. */
export const earlySearch: Measure = {
  name: 'early-search',
  title: 'a search typed at 300 ms',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  async run(browser, backend, page): Promise<Run> {
    const found = { rows: await rowsOf(backend, TEXT, '-created_at', 0) };
    const visit = await Visit.create(browser, backend, page, 'slow', { field: { present: SEARCH_FIELD }, found });
    try {
      await visit.startTrace();
      await visit.open();
      await visit.waitFor('field');
      await visit.waitUntil(300);
      await visit.tab.evaluate((field) => (window.bench.find(field) as HTMLElement).focus(), SEARCH_FIELD);
      await visit.tab.keyboard.type(TEXT);
      await visit.waitUntilPainted('found');
      const latency = (await visit.stopTrace()).load('found');
      return { samples: { 'early-search': [latency.total] }, latencies: { 'early-search': [latency] } };
    } finally {
      await visit.close();
    }
  },
};

/** Measures a click on a sort header 500 ms after the navigation, or as soon as the header exists. */
export const earlySort: Measure = {
  name: 'early-sort',
  title: 'a sort clicked at 500 ms',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  async run(browser, backend, page): Promise<Run> {
    const found = { rows: await rowsOf(backend, '', 'name', 0) };
    const header = { present: page.sortBy.name };
    const visit = await Visit.create(browser, backend, page, 'slow', { header, found });
    try {
      await visit.startTrace();
      await visit.open();
      await visit.waitFor('header');
      await visit.waitUntil(500);
      await visit.click(page.sortBy.name);
      await visit.waitUntilPainted('found');
      const latency = (await visit.stopTrace()).load('found');
      return { samples: { 'early-sort': [latency.total] }, latencies: { 'early-sort': [latency] } };
    } finally {
      await visit.close();
    }
  },
};

/** Measures the second visit, when the browser has the files of the page in its cache. */
export const revisit: Measure = {
  name: 'revisit',
  title: 'a second visit',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  async run(browser, backend, page): Promise<Run> {
    const visit = await Visit.create(browser, backend, page, 'slow', { rows: { rows: await firstRows(backend) } });
    try {
      await visit.open();
      await visit.waitUntilInteractive();
      // Gives the page time to load the code that it needs later.
      await visit.tab.waitForTimeout(4_000);
      await visit.startTrace();
      await visit.open();
      await visit.waitUntilPainted('rows');
      const latency = (await visit.stopTrace()).load('rows');
      return { samples: { revisit: [latency.total] }, latencies: { revisit: [latency] } };
    } finally {
      await visit.close();
    }
  },
};

/** Measures the first rows and a search with WebAssembly switched off. */
export const withoutWebAssembly: Measure = {
  name: 'without-wasm',
  title: 'WebAssembly switched off',
  profile: 'slow',
  sizes: [10_000],
  isShort: true,
  rounds: 5,
  async run(browser, backend, page): Promise<Run> {
    const [rows, found] = [await firstRows(backend), await rowsOf(backend, TEXT, '-created_at', 0)];
    const visit = await Visit.create(browser, backend, page, 'slow', { rows: { rows } });
    try {
      await visit.removeWebAssembly();
      await visit.startTrace();
      await visit.open();
      await visit.waitUntilPainted('rows');
      await visit.click(page.search);
      await visit.interact('found', 'keydown', { rows: found }, () => visit.tab.keyboard.type(TEXT));
      const trace = await visit.stopTrace();
      const [first, search] = [trace.load('rows'), trace.interaction('found')];
      return {
        samples: { 'without-wasm': [first.total], 'without-wasm-search': [search.total] },
        latencies: { 'without-wasm': [first], 'without-wasm-search': [search] },
      };
    } finally {
      await visit.close();
    }
  },
};
