import { expectThat, skip } from '../support/expect.mjs';

/** @import { Answer } from '../support/caller.mjs' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const what = 'pages of another origin ask with a token, and never with a cookie';

const HEADERS = ['authorization', 'content-type', 'if-match', 'idempotency-key', 'last-event-id', 'studio-view'];
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];

/** @param {Context} context */
export async function run({ caller, found, options, report }) {
  const { origin } = options;
  const needed = () => origin ?? skip('none is named by --origin');
  const path = `/users/${found.manager.user.id}/access`;
  const preflight = (/** @type {string} */ from, /** @type {string} */ method) =>
    caller.ask('OPTIONS', path, {
      session: {},
      headers: {
        origin: from,
        'sec-fetch-site': 'cross-site',
        'access-control-request-method': method,
        'access-control-request-headers': HEADERS.join(','),
      },
    });
  const listed = (/** @type {Answer} */ answer, /** @type {string} */ name) =>
    String(answer.headers[name] ?? '')
      .toLowerCase()
      .split(',')
      .map((one) => one.trim());
  /**
   * @param {Answer} answer
   * @param {string} name
   * @param {string} wanted
   */
  const takes = (answer, name, wanted) => {
    const there = listed(answer, name);
    // Of what a wildcard stands for, Authorization is no part.
    const isThere = there.includes(wanted.toLowerCase()) || (there.includes('*') && wanted !== 'authorization');
    expectThat(isThere, `${name} with ${wanted}`, answer, `${name}: ${answer.headers[name] ?? 'none'}`);
  };
  const letIn = (/** @type {Answer} */ answer) => {
    const allowed = answer.headers['access-control-allow-origin'];
    expectThat(
      allowed !== undefined && [origin, '*'].includes(allowed),
      `access-control-allow-origin: ${origin}`,
      answer,
      String(allowed ?? 'none'),
    );
    expectThat(
      !answer.headers['access-control-allow-credentials'],
      'no access-control-allow-credentials',
      answer,
      'credentials allowed',
    );
  };
  const ask = (/** @type {string} */ from, /** @type {Query} */ query) => {
    if (!options.session.authorization) skip('the session is no token');
    return caller.get('/users', { query, headers: { origin: from, 'sec-fetch-site': 'cross-site' } });
  };

  await report.check('The origin may ask with each method, and with each header of the contract', async () => {
    const from = needed();
    for (const method of METHODS) {
      const answer = await preflight(from, method);
      expectThat(answer.status >= 200 && answer.status < 300, 'status 200 or 204', answer);
      letIn(answer);
      takes(answer, 'access-control-allow-methods', method);
      for (const header of HEADERS) takes(answer, 'access-control-allow-headers', header);
    }
  });

  await report.check('The origin’s scripts read the answers, also those that refuse', async () => {
    const from = needed();
    letIn(await ask(from, { limit: 1 }));
    letIn(await ask(from, { limit: 0 }));
    letIn(await caller.get('/session', { session: {}, headers: { origin: from, 'sec-fetch-site': 'cross-site' } }));
  });

  await report.check('The origin’s scripts read the ETag', async () => {
    const from = needed();
    takes(await ask(from, { limit: 1 }), 'access-control-expose-headers', 'etag');
  });

  await report.check('Another origin than that is not let in', async () => {
    needed();
    const stranger = 'https://conformance.invalid';
    for (const answer of [await preflight(stranger, 'GET'), await ask(stranger, { limit: 1 })]) {
      const allowed = answer.headers['access-control-allow-origin'];
      expectThat(
        allowed !== stranger && allowed !== '*',
        `no access-control-allow-origin for ${stranger}`,
        answer,
        String(allowed),
      );
      expectThat(
        !answer.headers['access-control-allow-credentials'],
        'no access-control-allow-credentials',
        answer,
        'credentials allowed',
      );
    }
  });
}
