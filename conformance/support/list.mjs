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

/** The letters that Unicode does not decompose into a letter and an accent. */
const PLAIN = { ß: 'ss', æ: 'ae', ð: 'd', ø: 'o', þ: 'th', đ: 'd', ħ: 'h', ı: 'i', ł: 'l', œ: 'oe', ŧ: 't' };

/**
 * Removes the case, the accents and the typography of a text. Texts that any backend may consider equal fold to the same
 * text.
 */
export const fold = (/** @type {string} */ text) =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[ßæðøþđħıłœŧ]/g, (letter) => PLAIN[/** @type {keyof typeof PLAIN} */ (letter)])
    .replaceAll('ς', 'σ')
    .replace(/[\p{Pi}\p{Pf}\p{Sk}\p{Lm}′]/gu, "'")
    .replace(/[\p{Pd}−]/gu, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** Returns the name and id of a user, for failure messages. */
export const label = (/** @type {UserRow} */ row) => `${row.name ?? row.email} (${row.id})`;
