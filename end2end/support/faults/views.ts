import { type Json, rewrite, type Wrong, without } from './fault.ts';

/** What can be wrong with views. */
export const VIEWS: Wrong[] = [
  [
    'a change is made inside a view',
    'views',
    {
      ask({ headers, method, path }) {
        if (!headers['studio-view'] || method !== 'POST' || path !== '/invitations') return;
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: '{"invited":0,"updated":0,"failed":[]}',
        };
      },
    },
    'POST /api/v1/invitations is refused inside a view',
  ],
  ['views are passed over', 'views', without('studio-view'), 'The session inside a view is the manager’s'],
  [
    'the manager becomes who is viewed',
    'views',
    {
      answer(answered, { path, headers }) {
        if (path !== '/session' || !headers['studio-view']) return;
        rewrite(answered, (body) => (body.user = (body.view as Json).user));
      },
    },
    'The session inside a view is the manager’s',
  ],
  [
    'rows inside a view allow what the manager may do',
    'views',
    {
      answer(answered, { path, method, headers }) {
        if (path !== '/users' || method !== 'GET' || !headers['studio-view']) return;
        const allowed = { copy_link: null, resend: null, view_as: null, remove: null };
        rewrite(answered, (body) => {
          for (const row of body.items as Json[]) row.allowed = allowed;
        });
      },
    },
    'Rows inside a view allow nothing',
  ],
  [
    'views do not end',
    'views',
    {
      ask({ method, path }) {
        if (method === 'DELETE' && path.startsWith('/views/')) return { status: 204, headers: {}, body: '' };
      },
    },
    'After that, what names the view is refused with view_ended',
  ],
  [
    'nobody is told why a view ended',
    'views',
    {
      answer(answered) {
        if (answered.status === 403) answered.body = answered.body.replace('"reason":"exited"', '"reason":"unknown"');
      },
    },
    'After that, what names the view is refused with view_ended',
  ],
];
