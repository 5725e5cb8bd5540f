import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { AuditDetails, SessionNode, StudioView, ViewNode } from '../support/schemas.d.ts' */
/** @import { Context, RequestOptions } from '../support/types.d.ts' */

export const summary = 'a view shows what another user sees and is read-only';

const REASON = 'Conformance suite: checks what a view shows; changes nothing';
/** The maximum duration of a view, with a tolerance of one second, in milliseconds. */
const MAX_DURATION = 30 * 60_000 + 1_000;

/** @param {Context} context */
export async function run(context) {
  const { client, expect, report } = context;

  await report.check('A request in an unknown view is rejected, not answered as the manager', async () => {
    for (const view of [unknownId(), 'conformance']) {
      const problem = expect.problem(await client.get('/session', { view }), 403, 'view_ended');
      expectThat(!problem.reason, 'no reason, because the view never existed', undefined, problem.reason ?? '');
      expect.problem(await client.get('/users', { view, query: { limit: 1 } }), 403, 'view_ended');
    }
  });

  await report.check('A change in an unknown view is rejected', async () => {
    const response = await client.request('PATCH', '/session', { view: unknownId(), body: {} });
    expect.problem(response, 403, 'view_ended');
  });

  await checkView(context);
}

/**
 * Starts a view, checks it and ends it, even if a check throws.
 *
 * @param {Context} context
 */
async function checkView(context) {
  const { client, expect, data, options, report } = context;
  const name = 'A view starts, is read-only and ends';
  if (!options.withView) return report.skip(name, 'needs --with-view, because the audit log records views');
  const { viewable } = data;
  if (!viewable) return report.skip(name, 'the manager may view as no user');

  const view = await startView(context, viewable.id);
  if (!view) return;
  let isRunning = true;
  try {
    await checkInsideView(context, view);
  } finally {
    await report.check('Ending the view returns 204, also the second time', async () => {
      for (let times = 0; times < 2; times += 1) {
        expectStatus(await client.request('DELETE', `/views/${view.id}`, { view: view.id }), 204);
        isRunning = false;
      }
    });
    if (isRunning) process.stdout.write(`  The view ${view.id} may stay active for up to 30 minutes.\n`);
  }

  await report.check('Requests in the ended view are rejected with view_ended and the reason', async () => {
    for (const response of [
      await client.get('/session', { view: view.id }),
      await client.get(`/views/${view.id}`),
      await client.request('PATCH', '/session', { view: view.id, body: {} }),
    ]) {
      const { reason } = expect.problem(response, 403, 'view_ended');
      expectThat(reason === 'exited', 'the reason exited', response);
    }
  });

  await report.check('The audit log records the view, its reason and its end', async () => {
    /** @type {Record<string, (details: AuditDetails) => unknown>} */
    const detailChecks = {
      'view.started': ({ reason }) => reason === REASON,
      'view.refused': ({ operation }) => operation,
      'view.ended': () => true,
    };
    for (const [action, isValid] of Object.entries(detailChecks)) {
      const response = await client.get(`/users/${view.user.id}/activity`, { query: { limit: 200, action } });
      const { items } = expect.json(response, 'AuditPage');
      expectThat(
        items.every((entry) => entry.action === action),
        `only entries with the action ${action}`,
        response,
      );
      const entries = items.filter((entry) => entry.view === view.id);
      expectThat(entries.length > 0, `an entry ${action} of the view`, response);
      expectThat(
        entries.every((entry) => isValid(entry.details)),
        'the given reason, or the rejected operation',
        response,
        JSON.stringify(entries),
      );
    }
  });
}

/**
 * Starts a view as a user. Returns undefined if that fails.
 *
 * @param {Context} context
 * @param {string} user_id
 */
async function startView({ client, expect, report }, user_id) {
  /** @type {StudioView[]} */
  const started = [];
  await report.check('POST /views starts a view of at most 30 minutes', async () => {
    const response = await client.request('POST', '/views', { body: { user_id, reason: REASON } });
    const view = expect.json(response, 'StudioView', 201);
    started.push(view);
    expectThat(view.user.id === user_id, `as ${user_id}`, response);
    const duration = Date.parse(view.expires_at) - Date.parse(view.started_at);
    expectThat(duration > 0 && duration <= MAX_DURATION, 'at most 30 minutes', response, `${duration / 1000} seconds`);
    expectThat(view.nodes.length > 0, 'at least one node', response);
  });
  return started[0];
}

/**
 * Checks what an active view shows, and that it is read-only.
 *
 * @param {Context} context
 * @param {StudioView} view
 */
