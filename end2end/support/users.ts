import { expect, type Page } from '@playwright/test';

/** A user as the backend tells of them. */
export interface User {
  id: string;
  name: string;
  email: string;
  roles: { role: string }[];
}

/** Roles by the names of nodes. */
export type Assignments = Record<string, string[] | null>;

/** The user with this address, as whoever is signed in sees them. */
export async function userBy(page: Page, email: string): Promise<User> {
  const answer = await page.request.get(`/api/v1/users?search=${encodeURIComponent(email)}`);
  const { items } = (await answer.json()) as { items: User[] };
  const found = items.find((user) => user.email === email);
  if (!found) throw new Error(`nobody is ${email}`);
  return found;
}

/** Somebody of the agency who manages nobody and whom no test knows by name: the same for the same number, as long as
 * nobody is removed. */
export async function colleague(page: Page, number: number): Promise<User> {
  const answer = await page.request.get('/api/v1/users?search=@northwind.example&status=active&sort=email&limit=100');
  const { items } = (await answer.json()) as { items: User[] };
  const named = /^(maud|ingrid|femke|charlotte|sanne|astrid|lotte)@/;
  const manages = ({ roles }: User) => roles.some(({ role }) => /administrator|organisation_manager/.test(role));
  const colleagues = items.filter((user) => !named.test(user.email) && !manages(user));
  const user = colleagues[number % colleagues.length];
  if (!user) throw new Error('the demo is too small');
  return user;
}

/** Gives a user exactly these roles, by the names of nodes; elsewhere they inherit. */
export async function arrange(page: Page, user: User, assignments: Assignments): Promise<void> {
  const nodes = (await (await page.request.get('/api/v1/nodes')).json()) as { id: string; name: string }[];
  const access = await page.request.get(`/api/v1/users/${user.id}/access`);
  const seen = ((await access.json()) as { nodes: { node_id: string }[] }).nodes.map((node) => node.node_id);
  const changes = nodes
    .filter(({ id }) => seen.includes(id))
    .map(({ id, name }) => ({ node_id: id, roles: assignments[name] ?? null }));
  const status = await ask(page, 'PATCH', `/users/${user.id}/access`, { changes }, access.headers().etag);
  expect(status).toBe(200);
}

/** Has the backend do something as whoever is signed in on a page, and says how it answered. */
export async function ask(page: Page, method: string, path: string, data?: object, version?: string): Promise<number> {
  // What comes from elsewhere may change nothing.
  const headers = { 'Sec-Fetch-Site': 'same-origin', ...(version ? { 'If-Match': version } : {}) };
  return (await page.request.fetch(`/api/v1${path}`, { method, data, headers })).status();
}
