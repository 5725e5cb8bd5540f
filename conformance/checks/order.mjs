import { expectThat, skip } from '../support/expect.mjs';
import { label, MOST_ROWS, readWindow, twice } from '../support/list.mjs';

/** @import { Status, UserRow } from '../support/schemas.d.ts' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const what = 'the list is in the order that was asked for';

/** @type {Status[]} */
const STATUSES = ['active', 'invited', 'expired'];

/** @param {unknown} value */
const bytesOf = (value) => Buffer.from(String(value));

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const bytes = (one, other) => Buffer.compare(bytesOf(one), bytesOf(other));

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const number = (one, other) => Number(one) - Number(other);

/**
 * An order of rows.
 *
 * @typedef {object} Key
 * @property {(row: UserRow) => string | number | null | undefined} of
 * @property {(one: unknown, other: unknown) => number} compare
 */

/**
 * By what rows are ordered, as far as they show it: undefined where they do not. How letters beyond ASCII are ordered is
 * each backend's own, so that of names with such letters nothing is said.
 *
 * @type {Record<string, Key>}
 */
const KEYS = {
  name: { of: (row) => plain(row.name ?? row.email), compare: bytes },
  email: { of: (row) => plain(row.email), compare: bytes },
  status: { of: (row) => STATUSES.indexOf(row.status), compare: number },
  last_active_at: { of: (row) => (row.last_active_at ? Date.parse(row.last_active_at) : null), compare: number },
  created_at: { of: (row) => Date.parse(row.created_at), compare: number },
};

/** @param {string} text */
function plain(text) {
  return /^[\x20-\x7e]*$/.test(text) ? text.trim().toLowerCase() : undefined;
}

/** @param {Context} context */
export async function run(context) {
  const { report } = context;

  for (const [key, { of, compare }] of Object.entries(KEYS)) {
    for (const { sort, sign } of [
      { sort: key, sign: 1 },
      { sort: `-${key}`, sign: -1 },
    ]) {
      await report.check(`By ${sort} the list is in order, at its beginning and at its end`, () =>
        twice(async () => {
          for (const { items, answer } of await windows(context, { sort })) {
            const told = items.map((row) => ({ row, value: of(row) })).filter(({ value }) => value !== undefined);
            for (let at = 1; at < told.length; at += 1) {
              const [before, after] = [told[at - 1], told[at]];
              if (!before || !after) continue;
              const pair = `${label(before.row)}: ${before.value}\n${label(after.row)}: ${after.value}`;
              if (before.value === null || after.value === null) {
                expectThat(after.value === null, 'who has no such time comes last', answer, pair);
                continue;
              }
              const difference = sign * compare(before.value, after.value);
              expectThat(difference <= 0, `by ${sort}, letters in any case and compared by their bytes`, answer, pair);
            }
          }
        }),
      );
    }
  }

  await report.check('Who has the same status is in the order of the ids, both ways', () =>
    twice(async () => {
      for (const sort of ['status', '-status']) {
        for (const { items, answer } of await windows(context, { sort })) {
          for (let at = 1; at < items.length; at += 1) {
            const [before, after] = [items[at - 1], items[at]];
            if (!before || before.status !== after?.status) continue;
            expectThat(bytes(before.id, after.id) < 0, 'ties by id', answer, `${before.id}\n${after.id}`);
          }
        }
      }
    }),
  );

  await report.check('Where no order is asked for, it is that of the names', () =>
    twice(async () => {
      const [unsaid, named] = [await readWindow(context, {}), await readWindow(context, { sort: 'name' })];
      const ids = (/** @type {{ items: readonly UserRow[] }} */ { items }) => items.map((row) => row.id).join('\n');
      expectThat(ids(unsaid) === ids(named), 'the same rows as by sort=name', unsaid.answer);
    }),
  );

  await report.check('The other way round, another end of the list comes first', () =>
    twice(async () => {
      const [up, down] = [
        await readWindow(context, { sort: 'email', limit: 1 }),
        await readWindow(context, { sort: '-email', limit: 1 }),
      ];
      if (up.total.value < 2) skip('there is one user only');
      expectThat(up.items[0]?.id !== down.items[0]?.id, 'another first row', down.answer);
    }),
  );
}

/**
 * The first window, and the last where it is known which that is.
 *
 * @param {Context} context
 * @param {Query} query
 */
async function windows(context, query) {
  const first = await readWindow(context, { ...query, limit: MOST_ROWS });
  const { value, exact } = first.total;
  if (!exact || value <= MOST_ROWS) return [first];
  return [first, await readWindow(context, { ...query, limit: MOST_ROWS, offset: value - MOST_ROWS })];
}
