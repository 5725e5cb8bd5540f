import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { AuditDetails, SessionNode, StudioView, ViewNode } from '../support/schemas.d.ts' */
/** @import { CallOptions, Context } from '../support/types.d.ts' */

export const what = 'inside a view one sees what somebody else does, and changes nothing';

const REASON = 'Conformance suite: looks whether a view shows what it should, and changes nothing';
/** How long a view lasts, and what clocks may differ by. */
const LONGEST = 30 * 60_000 + 1_000;

/** @param {Context} context */
export async function run(context) {
  const { caller, expect, report } = context;

  await report.check(
    'A request that names a view which does not run is refused, and never answered as the manager',
    async () => {
      for (const view of [unknownId(), 'conformance']) {
        const problem = expect.refusal(await caller.get('/session', { view }), 403, 'view_ended');
        expectThat(!problem.reason, 'no reason, as there was no such view', undefined, problem.reason ?? '');
        expect.refusal(await caller.get('/users', { view, query: { limit: 1 } }), 403, 'view_ended');
      }
    },
  );

  await report.check('A change that names a view which does not run is refused', async () => {
    const answer = await caller.ask('PATCH', '/session', { view: unknownId(), body: {} });
    expect.refusal(answer, 403, 'view_ended');
  });

  await withView(context);
}

/**
 * Begins a view, looks about in it, and ends it whatever happens.
 *
 * @param {Context} context
 */
async function withView(context) {
  const { caller, expect, found, options, report } = context;
  const name = 'A view begins, shows, refuses changes and ends';
  if (!options.withView) return report.skip(name, 'the log would tell of a view; --with-view');
  const { viewable } = found;
  if (!viewable) return report.skip(name, 'there is nobody whom the manager may view as');

  const view = await begin(context, viewable.id);
  if (!view) return;
  let isRunning = true;
  try {
    await inside(context, view);
  } finally {
    await report.check('Ending the view answers 204, also once more', async () => {
      for (let times = 0; times < 2; times += 1) {
        expectStatus(await caller.ask('DELETE', `/views/${view.id}`, { view: view.id }), 204);
        isRunning = false;
      }
    });
    if (isRunning) process.stdout.write(`  The view ${view.id} may run for up to 30 minutes.\n`);
  }

  await report.check('After that, what names the view is refused with view_ended, and why', async () => {
    for (const answer of [
      await caller.get('/session', { view: view.id }),
      await caller.get(`/views/${view.id}`),
      await caller.ask('PATCH', '/session', { view: view.id, body: {} }),
    ]) {
      const { reason } = expect.refusal(answer, 403, 'view_ended');
      expectThat(reason === 'exited', 'the reason exited', answer);
    }
  });

  await report.check('The log tells of the view, with its reason and its end', async () => {
    /** @type {Record<string, (details: AuditDetails) => unknown>} */
    const holds = {
      'view.started': ({ reason }) => reason === REASON,
      'view.refused': ({ operation }) => operation,
      'view.ended': () => true,
    };
    for (const [action, isRight] of Object.entries(holds)) {
      const answer = await caller.get(`/users/${view.user.id}/activity`, { query: { limit: 200, action } });
      const { items } = expect.json(answer, 'AuditPage');
      expectThat(
        items.every((entry) => entry.action === action),
        `only entries of ${action}`,
        answer,
      );
      const entries = items.filter((entry) => entry.view === view.id);
      expectThat(entries.length > 0, `${action} of the view`, answer);
      expectThat(
        entries.every((entry) => isRight(entry.details)),
        'the reason that was given, and what was refused',
        answer,
        JSON.stringify(entries),
      );
    }
  });
}

/**
 * Begins a view as a user; undefined where that fails.
 *
 * @param {Context} context
 * @param {string} user_id
 */
async function begin({ caller, expect, report }, user_id) {
  /** @type {StudioView[]} */
  const begun = [];
  await report.check('A view begins, as the user and for 30 minutes', async () => {
    const answer = await caller.ask('POST', '/views', { body: { user_id, reason: REASON } });
    const view = expect.json(answer, 'StudioView', 201);
    begun.push(view);
    expectThat(view.user.id === user_id, `as ${user_id}`, answer);
    const lasts = Date.parse(view.expires_at) - Date.parse(view.started_at);
    expectThat(lasts > 0 && lasts <= LONGEST, '30 minutes at most', answer, `${lasts / 1000} seconds`);
    expectThat(view.nodes.length > 0, 'a node at least', answer);
  });
  return begun[0];
}

