import { expect, type Page } from '@playwright/test';

/** A user as the API returns them, as far as the tests read it. */
export interface User {
  id: string;
  name: string;
  email: string;
  roles: { role: string }[];
  /** The pending or expired invitation. */
  invitation?: object;
}

/** The roles to assign, by node name. `null` inherits. */
export type Assignments = Record<string, string[] | null>;

/** Returns the user with this address, as the signed-in user sees them. */
export async function userByEmail(page: Page, email: string): Promise<User> {
  const response = await page.request.get(`/api/v1/users?search=${encodeURIComponent(email)}`);
  const { items } = (await response.json()) as { items: User[] };
  const user = items.find((item) => item.email === email);
  if (!user) throw new Error(`There is no user ${email}.`);
  return user;
}

/**
 * Returns an active user of the agency who manages no users and whom no test uses by name. The same number returns the
 * same user, unless a user was removed in the meantime.
 */
export async function pickColleague(page: Page, number: number): Promise<User> {
  const response = await page.request.get('/api/v1/users?search=@northwind.example&status=active&sort=email&limit=100');
  const { items } = (await response.json()) as { items: User[] };
  const usedByName = /^(maud|ingrid|femke|charlotte|sanne|astrid|lotte)@/;
  const manages = ({ roles }: User) => roles.some(({ role }) => /administrator|organisation_manager/.test(role));
  const colleagues = items.filter((user) => !usedByName.test(user.email) && !manages(user));
  const user = colleagues[number % colleagues.length];
  if (!user) throw new Error('The demo has too few users.');
  return user;
}

/** Assigns exactly these roles to a user. At all other nodes the user inherits. */
export async function setRoles(page: Page, user: User, assignments: Assignments): Promise<void> {
  const nodes = (await (await page.request.get('/api/v1/nodes')).json()) as { id: string; name: string }[];
  const access = await page.request.get(`/api/v1/users/${user.id}/access`);
  const visible = ((await access.json()) as { nodes: { node_id: string }[] }).nodes.map((node) => node.node_id);
  const changes = nodes
    .filter(({ id }) => visible.includes(id))
    .map(({ id, name }) => ({ node_id: id, roles: assignments[name] ?? null }));
  const status = await callApi(page, 'PATCH', `/users/${user.id}/access`, { changes }, access.headers().etag);
  expect(status).toBe(200);
}

/** Calls the API with the session of a page and returns the status. `version` is sent as `If-Match`. */
export async function callApi(
  page: Page,
  method: string,
  path: string,
  data?: object,
  version?: string,
): Promise<number> {
  // The backend rejects changes that are not same-origin.
  const headers = { 'Sec-Fetch-Site': 'same-origin', ...(version ? { 'If-Match': version } : {}) };
  return (await page.request.fetch(`/api/v1${path}`, { method, data, headers })).status();
}
