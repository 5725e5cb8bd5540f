import { type Backend, nameOf, type Row } from '../backend.ts';
import { type Profile, Visit } from '../browser.ts';
import type { Measure, Run } from './measure.ts';

/** The number of rows to check in order to recognise the right result. */
const CHECKED_ROWS = 8;

/** Rows as pairs of index and name. */
export type ExpectedRows = readonly (readonly [number, string])[];

const toExpected = (rows: Row[], from: number): ExpectedRows =>
  rows.map((row, index) => [from + index, nameOf(row)] as const);

/** Fetches the first rows of the list from the backend. */
export const firstRows = (backend: Backend): Promise<ExpectedRows> => rowsOf(backend, '', '-created_at', 0);

export async function rowsOf(backend: Backend, search: string, sort: string, from: number): Promise<ExpectedRows> {
  return toExpected(await backend.rows(search, sort, from, CHECKED_ROWS), from);
}

/** Performs interactions. Returns their ids, or why the page does not support them. */
type Act = (visit: Visit) => Promise<string[] | { unsupported: string }>;

/** Opens a page, waits until it is interactive, and performs interactions while the browser records a trace. */
export function measureInteractions(measure: string, act: Act, profile: Profile = 'full'): Measure['run'] {
  return async (browser, backend, page) => {
    const rows = await firstRows(backend);
    const visit = await Visit.create(browser, backend, page, profile, { rows: { rows } });
    try {
      await visit.open();
      await visit.waitUntilInteractive();
      // Gives the page time to finish its prefetches.
      await visit.tab.waitForTimeout(profile === 'slow' ? 1_500 : 300);
      await visit.startTrace();
      const result = await act(visit);
      const trace = await visit.stopTrace();
      const ids = Array.isArray(result) ? result : [];
      const latencies = ids.map((id) => trace.interaction(id));
      const run: Run = {
        samples: { [measure]: latencies.map(({ total }) => total) },
        latencies: { [measure]: latencies },
      };
      return Array.isArray(result) ? run : { ...run, ...result };
    } finally {
      await visit.close();
    }
  };
}
