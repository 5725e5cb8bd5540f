import { expectThat, skip } from '../support/expect.mjs';
import { fetchPage, label, MAX_LIMIT, retryOnce } from '../support/list.mjs';

/** @import { UserRow } from '../support/schemas.d.ts' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const summary = 'pages of the list fit together';

const ACTIONS = /** @type {const} */ (['copy_link', 'resend', 'view_as', 'remove', 'correct', 'give_roles']);

/** @param {Context} context */
export async function run(context) {
  const { contract, report } = context;
  const read = (/** @type {Query & { offset?: number }} */ query) => fetchPage(context, query);
  const ids = (/** @type {readonly UserRow[]} */ rows) => rows.map((row) => row.id).join('\n');
  const compare = async (/** @type {Query} */ query) => {
    const { items } = await read({ ...query, offset: 0, limit: MAX_LIMIT });
    for (const { offset, limit } of [
      { offset: 0, limit: 1 },
      { offset: 1, limit: 50 },
      { offset: 17, limit: 3 },
      { offset: 50, limit: 50 },
      { offset: 149, limit: 51 },
      { offset: 199, limit: 1 },
    ]) {
      if (offset >= items.length) break;
      const page = await read({ ...query, offset, limit });
      const expected = items.slice(offset, offset + limit);
      // Only the rows that the larger page has can be compared.
      const rows = page.items.slice(0, expected.length);
      const description = `the rows ${offset} to ${offset + expected.length - 1} of the larger page`;
      expectThat(ids(rows) === ids(expected), description, page.response, rows.map(label).join('\n') || 'no rows');
    }
  };

  await report.check('A page has the rows that a larger page has at the same offset', () =>
    retryOnce(async () => {
      /** @type {Query[]} */
      const queries = [{}, { sort: '-created_at', status: 'active' }, { sort: '-email', search: '@' }];
      for (const query of queries) {
        await compare(query);
      }
    }),
  );

  await report.check('The position of a user is the index of their row', () =>
    retryOnce(async () => {
      /** @type {Query[]} */
      const queries = [{}, { sort: '-created_at' }, { sort: '-email', search: '@' }];
      for (const query of queries) {
        const { items } = await read({ ...query, offset: 0, limit: MAX_LIMIT });
        for (const [index, row] of items.entries()) {
          if (index % 60 > 0) continue;
          const response = await context.client.get(`/users/${row.id}/position`, { query });
          const { position } = /** @type {{ position?: number }} */ (response.json ?? {});
          expectThat(position === index, `the position ${index}`, response);
        }
      }
    }),
  );

  await report.check('Adjacent pages have no row twice', () =>
    retryOnce(async () => {
      /** @type {Map<string, number>} */
      const offsets = new Map();
      for (const offset of [0, MAX_LIMIT, 2 * MAX_LIMIT]) {
        const { items, response } = await read({ offset, limit: MAX_LIMIT });
        for (const row of items) {
          expectThat(
            !offsets.has(row.id),
            'every row once',
            response,
            `${label(row)} at ${offsets.get(row.id)} and from ${offset}`,
          );
          offsets.set(row.id, offset);
        }
        if (items.length < MAX_LIMIT) break;
      }
    }),
  );

  await report.check('The last page ends at the total, and pages beyond it are empty', () =>
    retryOnce(async () => {
      const first = await read({ limit: 1 });
      const { value, exact } = first.total;
      if (!exact) {
        const { items, response } = await read({ offset: value - 1, limit: 1 });
        expectThat(items.length === 1, `a row at ${value - 1}, because the total is at least ${value}`, response);
        return;
      }
      const offset = Math.max(0, value - 10);
      const last = await read({ offset, limit: 50 });
      expectThat(
        last.items.length === value - offset,
        `${value - offset} rows, because the total is ${value}`,
        last.response,
        `${last.items.length} rows`,
      );
      const beyond = await read({ offset: value, limit: 50 });
      expectThat(beyond.items.length === 0, 'no rows beyond the total', beyond.response);
    }),
  );

  await report.check('The total is the same on every page', () =>
    retryOnce(async () => {
      const one = await read({ limit: 1 });
      const other = await read({ offset: 5, limit: 20 });
      if (!one.total.exact || !other.total.exact) skip('a total is not exact');
      expectThat(
        one.total.value === other.total.value,
        String(one.total.value),
        other.response,
        String(other.total.value),
      );
    }),
  );

  await report.check('A page has at most limit rows, and 50 by default', () =>
    retryOnce(async () => {
      const { items, total, response } = await read({});
      const expected = Math.min(50, total.exact ? total.value : 50);
      expectThat(items.length === expected, `${expected} rows`, response, `${items.length} rows`);
      const small = await read({ limit: 3 });
      expectThat(small.items.length <= 3, 'at most three rows', small.response, `${small.items.length} rows`);
    }),
  );

  await report.check('Each row has null or a denial for each action', async () => {
    const { items, response } = await read({ limit: MAX_LIMIT });
    const codes = contract.valuesOf('Denial');
    for (const row of items) {
      for (const action of ACTIONS) {
        const denial = row.allowed?.[action];
        expectThat(
          denial === null || (denial !== undefined && codes.includes(denial)),
          `null or the code of a denial in allowed.${action} of ${label(row)}`,
          response,
          JSON.stringify(row.allowed ?? null),
        );
      }
    }
  });

  await report.check('Invited users have an invitation, and no name or activity', async () => {
    for (const status of ['invited', 'expired']) {
      const { items, response } = await read({ status, limit: 50 });
      for (const row of items) {
        const isBlank = (row.name ?? null) === null && (row.last_active_at ?? null) === null;
        expectThat(
          isBlank,
          `no name and no last_active_at for ${row.email}, who is ${status}`,
          response,
          JSON.stringify(row),
        );
        expectThat(row.invitation, `an invitation for ${row.email}, who is ${status}`, response, JSON.stringify(row));
      }
    }
  });

  await report.check('A row names one to three environments if there are any', async () => {
    const { items, response } = await read({ limit: MAX_LIMIT });
    for (const row of items) {
      const { total, first } = row.environments;
      const isValid = first.length <= Math.min(3, total) && first.length >= Math.min(1, total);
      const expected = `one to three of ${total} environments for ${label(row)}`;
      expectThat(isValid, expected, response, JSON.stringify(row.environments));
    }
  });
}
