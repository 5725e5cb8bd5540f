/** What the pages ask of the backend: the same calls for all of them. */

export type Status = 'active' | 'invited' | 'expired';

export interface User {
  id: string;
  name: string | null;
  email: string;
  status: Status;
  created_at: string;
  last_active_at: string | null;
  roles: { role: string; inherited: boolean }[];
  environments: { total: number; first: { id: string; name: string }[] };
  allowed: { copy_link: string | null; view_as: string | null; remove: string | null };
}

export interface UserDetails extends User {
  joined_at: string | null;
  invited_by: { name: string } | null;
}

/** Which users, and in which order. */
export interface List {
  search: string;
  sort: string;
}

export interface UserPage {
  total: { value: number; exact: boolean };
  items: User[];
}

/** Rows are fetched in pages of so many. */
export const PAGE = 50;
/** How many rows are kept above and below those in view. */
export const OVERSCAN = 6;
/** In px. */
export const ROW_HEIGHT = 48;

export const FIRST_LIST: List = { search: '', sort: '-created_at' };

/** The order that a click on a header asks for. */
export function toggled(sort: string, key: string): string {
  const isTime = key.endsWith('_at');
  if (sort === key) return `-${key}`;
  if (sort === `-${key}`) return key;
  return isTime ? `-${key}` : key;
}

/** For a header's `aria-sort`. */
export function direction(sort: string, key: string): 'ascending' | 'descending' | 'none' {
  return sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none';
}

export async function fetchUsers(
  { search, sort }: List,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<UserPage> {
  const query = new URLSearchParams({ sort, offset: String(offset), limit: String(limit) });
  if (search.trim()) query.set('search', search.trim());
  return get<UserPage>(`users?${query}`, signal);
}

export async function fetchUser(id: string, signal: AbortSignal): Promise<UserDetails> {
  return get<UserDetails>(`users/${id}`, signal);
}

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const answer = await fetch(`/api/v1/${path}`, { signal });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}
