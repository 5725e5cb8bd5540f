/** The API requests, which are the same for all pages. */

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

/** The search and the sort order of a list. */
export interface List {
  search: string;
  sort: string;
}

export interface UserPage {
  total: { value: number; exact: boolean };
  items: User[];
}

/** The page size of requests, in rows. */
export const PAGE_SIZE = 50;
/** The number of rows rendered above and below the viewport. */
export const OVERSCAN = 6;
/** The height of a row, in px. */
export const ROW_HEIGHT = 48;

export const FIRST_LIST: List = { search: '', sort: '-created_at' };

/** Returns the sort order after a click on a header. */
export function toggleSort(sort: string, key: string): string {
  const isTime = key.endsWith('_at');
  if (sort === key) return `-${key}`;
  if (sort === `-${key}`) return key;
  return isTime ? `-${key}` : key;
}

/** Returns the `aria-sort` value of a header. */
export function ariaSort(sort: string, key: string): 'ascending' | 'descending' | 'none' {
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
  const response = await fetch(`/api/v1/${path}`, { signal });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}
