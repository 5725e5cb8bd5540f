import { expectThat, skip } from '../support/expect.mjs';
import { fetchPage, fold, label, MAX_LIMIT, retryOnce } from '../support/list.mjs';

/** @import { ApiResponse } from '../support/client.mjs' */
/** @import { NodeView, UserRow } from '../support/schemas.d.ts' */
/** @import { Context, Query, TestData } from '../support/types.d.ts' */

export const summary = 'filters and search narrow the list';

/** @param {Context} context */
export async function run(context) {
  const { client, contract, expect, data, report } = context;
  const read = (/** @type {Query} */ query) => fetchPage(context, { limit: MAX_LIMIT, ...query });
  /**
   * @param {{ items: readonly UserRow[], response: ApiResponse }} list
   * @param {(row: UserRow) => unknown} condition
   * @param {string} expected
   */
  const expectEveryRow = ({ items, response }, condition, expected) => {
    const other = items.find((row) => !condition(row));
    expectThat(!other, expected, response, other && JSON.stringify(other));
  };
  const matches = (/** @type {string} */ search) => (/** @type {UserRow} */ row) => {
    const texts = [fold(row.email), fold(row.name ?? '')];
    return fold(search)
      .split(' ')
      .every((word) => texts.some((text) => text.includes(word)));
  };
  /**
   * Expects only matching rows, and the row that the search is taken from.
   *
   * @param {UserRow} row
   * @param {string} search
   */
  const expectFound = async (row, search) => {
    const page = await read({ search });
    expectEveryRow(page, matches(search), `only rows with “${search}” in the name or e-mail address`);
    if (page.total.value > MAX_LIMIT) return;
    expectThat(
      page.items.some((one) => one.id === row.id),
      `${label(row)} among them`,
      page.response,
      page.items.map(label).join('\n') || 'no rows',
    );
  };

  /** @type {[kind: string, textOf: (row: UserRow) => string | null | undefined][]} */
  const searches = [
    ['an e-mail address', (row) => row.email],
    ['a part of an e-mail address', (row) => row.email.slice(1, 7)],
    ['a name', (row) => row.name],
    ['a part of a name', (row) => row.name?.slice(1, 6).trim()],
  ];
  for (const [kind, textOf] of searches) {
    await report.check(`A search for ${kind} finds matching users, ignoring case`, () =>
      retryOnce(async () => {
        const row = data.samples.find((one) => textOf(one));
        const lower = row && textOf(row)?.toLowerCase();
        if (!row || !lower) skip('no user has one');
        for (const search of [lower, lower.toUpperCase()].filter((text) => fold(text) === fold(lower)))
          await expectFound(row, search);
      }),
    );
  }

  await report.check('A search finds words in any order', () =>
    retryOnce(async () => {
      const row = (await read({})).items.find((one) => /\S\s+\S/.test(one.name ?? ''));
      if (!row?.name) skip('no user has a name of two words');
      await expectFound(row, `  ${row.name.trim().split(/\s+/).reverse().join('  ')} `);
    }),
  );

  await report.check('A search ignores accents', () =>
    retryOnce(async () => {
      const accents = /[\u0300-\u036f]/g;
      for (const row of (await read({})).items) {
        const name = row.name?.normalize('NFD') ?? '';
        // Beyond Latin letters, a mark can make another letter.
        const letters = name.replace(accents, '');
        if (letters === name || !/^[a-z ]+$/i.test(letters)) continue;
        for (const search of [letters, name]) await expectFound(row, search);
        return;
      }
      skip('no user has an accent in the name');
    }),
  );

  await report.check('A search takes % and _ literally', async () => {
    for (const search of ['%', '_', '%%%', '___'])
      expectEveryRow(await read({ search }), matches(search), `only rows with “${search}”`);
  });

  await report.check('A search without matches returns an empty list', async () => {
    const { items, total, response } = await read({ search: 'conformance~nobody~has~this' });
    expectThat(items.length === 0 && total.value === 0, 'no rows and a total of 0', response);
  });

  await report.check('The role filter returns only users with the role', () =>
    retryOnce(async () => {
      for (const role of contract.valuesOf('Role')) {
        expectEveryRow(
          await read({ role }),
          (row) => row.roles.some((one) => one.role === role),
          `only rows with the role ${role}`,
        );
      }
    }),
  );

  await report.check('Two roles return users with either of them', () =>
    retryOnce(async () => {
      const [one, other] = /** @type {const} */ (['agent', 'operator']);
      const [left, right, both] = [
        await read({ role: one }),
        await read({ role: other }),
        await read({ role: [one, other] }),
      ];
      expectEveryRow(
        both,
        (row) => row.roles.some(({ role }) => role === one || role === other),
        `only rows with ${one} or ${other}`,
      );
      if (![left, right, both].every(({ total }) => total.exact)) skip('a total is not exact');
      const [l, r, b] = [left.total.value, right.total.value, both.total.value];
      expectThat(b >= Math.max(l, r) && b <= l + r, `between ${Math.max(l, r)} and ${l + r}`, both.response, String(b));
    }),
  );

  await report.check('The status filter returns only users with the status, and the totals add up', () =>
    retryOnce(async () => {
      let sum = 0;
      let isExact = true;
      for (const status of contract.valuesOf('Status')) {
        const page = await read({ status });
        expectEveryRow(page, (row) => row.status === status, `only rows that are ${status}`);
        sum += page.total.value;
        isExact &&= page.total.exact;
      }
      const all = await read({ limit: 1 });
      if (!isExact || !all.total.exact) skip('a total is not exact');
      expectThat(sum === all.total.value, `${all.total.value} users`, all.response, `${sum} in all statuses`);
    }),
  );

  await report.check('The filter undelivered returns only users whose invitation did not arrive', () =>
    retryOnce(async () => {
      const page = await read({ undelivered: true });
      expectEveryRow(page, (row) => row.invitation?.undelivered, 'only rows with an undelivered invitation');
    }),
  );

  await report.check('The node filter returns only users with access or an invitation at or below the node', () =>
    retryOnce(async () => {
      for (const node of sampleNodes(data)) {
        const page = await read({ node: node.id });
        const below = subtreeIds(data.nodes, node.id);
        for (const row of page.items.filter((_, at) => at % 40 === 0)) {
          const { nodes } = expect.json(await client.get(`/users/${row.id}/access`), 'UserAccess');
          const condition = nodes.some(
            (at) => below.has(at.node_id) && (at.effective.length > 0 || at.pending.length > 0 || at.assigned),
          );
          const expected = `only users with access or an invitation at or below ${node.name}`;
          expectThat(condition, expected, page.response, label(row));
        }
      }
    }),
  );

  await report.check('The node filter includes a user whose row names the node', () =>
    retryOnce(async () => {
      const row = data.samples.find((one) => one.environments?.first?.length > 0);
      const environment = row?.environments.first[0];
      if (!environment) skip('no user has access in an environment');
      const { id, name } = environment;
      const page = await read({ node: id, search: row.email });
      expectThat(
        page.items.some((one) => one.id === row.id),
        `${label(row)}, whose row names ${name}`,
        page.response,
      );
    }),
  );

  await report.check('Two nodes return users of either, each once', () =>
    retryOnce(async () => {
      const [one, other] = sampleNodes(data).slice(-2);
      if (!one || !other) skip('there is only one node');
      const both = await read({ node: [one.id, other.id] });
      const ids = both.items.map((row) => row.id);
      expectThat(new Set(ids).size === ids.length, 'no row twice', both.response);
      const smallPage = await read({ node: other.id });
      if (!both.total.exact || !smallPage.total.exact) skip('a total is not exact');
      expectThat(
        both.total.value >= smallPage.total.value,
        `at least ${smallPage.total.value}`,
        both.response,
        String(both.total.value),
      );
    }),
  );

  await report.check('The filter active_since returns only users active since then', () =>
    retryOnce(async () => {
      const times = data.first
        .map((row) => row.last_active_at)
        .filter(Boolean)
        .sort();
      const since = times[Math.floor(times.length / 2)];
      if (!since) skip('no user was active');
      const recently = (/** @type {UserRow} */ row) =>
        row.last_active_at && Date.parse(row.last_active_at) >= Date.parse(since);
      const page = await read({ active_since: since });
      expectEveryRow(page, recently, `only rows active since ${since}`);
      expectThat(page.items.length > 0, 'at least one row', page.response);
    }),
  );

  await report.check('The filter assigned narrows the node filter', () =>
    retryOnce(async () => {
      const node = sampleNodes(data).at(-1);
      if (!node) skip('no managed node is among the nodes');
      const [all, assigned] = [await read({ node: node.id }), await read({ node: node.id, assigned: true })];
      if (!all.total.exact || !assigned.total.exact) skip('a total is not exact');
      expectThat(
        assigned.total.value <= all.total.value,
        `at most ${all.total.value}`,
        assigned.response,
        String(assigned.total.value),
      );
    }),
  );

  await report.check('Combined filters apply to every page', () =>
    retryOnce(async () => {
      const query = { status: 'active', role: ['agent', 'operator'], sort: '-created_at' };
      const largePage = await read(query);
      const condition = (/** @type {UserRow} */ row) =>
        row.status === 'active' && row.roles.some(({ role }) => query.role.includes(role));
      expectEveryRow(largePage, condition, 'only active agents and operators');
      if (largePage.items.length < 4) skip('fewer than four users match');
      const smallPage = await read({ ...query, offset: 2, limit: 2 });
      const ids = (/** @type {readonly UserRow[]} */ rows) => rows.map((row) => row.id).join('\n');
      expectThat(
        ids(smallPage.items) === ids(largePage.items.slice(2, 4)),
        `the third and the fourth row\n${ids(largePage.items.slice(2, 4))}`,
        smallPage.response,
        ids(smallPage.items),
      );
    }),
  );
}

/**
 * Returns up to five managed nodes: first providers and agencies, then environments.
 *
 * @param {TestData} data
 */
function sampleNodes({ manager, nodes }) {
  const managed = nodes.filter((node) => manager.managed.includes(node.id));
  const environments = managed.filter((node) => node.kind === 'environment');
  return [...managed.filter((node) => node.kind !== 'environment').slice(0, 2), ...environments.slice(0, 3)];
}

/**
 * Returns the ids of a node and of all nodes below it.
 *
 * @param {NodeView[]} nodes
 * @param {string} top
 */
function subtreeIds(nodes, top) {
  const below = new Set([top]);
  // The list may hold children before their parents, so this repeats until no node is added.
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const node of nodes) if (node.parent_id && below.has(node.parent_id)) below.add(node.id);
  }
  return below;
}
