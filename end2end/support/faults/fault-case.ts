import type { Fault, ProxiedResponse } from './proxy.ts';

/** A title, the conformance themes to run, the fault, and the check that has to fail. */
export type FaultCase = [title: string, themes: string, fault: Fault, failedCheck: string | RegExp];

/** A JSON object. */
export type Json = Record<string, unknown>;

/** Changes the JSON body of a successful response. */
export function rewriteJson(response: ProxiedResponse, change: (body: Json) => void): void {
  if (response.status >= 300) return;
  const body = JSON.parse(response.body) as Json;
  change(body);
  response.body = JSON.stringify(body);
}

/** Returns a fault that changes the rows of the users list. */
export const changeRows = (change: (row: Json) => void): Fault => ({
  onResponse(response, { path, method }) {
    if (method === 'GET' && path === '/users') rewriteJson(response, (body) => (body.items as Json[]).forEach(change));
  },
});

/** Returns a fault that ignores query fields of the users list and its export. */
export const ignoreQuery = (...fields: string[]): Fault => ({
  onRequest({ path, query }) {
    if (path.startsWith('/users')) for (const field of fields) query.delete(field);
  },
});

/** Returns a fault that ignores a request header. */
export const dropHeader = (header: string): Fault => ({
  onRequest({ headers }) {
    delete headers[header];
  },
});
