import { unknownId } from './discovery.mjs';

/** @import { Operation } from './types.d.ts' */

/**
 * Bodies that change nothing whatever the backend makes of them: they name nobody, or leave all as it is. What is
 * refused here for another reason would be refused or empty otherwise.
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
  'PATCH /users/{id}/access': () => ({ changes: [] }),
  'POST /views': () => ({ user_id: unknownId(), reason: 'Conformance' }),
};

/**
 * A body for an operation that has one; undefined for others.
 *
 * @param {Operation} operation
 */
export function bodyOf({ method, path, hasBody }) {
  if (!hasBody) return undefined;
  return (BODIES[`${method} ${path}`] ?? (() => ({})))();
}
