import type { Browser } from 'playwright-core';
import { type Backend, nameOf, type Row } from '../backend.ts';
import { type Profile, Visit } from '../browser.ts';
import type { Page } from '../pages/index.ts';
import type { Run } from './measure.ts';

/** So many rows say that the right ones are shown. */
const SHOWN = 8;

/** Rows by their index, with the names that stand in them. */
export type Expected = readonly (readonly [number, string])[];

const expected = (rows: Row[], from: number): Expected => rows.map((row, at) => [from + at, nameOf(row)] as const);

/** The rows that stand first, by the backend's own answer. */
export const FIRST = (backend: Backend): Promise<Expected> => rowsOf(backend, '', '-created_at', 0);

export async function rowsOf(backend: Backend, search: string, sort: string, from: number): Promise<Expected> {
  return expected(await backend.rows(search, sort, from, SHOWN), from);
}

/** Opens a page at full speed, waits for its first rows, and does something with it while the browser is traced. */
export async function interacting(
  browser: Browser,
  backend: Backend,
  page: Page,
  measure: string,
  act: (visit: Visit) => Promise<string[]>,
  profile: Profile = 'full',
): Promise<Run> {
  const rows = await FIRST(backend);
  const visit = await Visit.begin(browser, backend, page, profile, { rows: { rows } });
  try {
    await visit.open();
    await visit.ready();
    // Whatever the page fetches ahead has come.
    await visit.tab.waitForTimeout(profile === 'slow' ? 1_500 : 300);
    await visit.trace();
    const ids = await act(visit);
    const trace = await visit.traced();
    const latencies = ids.map((id) => trace.interaction(id));
    return { samples: { [measure]: latencies.map(({ total }) => total) }, latencies: { [measure]: latencies } };
  } finally {
    await visit.end();
  }
}
