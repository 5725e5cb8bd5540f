import { randomUUID } from 'node:crypto';

/** @import { ApiClient, ApiResponse } from './client.mjs' */
/** @import { NodeView, Session, Status, UserRow } from './schemas.d.ts' */
/** @import { Query } from './types.d.ts' */

/** @typedef {Session & { managed: readonly [string, ...string[]] }} Manager The session of a user who manages nodes. */

/** The maximum page size of the API, in rows. */
const MAX_LIMIT = 200;

/** @type {Status[]} */
const STATUSES = ['active', 'invited', 'expired'];

/**
 * Reads the data that the checks use: the manager, the nodes and some users of each status. It does not validate the
 * data, because the checks do.
 *
 * @param {ApiClient} client
 */
export async function discover(client) {
  const session = await client.get('/session');
  if (session.status !== 200) throw new Error(`The backend rejects the session: GET /session returned ${session}`);
  const manager = /** @type {Manager | undefined} */ (session.json);
  if (!manager?.managed?.length)
    throw new Error('The user of the session manages no node. The checks need the session of a manager.');

  const rowsOf = async (/** @type {Query} */ query) => {
    const response = await client.get('/users', { query: { limit: MAX_LIMIT, ...query } });
    return /** @type {UserRow[]} */ (arrayIn(response, 'items'));
  };
  const nodes = /** @type {NodeView[]} */ (arrayIn(await client.get('/nodes')));
  const first = await rowsOf({});
  /** @type {Record<Status, UserRow[]>} */
  const byStatus = { active: [], invited: [], expired: [] };
  for (const status of STATUSES) byStatus[status] = await rowsOf({ status, limit: 20 });
  const managers = await rowsOf({ role: ['organisation_manager', 'administrator'], limit: 50 });
  const isOther = (/** @type {UserRow} */ row) => row.id !== manager.user.id;
  const kinds = Object.values(byStatus).flatMap((rows) => rows.filter(isOther).slice(0, 3));
  // A view as a manager covers the most.
  const candidates = [...managers, ...byStatus.active, ...first, ...kinds].filter(isOther);
  const isViewable = (/** @type {UserRow} */ row) => row.allowed?.view_as === null;
  return {
    manager,
    nodes,
    /** The first rows of the list, at most 200. */
    first,
    /** Some users of each status, without the manager. */
    samples: kinds.length > 0 ? kinds : first.slice(0, 3),
    /** A user whom the manager may view as, preferably an active one. */
    viewable: candidates.find((row) => isViewable(row) && row.status === 'active') ?? candidates.find(isViewable),
  };
}

/** Returns an id that names nothing. */
export const unknownId = () => randomUUID();

/**
 * Returns the array that a response is, or has in a field. Returns an empty one for any other response.
 *
 * @param {ApiResponse} response
 * @param {string} [field]
 * @returns {unknown[]}
 */
function arrayIn({ json }, field) {
  const list = field ? /** @type {Record<string, unknown> | null | undefined} */ (json)?.[field] : json;
  return Array.isArray(list) ? list : [];
}
