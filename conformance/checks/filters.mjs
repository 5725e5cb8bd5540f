import { expectThat, skip } from '../support/expect.mjs';
import { folded, label, MOST_ROWS, readWindow, twice } from '../support/list.mjs';

/** @import { Answer } from '../support/caller.mjs' */
/** @import { NodeView, UserRow } from '../support/schemas.d.ts' */
/** @import { Context, Found, Query } from '../support/types.d.ts' */

export const what = 'filters narrow the list to those who match';

/** @param {Context} context */
export async function run(context) {
  const { caller, contract, expect, found, report } = context;
  const read = (/** @type {Query} */ query) => readWindow(context, { limit: MOST_ROWS, ...query });
  /**
   * @param {{ items: readonly UserRow[], answer: Answer }} list
   * @param {(row: UserRow) => unknown} holds
   * @param {string} expected
   */
  const everyone = ({ items, answer }, holds, expected) => {
    const other = items.find((row) => !holds(row));
    expectThat(!other, expected, answer, other && JSON.stringify(other));
  };
  const has = (/** @type {string} */ text) => (/** @type {UserRow} */ row) =>
    folded(row.email).includes(folded(text)) || folded(row.name ?? '').includes(folded(text));

  /** @type {[of: string, textOf: (row: UserRow) => string | null | undefined][]} */
  const searches = [
    ['an address', (row) => row.email],
    ['a part of an address', (row) => row.email.slice(1, 7)],
    ['a name', (row) => row.name],
    ['a part of a name', (row) => row.name?.slice(1, 6).trim()],
  ];
  for (const [of, textOf] of searches) {
    await report.check(`A search for ${of} finds who has it, in small letters and in capitals`, () =>
      twice(async () => {
        const row = found.samples.find((one) => textOf(one));
        const small = row && textOf(row)?.toLowerCase();
        if (!row || !small) skip('nobody has one');
        for (const search of [small, small.toUpperCase()].filter((text) => folded(text) === folded(small))) {
          const listed = await read({ search });
          everyone(listed, has(search), `only rows with “${search}” in name or address`);
          if (listed.total.value > MOST_ROWS) continue;
          expectThat(
            listed.items.some((one) => one.id === row.id),
            `${label(row)} among them`,
            listed.answer,
            listed.items.map(label).join('\n') || 'nobody',
          );
        }
      }),
    );
  }

  await report.check('A search takes % and _ for what they are', async () => {
    for (const search of ['%', '_', '%%%', '___'])
      everyone(await read({ search }), has(search), `only rows with “${search}”`);
  });

  await report.check('A search for what nobody has finds nobody', async () => {
    const { items, total, answer } = await read({ search: 'conformance~nobody~has~this' });
    expectThat(items.length === 0 && total.value === 0, 'no row, and a total of 0', answer);
  });

  await report.check('By a role come those for whom it counts', () =>
    twice(async () => {
      for (const role of contract.valuesOf('Role')) {
        everyone(
          await read({ role }),
          (row) => row.roles.some((one) => one.role === role),
          `only rows with the role ${role}`,
        );
      }
    }),
  );

  await report.check('By two roles come those with any of them', () =>
    twice(async () => {
      const [one, other] = /** @type {const} */ (['agent', 'operator']);
      const [left, right, both] = [
        await read({ role: one }),
        await read({ role: other }),
        await read({ role: [one, other] }),
      ];
      everyone(
        both,
        (row) => row.roles.some(({ role }) => role === one || role === other),
        `only rows with ${one} or ${other}`,
      );
      if (![left, right, both].every(({ total }) => total.exact)) skip('the totals are not exact');
      const [l, r, b] = [left.total.value, right.total.value, both.total.value];
      expectThat(b >= Math.max(l, r) && b <= l + r, `between ${Math.max(l, r)} and ${l + r}`, both.answer, String(b));
    }),
  );

  await report.check('By a status come those who have it, and the three make all', () =>
    twice(async () => {
      let sum = 0;
      let isExact = true;
      for (const status of contract.valuesOf('Status')) {
        const listed = await read({ status });
        everyone(listed, (row) => row.status === status, `only rows that are ${status}`);
        sum += listed.total.value;
        isExact &&= listed.total.exact;
      }
      const all = await read({ limit: 1 });
      if (!isExact || !all.total.exact) skip('the totals are not exact');
      expectThat(sum === all.total.value, `${all.total.value} users`, all.answer, `${sum} by their statuses`);
    }),
  );

  await report.check('By a node come those with access at or below it, or invited to it', () =>
    twice(async () => {
      for (const node of someNodes(found)) {
        const listed = await read({ node: node.id });
        const below = idsBelow(found.nodes, node.id);
        for (const row of listed.items.filter((_, at) => at % 40 === 0)) {
          const { nodes } = expect.json(await caller.get(`/users/${row.id}/access`), 'UserAccess');
          const holds = nodes.some(
            (at) => below.has(at.node_id) && (at.effective.length > 0 || at.pending.length > 0 || at.assigned),
          );
          expectThat(holds, `only users with something at or below ${node.name}`, listed.answer, label(row));
        }
      }
    }),
  );

  await report.check('By a node come all of them: nobody with access there is left out', () =>
    twice(async () => {
      const row = found.samples.find((one) => one.environments?.first?.length > 0);
      const environment = row?.environments.first[0];
      if (!environment) skip('nobody has access in an environment');
      const { id, name } = environment;
      const listed = await read({ node: id, search: row.email });
      expectThat(
        listed.items.some((one) => one.id === row.id),
        `${label(row)}, whose row names ${name}`,
        listed.answer,
      );
    }),
  );

  await report.check('By two nodes come those of either, each once', () =>
    twice(async () => {
      const [one, other] = someNodes(found).slice(-2);
      if (!one || !other) skip('there is one node only');
      const both = await read({ node: [one.id, other.id] });
      const ids = both.items.map((row) => row.id);
      expectThat(new Set(ids).size === ids.length, 'nobody twice', both.answer);
      const part = await read({ node: other.id });
      if (!both.total.exact || !part.total.exact) skip('the totals are not exact');
      expectThat(
        both.total.value >= part.total.value,
        `at least ${part.total.value}`,
        both.answer,
        String(both.total.value),
      );
    }),
  );

  await report.check('By a time come those who were active then or later', () =>
    twice(async () => {
      const times = found.first
        .map((row) => row.last_active_at)
        .filter(Boolean)
        .sort();
      const since = times[Math.floor(times.length / 2)];
      if (!since) skip('nobody was active');
      const recently = (/** @type {UserRow} */ row) =>
        row.last_active_at && Date.parse(row.last_active_at) >= Date.parse(since);
      const listed = await read({ active_since: since });
      everyone(listed, recently, `only rows active since ${since}`);
      expectThat(listed.items.length > 0, 'somebody', listed.answer);
    }),
  );

  await report.check('What is assigned narrows further', () =>
    twice(async () => {
      const node = someNodes(found).at(-1);
      if (!node) skip('no managed node is among the nodes');
      const [all, assigned] = [await read({ node: node.id }), await read({ node: node.id, assigned: true })];
      if (!all.total.exact || !assigned.total.exact) skip('the totals are not exact');
      expectThat(
        assigned.total.value <= all.total.value,
        `${all.total.value} at most`,
        assigned.answer,
        String(assigned.total.value),
      );
    }),
  );

  await report.check('Filters hold together, and in windows', () =>
    twice(async () => {
      const query = { status: 'active', role: ['agent', 'operator'], sort: '-created_at' };
      const wide = await read(query);
      const holds = (/** @type {UserRow} */ row) =>
        row.status === 'active' && row.roles.some(({ role }) => query.role.includes(role));
      everyone(wide, holds, 'only agents and operators who are active');
      if (wide.items.length < 4) skip('fewer than four match');
      const part = await read({ ...query, offset: 2, limit: 2 });
      const ids = (/** @type {readonly UserRow[]} */ rows) => rows.map((row) => row.id).join('\n');
      expectThat(
        ids(part.items) === ids(wide.items.slice(2, 4)),
        `the third and the fourth\n${ids(wide.items.slice(2, 4))}`,
        part.answer,
        ids(part.items),
      );
    }),
  );
}

/**
 * Up to five nodes that are managed: of those above first, then those below.
 *
 * @param {Found} found
 */
function someNodes({ manager, nodes }) {
  const managed = nodes.filter((node) => manager.managed.includes(node.id));
  const environments = managed.filter((node) => node.kind === 'environment');
  return [...managed.filter((node) => node.kind !== 'environment').slice(0, 2), ...environments.slice(0, 3)];
}

/**
 * The node and all below it.
 *
 * @param {NodeView[]} nodes
 * @param {string} top
 */
function idsBelow(nodes, top) {
  const below = new Set([top]);
  // Parents may come after their children.
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const node of nodes) if (node.parent_id && below.has(node.parent_id)) below.add(node.id);
  }
  return below;
}
