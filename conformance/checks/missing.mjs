import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { Context, Operation } from '../support/types.d.ts' */

export const what = 'what does not exist, and what one may not see, are the same';

/** @param {Context} context */
export async function run({ caller, contract, expect, found, options, report }) {
  const byId = contract.operations.filter(({ path }) => path.includes('{id}'));
  const ask = (/** @type {Operation} */ operation, /** @type {string} */ id) =>
    caller.ask(operation.method, operation.path.replace('{id}', id), {
      body: bodyOf(operation),
      headers:
        operation.path.endsWith('/access') && operation.method === 'PATCH' ? { 'if-match': '"conformance"' } : {},
    });

  for (const operation of byId) {
    await report.check(`${operation.name} answers 404 for an id that names nothing, whatever id it is`, async () => {
      // An id of something else exists, and is nothing here either.
      const ids = [unknownId(), unknownId(), found.manager.managed[0]];
      /** @type {string[]} */
      const answers = [];
      for (const id of ids) {
        const answer = await ask(operation, id);
        expect.refusal(answer, 404, 'not_found');
        answers.push(answer.text.replaceAll(id, 'ID'));
      }
      expectThat(new Set(answers).size === 1, 'the same bytes each time', undefined, answers.join('\n'));
    });
  }

  for (const operation of byId.filter(({ method, path }) => method === 'GET' && path.startsWith('/users/'))) {
    await report.check(`${operation.name} answers the same for a user whom the manager may not see`, async () => {
      if (!options.hidden) skip('none is named by --hidden');
      const [there, none] = [options.hidden, unknownId()];
      const [hidden, missing] = [await ask(operation, there), await ask(operation, none)];
      expect.refusal(hidden, 404, 'not_found');
      expectThat(
        hidden.text.replaceAll(there, 'ID') === missing.text.replaceAll(none, 'ID'),
        `the same bytes: ${missing.text}`,
        hidden,
      );
    });
  }

  await report.check('What is no id names nothing', async () => {
    expect.refusal(await caller.get('/users/conformance'), [404, 422], 'not_found', 'invalid');
  });

  await report.check('A list that is narrowed to a node that does not exist is not answered', async () => {
    expect.refusal(await caller.get('/users', { query: { node: unknownId() } }), 404, 'not_found');
  });

  await report.check('A path that does not exist answers 404 as a problem', async () => {
    expect.refusal(await caller.get('/conformance'), 404, 'not_found');
  });

  await report.check('A method that a path does not take is refused as a problem', async () => {
    const answer = await caller.ask('PUT', '/nodes', { body: {} });
    expectStatus(answer, 405, 404);
    expect.refusal(answer, [405, 404], 'method_not_allowed', 'not_found');
  });
}
