import { expectThat, Failure } from './expect.mjs';

/** @import { UserRow } from './schemas.d.ts' */
/** @import { Context, Query } from './types.d.ts' */

/** The most rows of one answer. */
export const MOST_ROWS = 200;

/**
 * Reads a window of the list that fits the contract.
 *
 * @param {Pick<Context, 'caller' | 'expect'>} context
 * @param {Query & { offset?: number }} query
 */
export async function readWindow({ caller, expect }, query) {
  const answer = await caller.get('/users', { query });
  const { total, items } = expect.json(answer, 'UserPage');
  const least = items.length > 0 ? (query.offset ?? 0) + items.length : 0;
  expectThat(total.value >= least, `a total of ${least} or more`, answer, JSON.stringify(total));
  return { total, items, answer };
}

/**
 * Makes a check once more before it fails: while it compared two answers, somebody may have changed something.
 *
 * @param {() => Promise<void>} run
 */
export async function twice(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await run();
  }
}

/** A text by which two of them can be compared whatever the backend takes for the same letter. */
export const folded = (/** @type {string} */ text) =>
  [...text.normalize('NFC')].map((letter) => letter.toLowerCase()).join('');

/** Who a row is about, for whoever reads of a failure. */
export const label = (/** @type {UserRow} */ row) => `${row.name ?? row.email} (${row.id})`;