/**
 * @param {Context} context
 * @param {StudioView} view
 */
async function inside({ caller, contract, expect, found, report }, view) {
  const get = (/** @type {string} */ path, /** @type {CallOptions} */ options = {}) =>
    caller.get(path, { view: view.id, ...options });

  await report.check('The session inside a view is the manager’s, and has what the user has', async () => {
    const answer = await get('/session');
    const session = expect.json(answer, 'Session');
    expectThat(session.user.id === found.manager.user.id, 'user: who is signed in, not who is viewed', answer);
    expectThat(session.view?.id === view.id && session.view.user.id === view.user.id, 'view: that which runs', answer);
    const roles = (/** @type {readonly (SessionNode | ViewNode)[]} */ nodes) =>
      nodes
        .map((node) => `${node.node_id} ${[...node.roles].sort().join(' ')}`)
        .sort()
        .join('\n');
    expectThat(
      roles(session.nodes) === roles(view.nodes),
      `the nodes and roles of the view:\n${roles(view.nodes)}`,
      answer,
      roles(session.nodes),
    );
    const elsewhere = session.managed.filter((id) => !view.nodes.some((node) => node.node_id === id));
    expectThat(elsewhere.length === 0, 'nothing managed outside of the view', answer, elsewhere.join('\n'));
  });

  await report.check('The same session without Studio-View is in no view', async () => {
    const answer = await caller.get('/session');
    expectThat(!expect.json(answer, 'Session').view, 'no view', answer);
  });

  await report.check('A host’s backend finds the view by its id, whatever it sends along', async () => {
    for (const answer of [await caller.get(`/views/${view.id}`), await get(`/views/${view.id}`)]) {
      const told = expect.json(answer, 'StudioView');
      expectThat(told.id === view.id && told.user.id === view.user.id, 'the same view', answer);
    }
  });

  await report.check('The view shows no node and no user that the manager does not see', async () => {
    const own = new Set(found.nodes.map((node) => node.id));
    const answer = await get('/nodes');
    const nodes = expect.list(answer, 'NodeView');
    const others = nodes.filter((node) => !own.has(node.id));
    expectThat(others.length === 0, 'nodes that the manager sees', answer, JSON.stringify(others));
    const total = async (/** @type {CallOptions} */ options) =>
      expect.json(await caller.get('/users', { query: { limit: 1 }, ...options }), 'UserPage').total.value;
    const [shown, all] = [await total({ view: view.id }), await total({})];
    expectThat(shown <= all, `${all} users at most`, answer, String(shown));
  });

  await report.check('Rows inside a view allow nothing', async () => {
    const answer = await get('/users', { query: { limit: 200 } });
    const { items } = expect.json(answer, 'UserPage');
    if (items.length === 0) skip('who is viewed manages nobody');
    const allowing = items.find(
      (row) => Object.values(row.allowed ?? {}).some((denial) => denial === null) || !row.allowed,
    );
    expectThat(!allowing, 'each action denied', answer, JSON.stringify(allowing));
  });

  const reading = contract.operations.filter(
    ({ method, path }) => method === 'GET' && !/csv|events|\{id\}|demo/.test(path),
  );
  for (const operation of reading) {
    await report.check(`${operation.name} answers inside a view`, async () => {
      const answer = await get(operation.path);
      if (operation.answer.schema) expect.json(answer, operation.answer.schema, operation.answer.status);
      else expectStatus(answer, operation.answer.status);
    });
  }

  // What signs out comes last: where it is not refused, the session is over.
  const signsOut = (/** @type {{ method: string, path: string }} */ { method, path }) =>
    method === 'DELETE' && path === '/session';
  const changing = contract.operations
    .filter(({ changes, method, path }) => changes && !(method === 'DELETE' && path === '/views/{id}'))
    .sort((one, other) => Number(signsOut(one)) - Number(signsOut(other)));
  for (const operation of changing) {
    await report.check(`${operation.name} is refused inside a view`, async () => {
      const path = operation.path.replace('{id}', unknownId());
      const answer = await caller.ask(operation.method, path, { view: view.id, body: bodyOf(operation) });
      if (operation.path.startsWith('/demo/') && answer.status === 404) skip('this backend is no demo');
      expect.refusal(answer, 403, 'view_is_read_only');
    });
  }

  await report.check('A method that the contract does not know is refused inside a view as well', async () => {
    const answer = await caller.ask('PUT', '/users', { view: view.id, body: {} });
    expectStatus(answer, 403, 404, 405);
  });
}
