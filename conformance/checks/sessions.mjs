import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { UserDetails } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const summary = 'requests without a session neither read nor change anything';

/** The operations without a session: they start or end one, or return no data of users. */
const OPEN = [
  'POST /sign-in-links',
  'POST /sessions',
  'DELETE /session',
  'POST /invitations/inspect',
  'POST /invitations/accept',
  'GET /demo/people',
  'POST /demo/sessions',
  'GET /healthz',
  'GET /livez',
  'GET /openapi.json',
];

/** @param {Context} context */
export async function run({ client, contract, expect, data, options, report }) {
  const protectedOperations = contract.operations.filter(({ method, path }) => !OPEN.includes(`${method} ${path}`));
  for (const operation of protectedOperations) {
    await report.check(`${operation.name} returns 401 without a session`, async () => {
      const path = operation.path.replace('{id}', unknownId());
      const response = await client.request(operation.method, path, { session: {}, body: bodyOf(operation) });
      expect.problem(response, 401, 'unauthenticated');
    });
  }

  await report.check('An unknown token is rejected', async () => {
    const session = { authorization: 'Bearer conformance-no-such-token' };
    expect.problem(await client.get('/session', { session }), 401, 'unauthenticated');
  });

  await report.check('Exactly one session of the manager is the current one', async () => {
    const response = await client.get('/sessions');
    const current = expect.list(response, 'OwnSession').filter((session) => session.current);
    expectThat(current.length === 1, 'one current session', response);
  });

  await report.check('An unknown link neither signs in nor joins, and all responses are alike', async () => {
    const token = 'conformance-no-such-token';
    const body = { token };
    const signedIn = await client.request('POST', '/sessions', { session: {}, body });
    const inspected = await client.request('POST', '/invitations/inspect', { session: {}, body });
    const withName = { token, name: 'Conformance' };
    const accepted = await client.request('POST', '/invitations/accept', { session: {}, body: withName });
    const responses = [signedIn, inspected, accepted];
    if (responses.some((response) => response.status === 429)) skip('rate limited');
    for (const response of responses) expect.problem(response, 403, 'link_invalid');
    expectThat(
      inspected.text === accepted.text,
      'the same bytes for inspecting and for accepting an invitation',
      accepted,
    );
  });

  await report.check('Requesting a sign-in link does not reveal whether the account exists', async () => {
    const response = await client.request('POST', '/sign-in-links', {
      session: {},
      body: { email: 'nobody@conformance.invalid' },
    });
    if (response.status === 429) skip('rate limited');
    expectStatus(response, 202);
  });

  await report.check('A cross-site change with a cookie is rejected', async () => {
    if (!options.session.cookie) skip('the session is a token');
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://conformance.invalid' };
    const response = await client.request('PATCH', '/session', { headers, body: {} });
    expect.problem(response, 403, 'cross_site');
  });

  await report.check('The manager’s own row denies removal', async () => {
    const response = await client.get(`/users/${data.manager.user.id}`);
    // A manager at a higher level need not be in the list.
    if (response.status === 404) skip('the manager is not among the users');
    expectStatus(response, 200);
    const row = /** @type {Partial<UserDetails> | undefined} */ (response.json);
    expectThat(row?.allowed?.remove === 'own_removal', 'allowed.remove: own_removal', response);
  });
}
