import { parseCsv } from '../support/csv.mjs';
import { expectStatus, expectThat } from '../support/expect.mjs';
import { fetchPage, label, MAX_LIMIT, retryOnce } from '../support/list.mjs';

/** @import { ApiResponse } from '../support/client.mjs' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const summary = 'CSV exports contain the rows of the list';

/** @param {Context} context */
export async function run(context) {
  const { client, expect, data, options, report } = context;
  const names = /** @type {const} */ ([
    'The users export has the rows of the list in the same order',
    'The users export applies the filters of the list',
    'The users export rejects pagination',
    'No cell of the users export is a formula',
    'No cell of the audit log export is a formula',
    'An export with an invalid filter is rejected',
  ]);
  if (!options.withExports) {
    for (const name of names) report.skip(name, 'needs --with-exports, because the audit log records exports');
    return;
  }
  const read = async (/** @type {string} */ path, /** @type {Query} */ query = {}) => {
    const response = await client.get(path, { query });
    expectStatus(response, 200);
    expectThat(response.type === 'text/csv', 'text/csv', response);
    const rows = parseCsv(response.text);
    const [header, ...cells] = rows ?? [];
    expectThat(header, 'CSV with a header row', response);
    const uneven = cells.find((row) => row.length !== header.length);
    expectThat(!uneven, `${header.length} cells in every row, as in the header`, response, uneven?.join(','));
    return { response, header, cells };
  };
  const expectNoFormula = (/** @type {{ response: ApiResponse, cells: string[][] }} */ { response, cells }) => {
    // Spreadsheets of many locales split the cells at semicolons.
    const parts = cells.flat().flatMap((cell) => [cell, ...cell.split(/[;\t\r\n]/)]);
    const formula = parts.find((part) => /^[\s\p{Cf}]*[=+\-@＝＋－＠]/u.test(part) || /^[\t\r]/.test(part));
    expectThat(formula === undefined, 'no cell that starts with = + - @, tab or return', response, formula);
  };
  const compare = (/** @type {Query} */ query) =>
    retryOnce(async () => {
      const table = await read('/users.csv', query);
      const list = await fetchPage(context, { ...query, limit: MAX_LIMIT });
      const column = table.header.findIndex((name) => /^e-?mail/i.test(name));
      expectThat(column >= 0, 'a column “email”', table.response, table.header.join(','));
      if (list.total.exact) {
        expectThat(
          table.cells.length === list.total.value,
          `${list.total.value} rows, as in the list`,
          table.response,
          `${table.cells.length} rows`,
        );
      }
      list.items.forEach((row, index) => {
        const cell = table.cells[index]?.[column];
        expectThat(
          cell === row.email || cell === `'${row.email}`,
          `${label(row)} in row ${index + 1}`,
          table.response,
          cell ?? 'no such row',
        );
      });
    });

  const [rows, filters, pagination, users, auditLog, invalidFilter] = names;
  await report.check(rows, async () => {
    await compare({});
    await compare({ sort: '-created_at' });
  });
  await report.check(filters, async () => {
    await compare({ status: 'invited' });
    await compare({ search: data.first[0]?.email ?? 'conformance' });
  });
  await report.check(pagination, async () =>
    expect.problem(await client.get('/users.csv', { query: { limit: 5 } }), 422, 'invalid'),
  );
  await report.check(users, async () => expectNoFormula(await read('/users.csv')));
  await report.check(auditLog, async () => expectNoFormula(await read('/audit.csv')));
  await report.check(invalidFilter, async () => {
    expect.invalidField(await client.get('/users.csv', { query: { status: 'gone' } }), 'status');
    expect.invalidField(await client.get('/audit.csv', { query: { action: 'conformance' } }), 'action');
  });
}
