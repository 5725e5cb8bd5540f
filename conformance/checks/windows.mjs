import { expectThat, skip } from '../support/expect.mjs';
import { label, MOST_ROWS, readWindow, twice } from '../support/list.mjs';

/** @import { UserRow } from '../support/schemas.d.ts' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const what = 'the list is read in windows that fit one another';

const ACTIONS = /** @type {const} */ (['copy_link', 'resend', 'view_as', 'remove']);

/** @param {Context} context */
export async function run(context) {
  const { contract, report } = context;
  const read = (/** @type {Query & { offset?: number }} */ query) => readWindow(context, query);
  const ids = (/** @type {readonly UserRow[]} */ rows) => rows.map((row) => row.id).join('\n');
  const compare = async (/** @type {Query} */ query) => {
    const { items } = await read({ ...query, offset: 0, limit: MOST_ROWS });
    for (const { offset, limit } of [
      { offset: 0, limit: 1 },
      { offset: 1, limit: 50 },
      { offset: 17, limit: 3 },
      { offset: 50, limit: 50 },
      { offset: 149, limit: 51 },
      { offset: 199, limit: 1 },
    ]) {
      if (offset >= items.length) break;
      const part = await read({ ...query, offset, limit });
      const expected = items.slice(offset, offset + limit);
      // Beyond the wider one nothing is known.
      const came = part.items.slice(0, expected.length);
      const wanted = `the rows ${offset} to ${offset + expected.length - 1} of the wider window`;
      expectThat(ids(came) === ids(expected), wanted, part.answer, came.map(label).join('\n') || 'no rows');
    }
  };

  await report.check('A window holds the rows that a wider one has at its place', () =>
    twice(async () => {
      /** @type {Query[]} */
      const queries = [{}, { sort: '-created_at', status: 'active' }, { sort: '-email', search: '@' }];
      for (const query of queries) {
        await compare(query);
      }
    }),
  );

  await report.check('Windows side by side hold nobody twice', () =>
    twice(async () => {
      /** @type {Map<string, number>} */
      const seen = new Map();
      for (const offset of [0, MOST_ROWS, 2 * MOST_ROWS]) {
        const { items, answer } = await read({ offset, limit: MOST_ROWS });
        for (const row of items) {
          expectThat(
            !seen.has(row.id),
            'everybody once',
            answer,
            `${label(row)} at ${seen.get(row.id)} and from ${offset}`,
          );
          seen.set(row.id, offset);
        }
        if (items.length < MOST_ROWS) break;
      }
    }),
  );

  await report.check(
    'The total is that of the list: the last window ends with it, and beyond it there is nothing',
    () =>
      twice(async () => {
        const first = await read({ limit: 1 });
        const { value, exact } = first.total;
        if (!exact) {
          const { items, answer } = await read({ offset: value - 1, limit: 1 });
          expectThat(items.length === 1, `a row at ${value - 1}, as there are at least ${value}`, answer);
          return;
        }
        const offset = Math.max(0, value - 10);
        const last = await read({ offset, limit: 50 });
        expectThat(
          last.items.length === value - offset,
          `${value - offset} rows, as there are ${value}`,
          last.answer,
          `${last.items.length} rows`,
        );
        const beyond = await read({ offset: value, limit: 50 });
        expectThat(beyond.items.length === 0, 'no row beyond the last', beyond.answer);
      }),
  );

  await report.check('The total is the same in each window', () =>
    twice(async () => {
      const one = await read({ limit: 1 });
      const other = await read({ offset: 5, limit: 20 });
      if (!one.total.exact || !other.total.exact) skip('it is not exact');
      expectThat(
        one.total.value === other.total.value,
        String(one.total.value),
        other.answer,
        String(other.total.value),
      );
    }),
  );

  await report.check('No more rows come than asked for, and 50 where that is not said', () =>
    twice(async () => {
      const { items, total, answer } = await read({});
      const expected = Math.min(50, total.exact ? total.value : 50);
      expectThat(items.length === expected, `${expected} rows`, answer, `${items.length} rows`);
      const few = await read({ limit: 3 });
      expectThat(few.items.length <= 3, 'three rows at most', few.answer, `${few.items.length} rows`);
    }),
  );

  await report.check('Each row says of each action that it is allowed, or why not', async () => {
    const { items, answer } = await read({ limit: MOST_ROWS });
    const codes = contract.valuesOf('Denial');
    for (const row of items) {
      for (const action of ACTIONS) {
        const said = row.allowed?.[action];
        expectThat(
          said === null || (said !== undefined && codes.includes(said)),
          `allowed.${action} of ${label(row)}: null or the code of a denial`,
          answer,
          JSON.stringify(row.allowed ?? null),
        );
      }
    }
  });

  await report.check('Who has not joined has no name, an invitation, and nothing that they did', async () => {
    for (const status of ['invited', 'expired']) {
      const { items, answer } = await read({ status, limit: 50 });
      for (const row of items) {
        const isBlank = (row.name ?? null) === null && (row.last_active_at ?? null) === null;
        expectThat(
          isBlank,
          `neither name nor last_active_at of ${row.email}, who is ${status}`,
          answer,
          JSON.stringify(row),
        );
        expectThat(row.invitation, `the invitation of ${row.email}, who is ${status}`, answer, JSON.stringify(row));
      }
    }
  });

  await report.check('Up to three environments are named, and at least one where there is any', async () => {
    const { items, answer } = await read({ limit: MOST_ROWS });
    for (const row of items) {
      const { total, first } = row.environments;
      const isRight = first.length <= Math.min(3, total) && first.length >= Math.min(1, total);
      const expected = `one to three names of ${total} for ${label(row)}`;
      expectThat(isRight, expected, answer, JSON.stringify(row.environments));
    }
  });
}
