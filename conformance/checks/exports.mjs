import { readCsv } from '../support/csv.mjs';
import { expectStatus, expectThat } from '../support/expect.mjs';
import { label, MOST_ROWS, readWindow, twice } from '../support/list.mjs';

/** @import { Answer } from '../support/caller.mjs' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const what = 'tables for a spreadsheet hold what the list does';

/** @param {Context} context */
export async function run(context) {
  const { caller, expect, found, options, report } = context;
  const names = /** @type {const} */ ([
    'The table of users holds the rows of the list, in its order',
    'The table of users is narrowed by the list’s filters',
    'The table of users refuses a window: it is whole',
    'No cell of the table of users is taken for a formula',
    'No cell of the log’s table is taken for a formula',
    'A wrong filter is refused before a table is begun',
  ]);
  if (!options.withExports) {
    for (const name of names) report.skip(name, 'the log would tell of an export; --with-exports');
    return;
  }
  const read = async (/** @type {string} */ path, /** @type {Query} */ query = {}) => {
    const answer = await caller.get(path, { query });
    expectStatus(answer, 200);
    expectThat(answer.type === 'text/csv', 'text/csv', answer);
    const rows = readCsv(answer.text);
    const [heading, ...cells] = rows ?? [];
    expectThat(heading, 'comma-separated values with a heading', answer);
    const odd = cells.find((row) => row.length !== heading.length);
    expectThat(!odd, `${heading.length} cells a row, as in the heading`, answer, odd?.join(','));
    return { answer, heading, cells };
  };
  const inert = (/** @type {{ answer: Answer, cells: string[][] }} */ { answer, cells }) => {
    const formula = cells.flat().find((cell) => /^[=+\-@\t\r]/.test(cell));
    expectThat(formula === undefined, 'no cell that begins with = + - @, a tab or a return', answer, formula);
  };
  const compare = (/** @type {Query} */ query) =>
    twice(async () => {
      const table = await read('/users.csv', query);
      const list = await readWindow(context, { ...query, limit: MOST_ROWS });
      const at = table.heading.findIndex((name) => /^e-?mail/i.test(name));
      expectThat(at >= 0, 'a column of addresses, “email”', table.answer, table.heading.join(','));
      if (list.total.exact) {
        expectThat(
          table.cells.length === list.total.value,
          `${list.total.value} rows, as the list has`,
          table.answer,
          `${table.cells.length} rows`,
        );
      }
      list.items.forEach((row, place) => {
        const cell = table.cells[place]?.[at];
        expectThat(
          cell === row.email || cell === `'${row.email}`,
          `${label(row)} in row ${place + 1}`,
          table.answer,
          cell ?? 'no such row',
        );
      });
    });

  const [rows, filters, window, users, log, wrong] = names;
  await report.check(rows, async () => {
    await compare({});
    await compare({ sort: '-created_at' });
  });
  await report.check(filters, async () => {
    await compare({ status: 'invited' });
    await compare({ search: found.first[0]?.email ?? 'conformance' });
  });
  await report.check(window, async () =>
    expect.refusal(await caller.get('/users.csv', { query: { limit: 5 } }), 422, 'invalid'),
  );
  await report.check(users, async () => inert(await read('/users.csv')));
  await report.check(log, async () => inert(await read('/audit.csv')));
  await report.check(wrong, async () => {
    expect.wrongField(await caller.get('/users.csv', { query: { status: 'gone' } }), 'status');
    expect.wrongField(await caller.get('/audit.csv', { query: { action: 'conformance' } }), 'action');
  });
}
