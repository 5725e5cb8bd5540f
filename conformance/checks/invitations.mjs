import { randomUUID } from 'node:crypto';
import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { AddressPreview, Grant, InvitationPreview } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const what = 'invitations are looked at and refused; nothing is mailed';

/** What no mail can be sent to, whatever becomes of the call. */
const NO_ADDRESS = 'conformance is no address';

/** @param {Context} context */
export async function run(context) {
  const { caller, expect, found, report } = context;
  const grants = await grantsOf(context);
  const node = grants[0]?.node_id;
  const preview = (/** @type {object} */ body) =>
    caller.ask('POST', '/invitations/preview', { body: { emails: [NO_ADDRESS], grants, ...body } });
  // Where that is taken for an address, asking would invite it.
  const previewed = /** @type {Partial<InvitationPreview> | undefined} */ ((await preview({})).json);
  const isSafe = previewed?.addresses?.[0]?.kind === 'invalid';
  const invite = (/** @type {object} */ body, key = '') => {
    if (!isSafe) skip(`the preview takes “${NO_ADDRESS}” for an address`);
    const headers = { ...(key && { 'idempotency-key': key }) };
    return caller.ask('POST', '/invitations', { body: { emails: [NO_ADDRESS], grants, ...body }, headers });
  };

  await report.check(
    'A preview says of each address what it is, and of each node what one will see there',
    async () => {
      const joined = found.samples.find((row) => row.status === 'active');
      const waiting = found.samples.find((row) => row.status !== 'active');
      const unknown = `${randomUUID()}@conformance.invalid`;
      /** @type {[email: string, kind: AddressPreview['kind']][]} */
      const asked = [
        [unknown, 'new'],
        [unknown.toUpperCase(), 'repeated'],
        [NO_ADDRESS, 'invalid'],
      ];
      if (joined) asked.push([joined.email.toUpperCase(), 'joined']);
      if (waiting) asked.push([waiting.email, 'invited']);
      const answer = await preview({ emails: asked.map(([email]) => email) });
      const { addresses, nodes } = expect.json(answer, 'InvitationPreview');
      const told = (/** @type {Pick<AddressPreview, 'email' | 'kind'>} */ { email, kind }) => `${email}: ${kind}`;
      const expected = asked.map(([email, kind]) => told({ email, kind })).join('\n');
      expectThat(addresses.map(told).join('\n') === expected, expected, answer, addresses.map(told).join('\n'));
      expectThat(
        nodes.some((one) => one.node_id === node),
        `the node ${node}`,
        answer,
      );
    },
  );

  /** @type {[name: string, body: object, field: string][]} */
  const refused = [
    ['nobody', { emails: [] }, 'emails'],
    ['more than 200 addresses', { emails: Array.from({ length: 201 }, (_, at) => `${NO_ADDRESS} ${at}`) }, 'emails'],
    ['to nothing', { grants: [] }, 'grants'],
    ['as nothing', { grants: [{ node_id: node, roles: [] }] }, 'grants'],
    ['to the same node twice', { grants: [...grants, ...grants] }, 'grants'],
    ['for no day', { expires_in_days: 0 }, 'expires_in_days'],
    ['for longer than a backend keeps it', { expires_in_days: 31 }, 'expires_in_days'],
    ['with a message over 1,000 characters', { message: 'x'.repeat(1001) }, 'message'],
  ];
  for (const [name, body, field] of refused) {
    await report.check(`Inviting ${name} is refused`, async () => expect.wrongField(await invite(body), field));
  }

  await report.check('Inviting with a role that does not exist is refused', async () => {
    expect.refusal(await invite({ grants: [{ node_id: node, roles: ['conformance'] }] }), 422, 'invalid');
  });

  await report.check('Inviting to a node that does not exist is refused, and so is its preview', async () => {
    const nowhere = [{ node_id: unknownId(), roles: ['agent'] }];
    expect.refusal(await invite({ grants: nowhere }), 404, 'not_found');
    expect.refusal(await preview({ grants: nowhere }), 404, 'not_found');
  });

  await report.check('A preview of more than 200 addresses is refused', async () => {
    expect.wrongField(await preview({ emails: Array.from({ length: 201 }, () => NO_ADDRESS) }), 'emails');
  });

  await report.check('What is no address is told to have failed, and nobody is invited', async () => {
    const answer = await invite({});
    const { invited, updated, failed } = expect.json(answer, 'InvitationResult');
    expectThat(invited === 0 && updated === 0, 'nobody invited', answer);
    expectThat(
      failed.length === 1 && failed[0]?.email === NO_ADDRESS && failed[0].code === 'invalid',
      `${NO_ADDRESS}: invalid`,
      answer,
    );
  });

  await report.check('With an Idempotency-Key the same call is answered the same, and another is refused', async () => {
    const key = randomUUID();
    const first = await invite({}, key);
    expectStatus(first, 200);
    const again = await invite({}, key);
    expectThat(again.status === 200 && again.text === first.text, first.text, again);
    expect.refusal(await invite({ message: 'another' }, key), 409, 'key_reused');
  });

  await report.check('An Idempotency-Key over 200 letters is refused', async () => {
    expect.refusal(await invite({}, 'x'.repeat(201)), 422, 'invalid');
  });

  await report.check('Nothing was mailed: no invitation is in the log to whom nobody can write', async () => {
    const answer = await caller.get('/audit', { query: { limit: 50, action: 'user.invited' } });
    const { items } = expect.json(answer, 'AuditPage');
    if (items.length === 0) skip('nobody was ever invited');
    const wrong = items.filter((entry) => entry.target?.name.includes('conformance'));
    expectThat(wrong.length === 0, 'no such entry', answer, JSON.stringify(wrong));
  });
}

/**
 * Something that the manager may give: of the first nodes, by the first role that a preview does not deny.
 *
 * @param {Context} context
 * @returns {Promise<Grant[]>}
 */
async function grantsOf({ caller, contract, found }) {
  for (const node_id of found.manager.managed.slice(0, 3)) {
    for (const role of contract.valuesOf('Role')) {
      const grants = [{ node_id, roles: [role] }];
      const answer = await caller.ask('POST', '/invitations/preview', { body: { emails: [], grants } });
      const preview = /** @type {Partial<InvitationPreview> | undefined} */ (answer.json);
      if (answer.status === 200 && !preview?.denied) return grants;
    }
  }
  return [{ node_id: found.manager.managed[0], roles: ['agent'] }];
}
