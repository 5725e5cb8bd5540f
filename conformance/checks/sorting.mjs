import { expectThat, skip } from '../support/expect.mjs';
import { fetchPage, label, MAX_LIMIT, retryOnce } from '../support/list.mjs';

/** @import { Status, UserRow } from '../support/schemas.d.ts' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const summary = 'the list is sorted as requested';

/** @type {Status[]} */
const STATUSES = ['active', 'invited', 'expired'];

/** @param {unknown} value */
const bytesOf = (value) => Buffer.from(String(value));

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const compareBytes = (one, other) => Buffer.compare(bytesOf(one), bytesOf(other));

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const compareNumbers = (one, other) => Number(one) - Number(other);

/**
 * A sort key.
 *
 * @typedef {object} Key
 * @property {(row: UserRow) => string | number | null | undefined} keyOf
 * @property {(one: unknown, other: unknown) => number} compare
 */

/**
 * The sort keys of rows. A value is undefined if the check cannot compare it: each backend may order letters beyond
 * ASCII in its own way, so texts with such letters are left out.
 *
 * @type {Record<string, Key>}
 */
const KEYS = {
  name: { keyOf: (row) => asciiFolded(row.name ?? row.email), compare: compareBytes },
  email: { keyOf: (row) => asciiFolded(row.email), compare: compareBytes },
  status: { keyOf: (row) => STATUSES.indexOf(row.status), compare: compareNumbers },
  last_active_at: {
    keyOf: (row) => (row.last_active_at ? Date.parse(row.last_active_at) : null),
    compare: compareNumbers,
  },
  created_at: { keyOf: (row) => Date.parse(row.created_at), compare: compareNumbers },
};

/** @param {string} text */
function asciiFolded(text) {
  return /^[\x20-\x7e]*$/.test(text) ? text.trim().toLowerCase() : undefined;
}

/** @param {Context} context */
export async function run(context) {
  const { report } = context;

  for (const [key, { keyOf, compare }] of Object.entries(KEYS)) {
    for (const { sort, sign } of [
      { sort: key, sign: 1 },
      { sort: `-${key}`, sign: -1 },
    ]) {
      await report.check(`sort=${sort} sorts the first and the last page`, () =>
        retryOnce(async () => {
          for (const { items, response } of await fetchFirstAndLastPage(context, { sort })) {
            const keyed = items.map((row) => ({ row, value: keyOf(row) })).filter(({ value }) => value !== undefined);
            for (let index = 1; index < keyed.length; index += 1) {
              const [before, after] = [keyed[index - 1], keyed[index]];
              if (!before || !after) continue;
              const pair = `${label(before.row)}: ${before.value}\n${label(after.row)}: ${after.value}`;
              if (before.value === null || after.value === null) {
                expectThat(after.value === null, 'rows without this time last', response, pair);
                continue;
              }
              const difference = sign * compare(before.value, after.value);
              expectThat(difference <= 0, `rows sorted by ${sort}, ignoring case, by bytes`, response, pair);
            }
          }
        }),
      );
    }
  }

  await report.check('Users with the same status are sorted by id, in both directions', () =>
    retryOnce(async () => {
      for (const sort of ['status', '-status']) {
        for (const { items, response } of await fetchFirstAndLastPage(context, { sort })) {
          for (let index = 1; index < items.length; index += 1) {
            const [before, after] = [items[index - 1], items[index]];
            if (!before || before.status !== after?.status) continue;
            expectThat(compareBytes(before.id, after.id) < 0, 'ties by id', response, `${before.id}\n${after.id}`);
          }
        }
      }
    }),
  );

  await report.check('The default order is by name', () =>
    retryOnce(async () => {
      const [byDefault, byName] = [await fetchPage(context, {}), await fetchPage(context, { sort: 'name' })];
      const ids = (/** @type {{ items: readonly UserRow[] }} */ { items }) => items.map((row) => row.id).join('\n');
      expectThat(ids(byDefault) === ids(byName), 'the same rows as with sort=name', byDefault.response);
    }),
  );

  await report.check('The descending order starts with another row', () =>
    retryOnce(async () => {
      const [ascending, descending] = [
        await fetchPage(context, { sort: 'email', limit: 1 }),
        await fetchPage(context, { sort: '-email', limit: 1 }),
      ];
      if (ascending.total.value < 2) skip('there is only one user');
      expectThat(ascending.items[0]?.id !== descending.items[0]?.id, 'another first row', descending.response);
    }),
  );
}

/**
 * Fetches the first page, and the last one if the total is exact.
 *
 * @param {Context} context
 * @param {Query} query
 */
async function fetchFirstAndLastPage(context, query) {
  const first = await fetchPage(context, { ...query, limit: MAX_LIMIT });
  const { value, exact } = first.total;
  if (!exact || value <= MAX_LIMIT) return [first];
  return [first, await fetchPage(context, { ...query, limit: MAX_LIMIT, offset: value - MAX_LIMIT })];
}
