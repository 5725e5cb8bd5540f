import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { Context } from '../support/types.d.ts' */

export const what = 'what makes no sense is refused, and nothing is passed over';

/** @type {Record<string, Record<string, string[]>>} */
const WRONG = {
  '/users': {
    limit: ['0', '201', 'many'],
    offset: ['-1', 'far'],
    sort: ['age', '--name'],
    node: ['7'],
    role: ['conformance'],
    status: ['gone'],
    assigned: ['perhaps'],
    active_since: ['yesterday'],
    search: ['x'.repeat(201)],
    conformance: ['1'],
  },
  '/audit': { limit: ['0', '201'], action: ['conformance'], user: ['7'], before: ['conformance'], conformance: ['1'] },
};

/** @param {Context} context */
export async function run({ caller, contract, expect, found, report }) {
  for (const [path, fields] of Object.entries(WRONG)) {
    for (const [field, values] of Object.entries(fields)) {
      await report.check(
        `GET ${path} refuses a wrong ${field === 'conformance' ? 'field, one that it does not know' : field}`,
        async () => {
          for (const value of values) expect.wrongField(await caller.get(path, { query: { [field]: value } }), field);
        },
      );
    }
  }

  await report.check('GET /users takes 50 nodes and 200 letters to search for, and no more nodes', async () => {
    const nodes = Array.from({ length: 51 }, () => found.manager.managed[0]);
    expectStatus(
      await caller.get('/users', { query: { node: nodes.slice(1), search: 'é'.repeat(200), limit: 1 } }),
      200,
    );
    expect.wrongField(await caller.get('/users', { query: { node: nodes } }), 'node');
  });

  await report.check('GET /users/{id}/activity refuses more than 200 entries', async () => {
    const [row] = found.samples;
    if (!row) skip('there is no user but who asks');
    expect.wrongField(await caller.get(`/users/${row.id}/activity`, { query: { limit: 201 } }), 'limit');
  });

  for (const operation of contract.operations.filter(({ hasBody, path }) => hasBody && !path.startsWith('/demo/'))) {
    await report.check(`${operation.name} refuses a field that it does not know`, async () => {
      const [row] = found.samples;
      if (operation.path.includes('{id}') && !row) skip('there is no user but who asks');
      const path = operation.path.replace('{id}', row?.id ?? unknownId());
      // So that the field is all there is to refuse: the state that is changed, by its tag.
      const tag = operation.path.endsWith('/access') && (await caller.get(path)).headers.etag;
      const answer = await caller.ask(operation.method, path, {
        headers: tag ? { 'if-match': tag } : {},
        body: { ...bodyOf(operation), conformance: 1 },
      });
      if (answer.status === 429) skip('the backend limits how often that is tried');
      expect.refusal(answer, 422, 'invalid');
    });
    await report.check(`${operation.name} refuses what is no JSON`, async () => {
      const path = operation.path.replace('{id}', found.samples[0]?.id ?? unknownId());
      const answer = await caller.ask(operation.method, path, { raw: '{"conformance":' });
      if (answer.status === 429) skip('the backend limits how often that is tried');
      expect.refusal(answer, 422, 'invalid');
    });
  }

  const emails = (/** @type {number} */ letters) => ({
    emails: ['x'.repeat(letters)],
    grants: [{ node_id: unknownId(), roles: ['agent'] }],
  });
  await report.check('A body over 1 MB is refused', async () => {
    const answer = await caller.ask('POST', '/invitations/preview', { body: emails(1_100_000) });
    expect.refusal(answer, 413, 'too_large');
  });

  await report.check('A body of nearly 1 MB is read', async () => {
    const answer = await caller.ask('POST', '/invitations/preview', { body: emails(980_000) });
    expectThat(answer.status !== 413, 'another answer than 413', answer);
    expectStatus(answer, 404, 422);
  });

  await report.check(
    'A view is not begun as nobody, as oneself, without a reason or with one over 200 characters',
    async () => {
      const begin = (/** @type {string} */ user_id, /** @type {string} */ reason) =>
        caller.ask('POST', '/views', { body: { user_id, reason } });
      const self = found.manager.user.id;
      expect.refusal(await begin(unknownId(), 'Conformance'), 404, 'not_found');
      expect.refusal(await begin(self, 'Conformance'), 403, 'own_view');
      expect.wrongField(await begin(self, '   '), 'reason');
      expect.wrongField(await begin(self, 'x'.repeat(201)), 'reason');
    },
  );

  await report.check(
    'Doing the same with many refuses those whom one does not see, each by name of the code',
    async () => {
      const id = unknownId();
      const answer = await caller.ask('POST', '/users/bulk', { body: { select: { ids: [id] }, action: 'resend' } });
      const result = expect.json(answer, 'BulkResult');
      const [refusal] = result.refusals;
      expectThat(result.done === 0 && result.refused === 1, 'done for nobody, refused for one', answer);
      expectThat(refusal?.id === id && refusal.code === 'not_found', 'the refusal not_found', answer);
    },
  );

  await report.check('Doing the same with more than 10,000 is refused', async () => {
    const ids = Array.from({ length: 10_001 }, unknownId);
    const answer = await caller.ask('POST', '/users/bulk', { body: { select: { ids }, action: 'resend' } });
    expect.refusal(answer, 422, 'invalid');
  });
}
