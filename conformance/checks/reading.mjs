import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { UserDetails } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const summary = 'every read operation returns what its schema describes';

/** The read operations with their own checks, because they are recorded or do not end. */
const EXCLUDED = ['/users.csv', '/audit.csv', '/events', '/views/{id}'];

/** @param {Context} context */
export async function run(context) {
  const { client, contract, expect, data, report } = context;
  const operations = contract.operations.filter(({ method, path }) => method === 'GET' && !EXCLUDED.includes(path));

  for (const operation of operations) {
    await report.check(`${operation.name} matches the contract`, async () => {
      let ids = [''];
      if (operation.path === '/jobs/{id}') {
        ids = expect.list(await client.get('/jobs'), 'Job').map((job) => job.id);
        if (ids.length === 0) skip('the manager has started no bulk action in the last 24 hours');
      } else if (operation.path.includes('{id}')) {
        ids = data.samples.map((row) => row.id);
        if (ids.length === 0) skip('there is no other user');
      }
      for (const id of ids) {
        const response = await client.get(operation.path.replace('{id}', id));
        if (operation.path.startsWith('/demo/') && response.status === 404) skip('the backend is not a demo');
        if (operation.path === '/undelivered-mail' && response.status === 403)
          skip('the manager is an Administrator at no node');
        const { status, type, schema } = operation.response;
        if (schema) expect.json(response, schema, status);
        else expectStatus(response, status);
        if (type) expectThat(response.type === type, `the content type ${type}`, response);
      }
    });
  }

  await report.check('The nodes form a tree without missing parents or cycles', async () => {
    const response = await client.get('/nodes');
    const nodes = new Map(expect.list(response, 'NodeView').map((node) => [node.id, node]));
    for (const node of nodes.values()) {
      const ancestors = new Set([node.id]);
      for (let at = node; at.parent_id; ) {
        const parent = nodes.get(at.parent_id);
        expectThat(parent, `the node ${at.parent_id}, the parent of ${at.name}`, response, 'no such node');
        expectThat(!ancestors.has(at.parent_id), 'no cycle', response, `${node.name} is its own ancestor`);
        ancestors.add(at.parent_id);
        at = parent;
      }
    }
  });

  await report.check('The nodes include every node that the manager manages', async () => {
    const response = await client.get('/nodes');
    const ids = new Set(expect.list(response, 'NodeView').map((node) => node.id));
    const missing = data.manager.managed.filter((id) => !ids.has(id));
    expectThat(missing.length === 0, 'all managed nodes', response, `without ${missing.join(', ')}`);
  });

  await report.check('Each role is listed once, and no user has an unlisted one', async () => {
    const response = await client.get('/roles');
    const roles = expect.list(response, 'RoleView').map((view) => view.role);
    expectThat(new Set(roles).size === roles.length, 'no role twice', response);
    const assigned = new Set(data.first.flatMap((row) => row.roles?.map((one) => one.role)));
    const unlisted = [...assigned].filter((role) => !roles.includes(role));
    expectThat(unlisted.length === 0, 'all roles of the listed users', response, `without ${unlisted.join(', ')}`);
  });

  await report.check('The details of a user match the user’s row', async () => {
    if (data.samples.length === 0) skip('there is no other user');
    for (const row of data.samples) {
      const response = await client.get(`/users/${row.id}`);
      const { email, status, name } = /** @type {Partial<UserDetails>} */ (response.json ?? {});
      const matches = email === row.email && status === row.status && (name ?? null) === (row.name ?? null);
      expectThat(matches, `${row.email}, ${row.status}, ${row.name ?? 'without a name'}`, response);
    }
  });

  await report.check('The audit log pages by cursor, newest first and without duplicates', async () => {
    const first = await client.get('/audit', { query: { limit: 5 } });
    const page = expect.json(first, 'AuditPage');
    if (!page.next) skip('the audit log has at most five entries');
    const second = await client.get('/audit', { query: { limit: 5, before: page.next } });
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
