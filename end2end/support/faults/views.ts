import { dropHeader, type FaultCase, type Json, rewriteJson } from './fault-case.ts';

/** Faults in views. */
export const VIEWS: FaultCase[] = [
  [
    'a view is not read-only',
    'views',
    {
      onRequest({ headers, method, path }) {
        if (!headers['studio-view'] || method !== 'POST' || path !== '/invitations') return;
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: '{"invited":0,"updated":0,"failed":[]}',
        };
      },
    },
    'POST /api/v1/invitations is rejected in a view',
  ],
  ['views are ignored', 'views', dropHeader('studio-view'), 'The session in a view belongs to the manager'],
  [
    'the session becomes that of the viewed user',
    'views',
    {
      onResponse(response, { path, headers }) {
        if (path !== '/session' || !headers['studio-view']) return;
        rewriteJson(response, (body) => (body.user = (body.view as Json).user));
      },
    },
    'The session in a view belongs to the manager',
  ],
  [
    'rows in a view allow actions',
    'views',
    {
      onResponse(response, { path, method, headers }) {
        if (path !== '/users' || method !== 'GET' || !headers['studio-view']) return;
        const allowed = { copy_link: null, resend: null, view_as: null, remove: null };
        rewriteJson(response, (body) => {
          for (const row of body.items as Json[]) row.allowed = allowed;
        });
      },
    },
    'Rows in a view allow no action',
  ],
  [
    'views cannot be ended',
    'views',
    {
      onRequest({ method, path }) {
        if (method === 'DELETE' && path.startsWith('/views/')) return { status: 204, headers: {}, body: '' };
      },
    },
    'Requests in the ended view are rejected with view_ended',
  ],
  [
    'the reason of an ended view is wrong',
    'views',
    {
      onResponse(response) {
        if (response.status === 403) response.body = response.body.replace('"reason":"exited"', '"reason":"unknown"');
      },
    },
    'Requests in the ended view are rejected with view_ended',
  ],
];
