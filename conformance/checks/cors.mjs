import { expectThat, skip } from '../support/expect.mjs';

/** @import { ApiResponse } from '../support/client.mjs' */
/** @import { Context, Query } from '../support/types.d.ts' */

export const summary = 'CORS allows tokens and never cookies';

const HEADERS = ['authorization', 'content-type', 'if-match', 'idempotency-key', 'last-event-id', 'studio-view'];
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];

/** @param {Context} context */
export async function run({ client, data, options, report }) {
  const { origin } = options;
  const requireOrigin = () => origin ?? skip('needs --origin');
  const path = `/users/${data.manager.user.id}/access`;
  const preflight = (/** @type {string} */ requestOrigin, /** @type {string} */ method) =>
    client.request('OPTIONS', path, {
      session: {},
      headers: {
        origin: requestOrigin,
        'sec-fetch-site': 'cross-site',
        'access-control-request-method': method,
        'access-control-request-headers': HEADERS.join(','),
      },
    });
  const valuesIn = (/** @type {ApiResponse} */ response, /** @type {string} */ name) =>
    String(response.headers[name] ?? '')
      .toLowerCase()
      .split(',')
      .map((value) => value.trim());
  /**
   * @param {ApiResponse} response
   * @param {string} name
   * @param {string} wanted
   */
  const expectIncludes = (response, name, wanted) => {
    const values = valuesIn(response, name);
    // The wildcard does not cover Authorization: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
    const isIncluded = values.includes(wanted.toLowerCase()) || (values.includes('*') && wanted !== 'authorization');
    expectThat(isIncluded, `${wanted} in ${name}`, response, `${name}: ${response.headers[name] ?? 'none'}`);
  };
  const expectAllowed = (/** @type {ApiResponse} */ response) => {
    const allowed = response.headers['access-control-allow-origin'];
    expectThat(
      allowed !== undefined && [origin, '*'].includes(allowed),
      `access-control-allow-origin: ${origin}`,
      response,
      String(allowed ?? 'none'),
    );
    expectThat(
      !response.headers['access-control-allow-credentials'],
      'no access-control-allow-credentials',
      response,
      'credentials allowed',
    );
  };
  const fetchUsers = (/** @type {string} */ requestOrigin, /** @type {Query} */ query) => {
    if (!options.session.authorization) skip('the session is a cookie');
    return client.get('/users', { query, headers: { origin: requestOrigin, 'sec-fetch-site': 'cross-site' } });
  };

  await report.check('The preflight allows each method and each header of the contract', async () => {
    const requestOrigin = requireOrigin();
    for (const method of METHODS) {
      const response = await preflight(requestOrigin, method);
      expectThat(response.status >= 200 && response.status < 300, 'status 200 or 204', response);
      expectAllowed(response);
      expectIncludes(response, 'access-control-allow-methods', method);
      for (const header of HEADERS) expectIncludes(response, 'access-control-allow-headers', header);
    }
  });

  await report.check('The origin may read responses, including errors', async () => {
    const requestOrigin = requireOrigin();
    expectAllowed(await fetchUsers(requestOrigin, { limit: 1 }));
    expectAllowed(await fetchUsers(requestOrigin, { limit: 0 }));
    const headers = { origin: requestOrigin, 'sec-fetch-site': 'cross-site' };
    expectAllowed(await client.get('/session', { session: {}, headers }));
  });

  await report.check('The origin may read the ETag', async () => {
    const requestOrigin = requireOrigin();
    expectIncludes(await fetchUsers(requestOrigin, { limit: 1 }), 'access-control-expose-headers', 'etag');
  });

  await report.check('Another origin is not allowed', async () => {
    requireOrigin();
    const otherOrigin = 'https://conformance.invalid';
    for (const response of [await preflight(otherOrigin, 'GET'), await fetchUsers(otherOrigin, { limit: 1 })]) {
      const allowed = response.headers['access-control-allow-origin'];
      expectThat(
        allowed !== otherOrigin && allowed !== '*',
        `no access-control-allow-origin for ${otherOrigin}`,
        response,
        String(allowed),
      );
      expectThat(
        !response.headers['access-control-allow-credentials'],
        'no access-control-allow-credentials',
        response,
        'credentials allowed',
      );
    }
  });
}
