import { randomUUID } from 'node:crypto';

/** @import { Answer, Caller } from './caller.mjs' */
/** @import { NodeView, Session, Status, UserRow } from './schemas.d.ts' */
/** @import { Query } from './types.d.ts' */

/** @typedef {Session & { managed: readonly [string, ...string[]] }} Manager The session of somebody who manages a node. */

const MOST_READ = 200;

/** @type {Status[]} */
const STATUSES = ['active', 'invited', 'expired'];

/**
 * What the checks need to know of data that nobody told them: who asks, which nodes there are, and some users of each
 * kind. Read once; what is wrong with it is found by the checks.
 *
 * @param {Caller} caller
 */
export async function discover(caller) {
  const session = await caller.get('/session');
  if (session.status !== 200) throw new Error(`The session is not taken: GET /session answers ${session}`);
  const manager = /** @type {Manager | undefined} */ (session.json);
  if (!manager?.managed?.length)
    throw new Error('Who asks manages no node: it takes a manager to see what the page relies on.');

  const rowsOf = async (/** @type {Query} */ query) => {
    const answer = await caller.get('/users', { query: { limit: MOST_READ, ...query } });
    return /** @type {UserRow[]} */ (listIn(answer, 'items'));
  };
  const nodes = /** @type {NodeView[]} */ (listIn(await caller.get('/nodes')));
  const first = await rowsOf({});
  /** @type {Record<Status, UserRow[]>} */
  const byStatus = { active: [], invited: [], expired: [] };
  for (const status of STATUSES) byStatus[status] = await rowsOf({ status, limit: 20 });
  const managers = await rowsOf({ role: ['organisation_manager', 'administrator'], limit: 50 });
  const isOther = (/** @type {UserRow} */ row) => row.id !== manager.user.id;
  const kinds = Object.values(byStatus).flatMap((rows) => rows.filter(isOther).slice(0, 3));
  // A view as somebody who manages others shows most.
  const everybody = [...managers, ...byStatus.active, ...first, ...kinds].filter(isOther);
  const isViewable = (/** @type {UserRow} */ row) => row.allowed?.view_as === null;
  return {
    manager,
    nodes,
    /** Up to 200 rows, from the beginning of the list. */
    first,
    /** Some users of each status, without the manager. */
    samples: kinds.length > 0 ? kinds : first.slice(0, 3),
    /** Somebody who can be viewed as, best one who has joined. */
    viewable: everybody.find((row) => isViewable(row) && row.status === 'active') ?? everybody.find(isViewable),
  };
}

/** An id that names nothing. */
export const unknownId = () => randomUUID();

/**
 * The list that an answer is, or has in a field; none where it is something else.
 *
 * @param {Answer} answer
 * @param {string} [field]
 * @returns {unknown[]}
 */
function listIn({ json }, field) {
  const list = field ? /** @type {Record<string, unknown> | null | undefined} */ (json)?.[field] : json;
  return Array.isArray(list) ? list : [];
}
