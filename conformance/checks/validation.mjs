import { setTimeout as sleep } from 'node:timers/promises';
import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { Context } from '../support/types.d.ts' */

export const summary = 'invalid input is rejected, never ignored';

/** @type {Record<string, Record<string, string[]>>} */
const INVALID_VALUES = {
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
export async function run({ client, contract, expect, data, report }) {
  for (const [path, fields] of Object.entries(INVALID_VALUES)) {
    for (const [field, values] of Object.entries(fields)) {
      await report.check(
        `GET ${path} rejects ${field === 'conformance' ? 'an unknown field' : `an invalid ${field}`}`,
        async () => {
          for (const value of values) expect.invalidField(await client.get(path, { query: { [field]: value } }), field);
        },
      );
    }
  }

  await report.check('GET /users accepts 50 nodes and a search of 200 characters, and rejects 51 nodes', async () => {
    const nodes = Array.from({ length: 51 }, () => data.manager.managed[0]);
    expectStatus(
      await client.get('/users', { query: { node: nodes.slice(1), search: 'é'.repeat(200), limit: 1 } }),
      200,
    );
    expect.invalidField(await client.get('/users', { query: { node: nodes } }), 'node');
  });

  await report.check('GET /users/{id}/activity rejects a limit over 200', async () => {
    const [row] = data.samples;
    if (!row) skip('there is no other user');
    expect.invalidField(await client.get(`/users/${row.id}/activity`, { query: { limit: 201 } }), 'limit');
  });

  for (const operation of contract.operations.filter(({ hasBody, path }) => hasBody && !path.startsWith('/demo/'))) {
    await report.check(`${operation.name} rejects an unknown field`, async () => {
      const [row] = data.samples;
      if (operation.path.includes('{id}') && !row) skip('there is no other user');
      const path = operation.path.replace('{id}', row?.id ?? unknownId());
      // Sends the current ETag, so that the unknown field is the only reason to reject the request.
      const tag = operation.path.endsWith('/access') && (await client.get(path)).headers.etag;
      const response = await client.request(operation.method, path, {
        headers: tag ? { 'if-match': tag } : {},
        body: { ...bodyOf(operation), conformance: 1 },
      });
      if (response.status === 429) skip('rate limited');
      expect.problem(response, 422, 'invalid');
    });
    await report.check(`${operation.name} rejects malformed JSON`, async () => {
      const path = operation.path.replace('{id}', data.samples[0]?.id ?? unknownId());
      const response = await client.request(operation.method, path, { raw: '{"conformance":' });
      if (response.status === 429) skip('rate limited');
      expect.problem(response, 422, 'invalid');
    });
  }

  const bodyOfSize = (/** @type {number} */ letters) => ({
    emails: ['x'.repeat(letters)],
    grants: [{ node_id: unknownId(), roles: ['agent'] }],
  });
  await report.check('A body over 1 MB is rejected', async () => {
    const response = await client.request('POST', '/invitations/preview', { body: bodyOfSize(1_100_000) });
    expect.problem(response, 413, 'too_large');
  });

  await report.check('A body just under 1 MB is accepted', async () => {
    const response = await client.request('POST', '/invitations/preview', { body: bodyOfSize(980_000) });
    expectThat(response.status !== 413, 'a status other than 413', response);
    expectStatus(response, 404, 422);
  });

  await report.check('A view cannot start for an unknown user, for oneself or without a valid reason', async () => {
    const startView = (/** @type {string} */ user_id, /** @type {string} */ reason) =>
      client.request('POST', '/views', { body: { user_id, reason } });
    const self = data.manager.user.id;
    expect.problem(await startView(unknownId(), 'Conformance'), 404, 'not_found');
    expect.problem(await startView(self, 'Conformance'), 403, 'own_view');
    expect.invalidField(await startView(self, '   '), 'reason');
    expect.invalidField(await startView(self, 'x'.repeat(201)), 'reason');
  });

  await report.check('A bulk action skips unknown users and reports a code for each', async () => {
    const id = unknownId();
    const body = { select: { ids: [id] }, action: 'resend' };
    let response = await client.request('POST', '/users/bulk', { body });
    let result = expect.json(response, 'Job', response.status === 202 ? 202 : 200);
    for (let polls = 0; polls < 100 && result.state === 'running'; polls += 1) {
      await sleep(100);
      response = await client.request('GET', `/jobs/${result.id}`);
      result = expect.json(response, 'Job');
    }
    const [refusal] = result.refusals ?? [];
    expectThat(result.done === 0 && result.refused === 1, 'none done and one refused', response);
    expectThat(refusal?.id === id && refusal.code === 'not_found', 'the code not_found', response);
  });

  await report.check('A bulk action on more than 10,000 users is rejected', async () => {
    const ids = Array.from({ length: 10_001 }, unknownId);
    const response = await client.request('POST', '/users/bulk', { body: { select: { ids }, action: 'resend' } });
    expect.problem(response, 422, 'invalid');
  });
}
