import { unknownId } from './discovery.mjs';

/** @import { Operation } from './types.d.ts' */

/**
 * Request bodies that change nothing, even on a faulty backend that accepts them. They name no user, node or link that
 * exists, or they repeat the current state.
 *
 * @type {Record<string, () => object>}
 */
const BODIES = {
  'POST /demo/sessions': () => ({ user_id: unknownId() }),
  'POST /invitations': () => ({ emails: ['conformance'], grants: [{ node_id: unknownId(), roles: ['agent'] }] }),
  'POST /invitations/accept': () => ({ token: 'conformance-no-such-token', name: 'Conformance' }),
  'POST /invitations/inspect': () => ({ token: 'conformance-no-such-token' }),
  'POST /invitations/preview': () => ({
    emails: ['conformance'],
    grants: [{ node_id: unknownId(), roles: ['agent'] }],
  }),
  'PATCH /session': () => ({}),
  'POST /sessions': () => ({ token: 'conformance-no-such-token' }),
  'POST /sign-in-links': () => ({ email: 'nobody@conformance.invalid' }),
  'POST /users/bulk': () => ({ select: { ids: [] }, action: 'resend' }),
  'POST /users/{id}/invitation/correct': () => ({ email: 'conformance is not an address' }),
  'PATCH /users/{id}/access': () => ({ changes: [] }),
  'POST /views': () => ({ user_id: unknownId(), reason: 'Conformance' }),
};

/**
 * Returns a body for an operation, or undefined if it takes none.
 *
 * @param {Operation} operation
 */
export function bodyOf({ method, path, hasBody }) {
  if (!hasBody) return undefined;
  return (BODIES[`${method} ${path}`] ?? (() => ({})))();
}
