import { expectThat, Failure } from './expect.mjs';

/** @import { UserRow } from './schemas.d.ts' */
/** @import { Context, Query } from './types.d.ts' */

/** The maximum page size of the API, in rows. */
export const MAX_LIMIT = 200;

/**
 * Fetches a page of the users list and validates it.
 *
 * @param {Pick<Context, 'client' | 'expect'>} context
 * @param {Query & { offset?: number }} query
 */
export async function fetchPage({ client, expect }, query) {
  const response = await client.get('/users', { query });
  const { total, items } = expect.json(response, 'UserPage');
  const least = items.length > 0 ? (query.offset ?? 0) + items.length : 0;
  expectThat(total.value >= least, `a total of ${least} or more`, response, JSON.stringify(total));
  return { total, items, response };
}

/**
 * Runs a check again before it fails, because another user may have changed something between two requests.
 *
 * @param {() => Promise<void>} run
 */
export async function retryOnce(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await run();
  }
}

/** Folds the case of a text. Texts that any backend may consider equal fold to the same text. */
export const foldCase = (/** @type {string} */ text) =>
  [...text.normalize('NFC')].map((letter) => letter.toLowerCase()).join('');

/** Returns the name and id of a user, for failure messages. */
export const label = (/** @type {UserRow} */ row) => `${row.name ?? row.email} (${row.id})`;
