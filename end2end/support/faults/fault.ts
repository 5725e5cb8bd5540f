import type { Answered, Fault } from './between.ts';

/** What a backend does wrong, the themes of the suite that look at it, the fault, and the check that finds it. */
export type Wrong = [what: string, themes: string, fault: Fault, found: string | RegExp];

/** Something in JSON. */
export type Json = Record<string, unknown>;

/** Changes a body in JSON. */
export function rewrite(answered: Answered, change: (body: Json) => void): void {
  if (answered.status >= 300) return;
  const body = JSON.parse(answered.body) as Json;
  change(body);
  answered.body = JSON.stringify(body);
}

/** Changes the rows of the list. */
export const rows = (change: (row: Json) => void): Fault => ({
  answer(answered, { path, method }) {
    if (method === 'GET' && path === '/users') rewrite(answered, (body) => (body.items as Json[]).forEach(change));
  },
});

/** Passes over a field of the query. */
export const deaf = (...fields: string[]): Fault => ({
  ask({ path, query }) {
    if (path.startsWith('/users')) for (const field of fields) query.delete(field);
  },
});

/** Passes over a header. */
export const without = (header: string): Fault => ({
  ask({ headers }) {
    delete headers[header];
  },
});
