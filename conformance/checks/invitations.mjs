import { randomUUID } from 'node:crypto';
import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { AddressPreview, Grant, InvitationPreview } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const summary = 'invitations are previewed and validated; no e-mail is sent';

/** An invalid address, so that no e-mail can be sent whatever the backend does. */
const INVALID_ADDRESS = 'conformance is not an address';

/** @param {Context} context */
export async function run(context) {
  const { client, expect, data, report } = context;
  const grants = await grantsOf(context);
  const node = grants[0]?.node_id;
  const preview = (/** @type {object} */ body) =>
    client.request('POST', '/invitations/preview', { body: { emails: [INVALID_ADDRESS], grants, ...body } });
  // If the backend accepts the invalid address, the checks below would invite it, so they are skipped.
  const previewed = /** @type {Partial<InvitationPreview> | undefined} */ ((await preview({})).json);
  const isSafe = previewed?.addresses?.[0]?.kind === 'invalid';
  const invite = (/** @type {object} */ body, key = '') => {
    if (!isSafe) skip(`the preview accepts “${INVALID_ADDRESS}” as an address`);
    const headers = { ...(key && { 'idempotency-key': key }) };
    return client.request('POST', '/invitations', { body: { emails: [INVALID_ADDRESS], grants, ...body }, headers });
  };

  await report.check('A preview classifies each address and lists the nodes', async () => {
    const joined = data.samples.find((row) => row.status === 'active');
    const waiting = data.samples.find((row) => row.status !== 'active');
    const unknown = `${randomUUID()}@conformance.invalid`;
    /** @type {[email: string, kind: AddressPreview['kind']][]} */
    const inputs = [
      [unknown, 'new'],
      [unknown.toUpperCase(), 'repeated'],
      [INVALID_ADDRESS, 'invalid'],
    ];
    if (joined) inputs.push([joined.email.toUpperCase(), 'joined']);
    if (waiting) inputs.push([waiting.email, 'invited']);
    const response = await preview({ emails: inputs.map(([email]) => email) });
    const { addresses, nodes } = expect.json(response, 'InvitationPreview');
    const summarize = (/** @type {Pick<AddressPreview, 'email' | 'kind'>} */ { email, kind }) => `${email}: ${kind}`;
    const expected = inputs.map(([email, kind]) => summarize({ email, kind })).join('\n');
    expectThat(
      addresses.map(summarize).join('\n') === expected,
      expected,
      response,
      addresses.map(summarize).join('\n'),
    );
    expectThat(
      nodes.some((one) => one.node_id === node),
      `the node ${node}`,
      response,
    );
  });

  /** @type {[name: string, body: object, field: string][]} */
  const invalidBodies = [
    ['nobody', { emails: [] }, 'emails'],
    [
      'more than 200 addresses',
      { emails: Array.from({ length: 201 }, (_, index) => `${INVALID_ADDRESS} ${index}`) },
      'emails',
    ],
    ['without a grant', { grants: [] }, 'grants'],
    ['without a role', { grants: [{ node_id: node, roles: [] }] }, 'grants'],
    ['to the same node twice', { grants: [...grants, ...grants] }, 'grants'],
    ['for zero days', { expires_in_days: 0 }, 'expires_in_days'],
    ['for more than 30 days', { expires_in_days: 31 }, 'expires_in_days'],
    ['with a message over 1,000 characters', { message: 'x'.repeat(1001) }, 'message'],
  ];
  for (const [name, body, field] of invalidBodies) {
    await report.check(`Inviting ${name} is rejected`, async () => expect.invalidField(await invite(body), field));
  }

  await report.check('Inviting with an unknown role is rejected', async () => {
    expect.problem(await invite({ grants: [{ node_id: node, roles: ['conformance'] }] }), 422, 'invalid');
  });

  await report.check('Inviting to an unknown node is rejected, and so is its preview', async () => {
    const unknownNode = [{ node_id: unknownId(), roles: ['agent'] }];
    expect.problem(await invite({ grants: unknownNode }), 404, 'not_found');
    expect.problem(await preview({ grants: unknownNode }), 404, 'not_found');
  });

  await report.check('A preview of more than 200 addresses is rejected', async () => {
    expect.invalidField(await preview({ emails: Array.from({ length: 201 }, () => INVALID_ADDRESS) }), 'emails');
  });

  await report.check('An invalid address is reported as failed and not invited', async () => {
    const response = await invite({});
    const { invited, updated, failed } = expect.json(response, 'InvitationResult');
    expectThat(invited === 0 && updated === 0, 'no invitation and no update', response);
    expectThat(
      failed.length === 1 && failed[0]?.email === INVALID_ADDRESS && failed[0].code === 'invalid',
      `${INVALID_ADDRESS}: invalid`,
      response,
    );
  });

  await report.check('A repeated Idempotency-Key returns the same response, or rejects another body', async () => {
    const key = randomUUID();
    const first = await invite({}, key);
    expectStatus(first, 200);
    const again = await invite({}, key);
    expectThat(again.status === 200 && again.text === first.text, first.text, again);
    expect.problem(await invite({ message: 'another' }, key), 409, 'key_reused');
  });

  await report.check('An Idempotency-Key over 200 characters is rejected', async () => {
    expect.problem(await invite({}, 'x'.repeat(201)), 422, 'invalid');
  });

  await report.check('The audit log has no invitation to the invalid address', async () => {
    const response = await client.get('/audit', { query: { limit: 50, action: 'user.invited' } });
    const { items } = expect.json(response, 'AuditPage');
    if (items.length === 0) skip('the audit log has no invitations');
    const unexpected = items.filter((entry) => entry.target?.name.includes('conformance'));
    expectThat(unexpected.length === 0, 'no such entry', response, JSON.stringify(unexpected));
  });
}

/**
 * Returns a grant that the manager may give: the first role at the first nodes that a preview does not deny.
 *
 * @param {Context} context
 * @returns {Promise<Grant[]>}
 */
async function grantsOf({ client, contract, data }) {
  for (const node_id of data.manager.managed.slice(0, 3)) {
    for (const role of contract.valuesOf('Role')) {
      const grants = [{ node_id, roles: [role] }];
      const response = await client.request('POST', '/invitations/preview', { body: { emails: [], grants } });
      const preview = /** @type {Partial<InvitationPreview> | undefined} */ (response.json);
      if (response.status === 200 && !preview?.denied) return grants;
    }
  }
  return [{ node_id: data.manager.managed[0], roles: ['agent'] }];
}
