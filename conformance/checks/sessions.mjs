import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';
import { bodyOf } from '../support/harmless.mjs';

/** @import { UserDetails } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const what = 'who is not signed in reads and changes nothing';

/** What takes no session: it begins one, ends what there is of one, or tells nothing of anybody. */
const OPEN = [
  'POST /sign-in-links',
  'POST /sessions',
  'DELETE /session',
  'POST /invitations/inspect',
  'POST /invitations/accept',
  'GET /demo/people',
  'POST /demo/sessions',
  'GET /healthz',
  'GET /openapi.json',
];

/** @param {Context} context */
export async function run({ caller, contract, expect, found, options, report }) {
  const closed = contract.operations.filter(({ method, path }) => !OPEN.includes(`${method} ${path}`));
  for (const operation of closed) {
    await report.check(`${operation.name} answers 401 where nobody is signed in`, async () => {
      const path = operation.path.replace('{id}', unknownId());
      const answer = await caller.ask(operation.method, path, { session: {}, body: bodyOf(operation) });
      expect.refusal(answer, 401, 'unauthenticated');
    });
  }

  await report.check('A token that was never given is no session', async () => {
    const session = { authorization: 'Bearer conformance-no-such-token' };
    expect.refusal(await caller.get('/session', { session }), 401, 'unauthenticated');
  });

  await report.check('Exactly one of the manager’s sessions is the current one', async () => {
    const answer = await caller.get('/sessions');
    const current = expect.list(answer, 'OwnSession').filter((session) => session.current);
    expectThat(current.length === 1, 'one that is current', answer);
  });

  await report.check(
    'A link that does not exist neither signs in nor joins, and is told apart by nothing',
    async () => {
      const token = 'conformance-no-such-token';
      const body = { token };
      const signedIn = await caller.ask('POST', '/sessions', { session: {}, body });
      const inspected = await caller.ask('POST', '/invitations/inspect', { session: {}, body });
      const named = { token, name: 'Conformance' };
      const accepted = await caller.ask('POST', '/invitations/accept', { session: {}, body: named });
      const answers = [signedIn, inspected, accepted];
      if (answers.some((answer) => answer.status === 429)) skip('the backend limits how often that is tried');
      for (const answer of answers) expect.refusal(answer, 403, 'link_invalid');
      expectThat(
        inspected.text === accepted.text,
        'the same bytes for reading an invitation and for accepting it',
        accepted,
      );
    },
  );

  await report.check('Whoever asks for a link to sign in is not told whether there is such an account', async () => {
    const answer = await caller.ask('POST', '/sign-in-links', {
      session: {},
      body: { email: 'nobody@conformance.invalid' },
    });
    if (answer.status === 429) skip('the backend limits how often that is tried');
    expectStatus(answer, 202);
  });

  await report.check('With a cookie, what another site asks for changes nothing', async () => {
    if (!options.session.cookie) skip('the session is no cookie');
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://conformance.invalid' };
    const answer = await caller.ask('PATCH', '/session', { headers, body: {} });
    expect.refusal(answer, 403, 'cross_site');
  });

  await report.check('Nobody may remove themselves, and their own row says so', async () => {
    const answer = await caller.get(`/users/${found.manager.user.id}`);
    // Who manages everybody from above need not be among them.
    if (answer.status === 404) skip('the manager is not among the users');
    expectStatus(answer, 200);
    const row = /** @type {Partial<UserDetails> | undefined} */ (answer.json);
    expectThat(row?.allowed?.remove === 'own_removal', 'that nobody removes themselves: own_removal', answer);
  });
}
