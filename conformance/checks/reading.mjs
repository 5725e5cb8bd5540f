import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { UserDetails } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const what = 'whatever only reads is answered, and fits its schema';

/** Those that are recorded, or do not end, have checks of their own. */
const ELSEWHERE = ['/users.csv', '/audit.csv', '/events', '/views/{id}'];

/** @param {Context} context */
export async function run(context) {
  const { caller, contract, expect, found, report } = context;
  const reading = contract.operations.filter(({ method, path }) => method === 'GET' && !ELSEWHERE.includes(path));

  for (const operation of reading) {
    await report.check(`${operation.name} answers as the contract says`, async () => {
      const ids = operation.path.includes('{id}') ? found.samples.map((row) => row.id) : [''];
      if (ids.length === 0) skip('there is no user but who asks');
      for (const id of ids) {
        const answer = await caller.get(operation.path.replace('{id}', id));
        if (operation.path.startsWith('/demo/') && answer.status === 404) skip('this backend is no demo');
        const { status, type, schema } = operation.answer;
        if (schema) expect.json(answer, schema, status);
        else expectStatus(answer, status);
        if (type) expectThat(answer.type === type, `the type ${type}`, answer);
      }
    });
  }

  await report.check(
    'The nodes are a tree: each parent that is named is there, and none is its own ancestor',
    async () => {
      const answer = await caller.get('/nodes');
      const nodes = new Map(expect.list(answer, 'NodeView').map((node) => [node.id, node]));
      for (const node of nodes.values()) {
        const seen = new Set([node.id]);
        for (let at = node; at.parent_id; ) {
          const parent = nodes.get(at.parent_id);
          expectThat(parent, `a node ${at.parent_id}, the parent of ${at.name}`, answer, 'no such node in the answer');
          expectThat(!seen.has(at.parent_id), 'no cycle', answer, `${node.name} is its own ancestor`);
          seen.add(at.parent_id);
          at = parent;
        }
      }
    },
  );

  await report.check('Every node that the manager manages is among the nodes', async () => {
    const answer = await caller.get('/nodes');
    const ids = new Set(expect.list(answer, 'NodeView').map((node) => node.id));
    const missing = found.manager.managed.filter((id) => !ids.has(id));
    expectThat(missing.length === 0, 'all of them', answer, `without ${missing.join(', ')}`);
  });

  await report.check('There is each role once, and nobody holds another', async () => {
    const answer = await caller.get('/roles');
    const roles = expect.list(answer, 'RoleView').map((view) => view.role);
    expectThat(new Set(roles).size === roles.length, 'no role twice', answer);
    const held = new Set(found.first.flatMap((row) => row.roles?.map((one) => one.role)));
    const others = [...held].filter((role) => !roles.includes(role));
    expectThat(others.length === 0, 'all roles that somebody of the list has', answer, `without ${others.join(', ')}`);
  });

  await report.check('What is said of a single user is what their row says', async () => {
    if (found.samples.length === 0) skip('there is no user but who asks');
    for (const row of found.samples) {
      const answer = await caller.get(`/users/${row.id}`);
      const { email, status, name } = /** @type {Partial<UserDetails>} */ (answer.json ?? {});
      const same = email === row.email && status === row.status && (name ?? null) === (row.name ?? null);
      expectThat(same, `${row.email}, ${row.status}, ${row.name ?? 'without a name'}`, answer);
    }
  });

  await report.check('The log is read on by its cursor, newest first and no entry twice', async () => {
    const first = await caller.get('/audit', { query: { limit: 5 } });
    const page = expect.json(first, 'AuditPage');
    if (!page.next) skip('there are no more than five entries');
    const second = await caller.get('/audit', { query: { limit: 5, before: page.next } });
    const items = [...page.items, ...expect.json(second, 'AuditPage').items];
    expectThat(new Set(items.map((entry) => entry.id)).size === items.length, 'no entry twice', second);
    const times = items.map((entry) => Date.parse(entry.at));
    expectThat(
      times.every((time, at) => at === 0 || time <= (times[at - 1] ?? 0)),
      'the newest first',
      second,
      times.join(' '),
    );
  });
}
