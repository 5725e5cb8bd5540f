import type { Backend } from '../driver/backend.ts';

/** A search term, and how many users match it, estimated from a sample. */
interface Term {
  text: string;
  matches: number;
}

/** An environment, and roles that can be given there. */
interface Environment {
  id: string;
  roles: readonly string[];
}

/** The data that the requests ask for. */
export interface World {
  total: number;
  /** Ids of users. */
  users: readonly string[];
  /** Ids of users who can be given roles. */
  changeable: readonly string[];
  agencies: readonly string[];
  environments: readonly Environment[];
  /** Terms that few users match. */
  rareTerms: readonly string[];
  /** Terms that many users match. */
  commonTerms: readonly Term[];
  longTerms: readonly string[];
  /** Terms of two letters. */
  pairs: readonly string[];
}

interface SampledRow {
  id: string;
  name?: string | null;
  email: string;
  status: string;
  allowed: { give_roles?: unknown };
}

interface NodeView {
  id: string;
  kind: string;
  disabled_roles?: readonly string[] | null;
}

/** The windows of the sample, spread over the list. */
const WINDOWS = 40;
const WINDOW_ROWS = 50;
const ROLES = ['agent', 'operator', 'analyst', 'planner'];

/** Reads nodes and a sample of users. */
export async function loadWorld(backend: Backend): Promise<World> {
  const nodes = await backend.get<NodeView[]>('nodes');
  const { total } = await backend.get<{ total: { value: number } }>('users?limit=1');
  const offsets = Array.from({ length: WINDOWS }, (_, window) => Math.floor((total.value * window) / WINDOWS));
  const rows: SampledRow[] = [];
  for (const offset of new Set(offsets)) {
    const path = `users?sort=name&offset=${offset}&limit=${WINDOW_ROWS}`;
    rows.push(...(await backend.get<{ items: SampledRow[] }>(path)).items);
  }
  const joined = rows.filter((row) => row.status === 'active' && row.name);
  const changeable = joined.filter(({ allowed }) => !allowed.give_roles).map(({ id }) => id);
  const environments = nodes.flatMap(({ id, kind, disabled_roles: disabled }) => {
    const roles = ROLES.filter((role) => !disabled?.includes(role));
    return kind === 'environment' && roles.length > 0 ? [{ id, roles }] : [];
  });
  return {
    total: total.value,
    users: rows.map(({ id }) => id),
    changeable,
    agencies: nodes.filter(({ kind }) => kind === 'agency').map(({ id }) => id),
    environments,
    rareTerms: rows.map(({ email }) => email.split('@')[0] ?? email),
    commonTerms: commonTerms(rows, total.value),
    longTerms: joined.map(({ name, email }) => `${name} ${email.split('@')[1] ?? ''}`),
    pairs: pairs(joined),
  };
}

/** Returns the most frequent words of names and addresses. */
function commonTerms(rows: readonly SampledRow[], total: number): Term[] {
  const counts = new Map<string, number>();
  for (const { name, email } of rows) {
    const words = `${name ?? ''} ${email}`.toLowerCase().split(/[^\p{L}]+/u);
    for (const word of new Set(words.filter((word) => word.length >= 3))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, 20);
  return frequent.map(([text, count]) => ({ text, matches: Math.floor((total * count) / rows.length) }));
}

/** Returns the first two letters of each name. */
function pairs(rows: readonly SampledRow[]): string[] {
  const starts = rows.map(({ name }) => [...(name ?? '').toLowerCase()].slice(0, 2).join(''));
  return [...new Set(starts)].filter((start) => /^\p{L}{2}$/u.test(start));
}