async function checkInsideView({ client, contract, expect, data, report }, view) {
  const get = (/** @type {string} */ path, /** @type {RequestOptions} */ options = {}) =>
    client.get(path, { view: view.id, ...options });

  await report.check('The session in a view belongs to the manager and has the roles of the viewed user', async () => {
    const response = await get('/session');
    const session = expect.json(response, 'Session');
    expectThat(session.user.id === data.manager.user.id, 'the manager as the user', response);
    expectThat(session.view?.id === view.id && session.view.user.id === view.user.id, 'the active view', response);
    const roles = (/** @type {readonly (SessionNode | ViewNode)[]} */ nodes) =>
      nodes
        .map((node) => `${node.node_id} ${[...node.roles].sort().join(' ')}`)
        .sort()
        .join('\n');
    expectThat(
      roles(session.nodes) === roles(view.nodes),
      `the nodes and roles of the view:\n${roles(view.nodes)}`,
      response,
      roles(session.nodes),
    );
    const outside = session.managed.filter((id) => !view.nodes.some((node) => node.node_id === id));
    expectThat(outside.length === 0, 'no managed node outside of the view', response, outside.join('\n'));
  });

  await report.check('The session without Studio-View has no view', async () => {
    const response = await client.get('/session');
    expectThat(!expect.json(response, 'Session').view, 'no view', response);
  });

  await report.check('GET /views/{id} returns the view, with and without Studio-View', async () => {
    for (const response of [await client.get(`/views/${view.id}`), await get(`/views/${view.id}`)]) {
      const received = expect.json(response, 'StudioView');
      expectThat(received.id === view.id && received.user.id === view.user.id, 'the same view', response);
    }
  });

  await report.check('A view shows no node and no user that is hidden from the manager', async () => {
    const visible = new Set(data.nodes.map((node) => node.id));
    const response = await get('/nodes');
    const nodes = expect.list(response, 'NodeView');
    const hidden = nodes.filter((node) => !visible.has(node.id));
    expectThat(hidden.length === 0, 'only nodes that the manager sees', response, JSON.stringify(hidden));
    const total = async (/** @type {RequestOptions} */ options) =>
      expect.json(await client.get('/users', { query: { limit: 1 }, ...options }), 'UserPage').total.value;
    const [viewTotal, managerTotal] = [await total({ view: view.id }), await total({})];
    expectThat(viewTotal <= managerTotal, `at most ${managerTotal} users`, response, String(viewTotal));
  });

  await report.check('Rows in a view allow no action', async () => {
    const response = await get('/users', { query: { limit: 200 } });
    const { items } = expect.json(response, 'UserPage');
    if (items.length === 0) skip('the viewed user manages no users');
    const allowingRow = items.find(
      (row) => Object.values(row.allowed ?? {}).some((denial) => denial === null) || !row.allowed,
    );
    expectThat(!allowingRow, 'every action denied', response, JSON.stringify(allowingRow));
  });

  const readOperations = contract.operations.filter(
    ({ method, path }) => method === 'GET' && !/csv|events|\{id\}|demo/.test(path),
  );
  for (const operation of readOperations) {
    await report.check(`${operation.name} works in a view`, async () => {
      const response = await get(operation.path);
      if (operation.path === '/undelivered-mail' && response.status === 403)
        skip('the viewed user is an Administrator at no node');
      if (operation.response.schema) expect.json(response, operation.response.schema, operation.response.status);
      else expectStatus(response, operation.response.status);
    });
  }

  // Signing out comes last, because a faulty backend would end the session.
  const isSignOut = (/** @type {{ method: string, path: string }} */ { method, path }) =>
    method === 'DELETE' && path === '/session';
  const mutations = contract.operations
    .filter(({ changes, method, path }) => changes && !(method === 'DELETE' && path === '/views/{id}'))
    .sort((one, other) => Number(isSignOut(one)) - Number(isSignOut(other)));
  for (const operation of mutations) {
    await report.check(`${operation.name} is rejected in a view`, async () => {
      const path = operation.path.replace('{id}', unknownId());
      const response = await client.request(operation.method, path, { view: view.id, body: bodyOf(operation) });
      if (operation.path.startsWith('/demo/') && response.status === 404) skip('the backend is not a demo');
      expect.problem(response, 403, 'view_is_read_only');
    });
  }

  await report.check('An unknown method is rejected in a view as well', async () => {
    const response = await client.request('PUT', '/users', { view: view.id, body: {} });
    expectStatus(response, 403, 404, 405);
  });
}
