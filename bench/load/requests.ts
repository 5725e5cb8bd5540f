import { generator } from '../driver/statistics.ts';
import type { World } from './world.ts';

/** A request of the load. */
export interface Request {
  kind: string;
  method: 'GET' | 'PATCH' | 'POST';
  /** The path and query below `/api/v1/`. */
  path: string;
  body?: string;
  headers?: Record<string, string>;
}

/** A kind of request. */
interface Kind {
  kind: string;
  /** The share of all requests, in percent. */
  share: number;
  /** The target of the 95th percentile, in ms. */
  target?: number;
  create: (world: World, random: Random) => Omit<Request, 'kind'>;
}

/** The rows of a window, as in the page. */
const WINDOW = 50;
const SORTS = ['name', 'email', 'status', 'last_active_at', 'created_at'].flatMap((sort) => [sort, `-${sort}`]);

/** Draws from a seeded generator, so that each run sends the same requests. */
class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = generator(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to choose from.');
    return item;
  }
}

type Query = Record<string, string | number | readonly string[]>;

function list(query: Query): Omit<Request, 'kind'> {
  const parameters = new URLSearchParams({ limit: String(WINDOW) });
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'object') for (const item of value) parameters.append(name, item);
    else parameters.set(name, String(value));
  }
  return { method: 'GET', path: `users?${parameters}` };
}

const get = (path: string): Omit<Request, 'kind'> => ({ method: 'GET', path });

/** The kinds of requests. A tenth are changes. The targets hold for a million users. */
export const KINDS: readonly Kind[] = [
  {
    kind: 'first window, every sort',
    share: 15,
    target: 30,
    create: (_, random) => list({ sort: random.pick(SORTS) }),
  },
  {
    kind: 'window at any offset',
    share: 15,
    target: 30,
    create: (world, random) => list({ sort: random.pick(SORTS), offset: random.below(world.total) }),
  },
  {
    kind: 'search, rare',
    share: 8,
    target: 30,
    create: (world, random) => list({ search: random.pick(world.rareTerms) }),
  },
  {
    kind: 'search, common',
    share: 6,
    target: 30,
    create: (world, random) => list({ search: random.pick(world.commonTerms).text, sort: random.pick(SORTS) }),
  },
  {
    kind: 'search, several words',
    share: 4,
    target: 30,
    create: (world, random) => list({ search: random.pick(world.longTerms) }),
  },
  {
    kind: 'search, one letter',
    share: 4,
    target: 150,
    create: (_, random) => list({ search: String.fromCharCode(97 + random.below(26)) }),
  },
  {
    kind: 'search, two letters',
    share: 4,
    target: 150,
    create: (world, random) => list({ search: random.pick(world.pairs), sort: random.pick(SORTS) }),
  },
  {
    kind: 'deep offset in a search',
    share: 3,
    target: 150,
    create: (world, random) => {
      const { text, matches } = random.pick(world.commonTerms);
      return list({ search: text, offset: random.below(Math.max(matches, 1)) });
    },
  },
  {
    kind: 'window of an agency',
    share: 5,
    target: 30,
    create: (world, random) => list({ node: random.pick(world.agencies), sort: random.pick(SORTS) }),
  },
  {
    kind: 'window of an environment',
    share: 5,
    target: 30,
    create: (world, random) => list({ node: random.pick(world.environments).id, sort: random.pick(SORTS) }),
  },
  {
    kind: 'window of three environments',
    share: 4,
    target: 30,
    create: (world, random) => {
      const nodes = [1, 2, 3].map(() => random.pick(world.environments).id);
      return list({ node: [...new Set(nodes)], sort: random.pick(SORTS) });
    },
  },
  {
    kind: 'search in an agency',
    share: 2,
    target: 30,
    create: (world, random) => list({ node: random.pick(world.agencies), search: random.pick(world.commonTerms).text }),
  },
  {
    kind: 'count, by status or role',
    share: 3,
    target: 30,
    create: (_, random) => {
      const filter = random.pick<Query>([
        { status: 'invited' },
        { status: 'active' },
        { role: 'analyst' },
        { role: 'agent' },
      ]);
      return list({ ...filter, limit: 1 });
    },
  },
  { kind: 'details', share: 4, create: (world, random) => get(`users/${random.pick(world.users)}`) },
  { kind: 'access', share: 4, create: (world, random) => get(`users/${random.pick(world.users)}/access`) },
  { kind: 'activity', share: 2, create: (world, random) => get(`users/${random.pick(world.users)}/activity`) },
  { kind: 'nodes', share: 2, create: () => get('nodes') },
  {
    kind: 'change of access',
    share: 6,
    target: 20,
    create: (world, random) => {
      const { id, roles } = random.pick(world.environments);
      return {
        method: 'PATCH',
        path: `users/${random.pick(world.changeable)}/access`,
        headers: { 'if-match': '*' },
        body: JSON.stringify({ changes: [{ node_id: id, roles: [random.pick(roles)] }] }),
      };
    },
  },
  {
    kind: 'invitation',
    share: 2,
    target: 20,
    create: (world, random) => {
      const { id, roles } = random.pick(world.environments);
      const name = `load-${Date.now().toString(36)}-${random.below(1e9).toString(36)}`;
      return {
        method: 'POST',
        path: 'invitations',
        headers: { 'idempotency-key': name },
        body: JSON.stringify({
          emails: [`${name}@load.example`],
          grants: [{ node_id: id, roles: [random.pick(roles)] }],
        }),
      };
    },
  },
  {
    kind: 'change of the profile',
    share: 2,
    target: 20,
    create: (_, random) => ({
      method: 'PATCH',
      path: 'session',
      body: JSON.stringify({ digests: random.below(2) === 0 }),
    }),
  },
];

/** Returns a function that creates the next request of the mix. */
export function createRequests(world: World, seed: number): () => Request {
  const random = new Random(seed);
  const total = KINDS.reduce((sum, { share }) => sum + share, 0);
  return () => {
    let remaining = random.below(total);
    const chosen = KINDS.find(({ share }) => {
      remaining -= share;
      return remaining < 0;
    });
    if (!chosen) throw new Error('The shares are wrong.');
    return { kind: chosen.kind, ...chosen.create(world, random) };
  };
}
