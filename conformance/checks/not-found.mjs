import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { Context, Operation } from '../support/types.d.ts' */

export const summary = 'missing and hidden resources are indistinguishable';

/** @param {Context} context */
export async function run({ client, contract, expect, data, options, report }) {
  const byId = contract.operations.filter(({ path }) => path.includes('{id}'));
  const request = (/** @type {Operation} */ operation, /** @type {string} */ id) =>
    client.request(operation.method, operation.path.replace('{id}', id), {
      body: bodyOf(operation),
      headers:
        operation.path.endsWith('/access') && operation.method === 'PATCH' ? { 'if-match': '"conformance"' } : {},
    });

  for (const operation of byId) {
    await report.check(`${operation.name} returns the same 404 for every unknown id`, async () => {
      // The id of a node exists, but it names nothing here either.
      const ids = [unknownId(), unknownId(), data.manager.managed[0]];
      /** @type {string[]} */
      const bodies = [];
      for (const id of ids) {
        const response = await request(operation, id);
        expect.problem(response, 404, 'not_found');
        bodies.push(response.text.replaceAll(id, 'ID'));
      }
      expectThat(new Set(bodies).size === 1, 'the same bytes for each id', undefined, bodies.join('\n'));
    });
  }

  for (const operation of byId.filter(({ method, path }) => method === 'GET' && path.startsWith('/users/'))) {
    await report.check(`${operation.name} returns the same 404 for a hidden user`, async () => {
      if (!options.hidden) skip('needs --hidden');
      const [hiddenId, missingId] = [options.hidden, unknownId()];
      const [hidden, missing] = [await request(operation, hiddenId), await request(operation, missingId)];
      expect.problem(hidden, 404, 'not_found');
      expectThat(
        hidden.text.replaceAll(hiddenId, 'ID') === missing.text.replaceAll(missingId, 'ID'),
        `the same bytes: ${missing.text}`,
        hidden,
      );
    });
  }

  await report.check('A malformed id is rejected', async () => {
    expect.problem(await client.get('/users/conformance'), [404, 422], 'not_found', 'invalid');
  });

  await report.check('A list filtered by an unknown node returns 404', async () => {
    expect.problem(await client.get('/users', { query: { node: unknownId() } }), 404, 'not_found');
  });

  await report.check('An unknown path returns 404 as a problem', async () => {
    expect.problem(await client.get('/conformance'), 404, 'not_found');
  });

  await report.check('An unsupported method is rejected as a problem', async () => {
    const response = await client.request('PUT', '/nodes', { body: {} });
    expectStatus(response, 405, 404);
    expect.problem(response, [405, 404], 'method_not_allowed', 'not_found');
  });
}
