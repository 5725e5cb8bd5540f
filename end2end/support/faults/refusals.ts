import type { Json, Wrong } from './fault.ts';

/** What can be wrong with refusals. */
export const REFUSALS: Wrong[] = [
  [
    'more than 200 rows may be asked for',
    'refusals',
    {
      ask: ({ query }) => void (query.get('limit') === '201' && query.set('limit', '200')),
    },
    'GET /users refuses a wrong limit',
  ],
  [
    'refusals are plain text',
    'missing,refusals',
    {
      answer(answered) {
        if (answered.status < 400) return;
        answered.headers['content-type'] = 'text/plain';
        answered.body = 'No.';
      },
    },
    'A path that does not exist answers 404 as a problem',
  ],
  [
    'refusals have no code',
    'missing',
    {
      answer(answered) {
        if (answered.status < 400) return;
        answered.body = JSON.stringify({ ...(JSON.parse(answered.body) as Json), code: undefined });
      },
    },
    'GET /api/v1/users/{id} answers 404 for an id that names nothing',
  ],
  [
    'refusals tell of fields no more',
    'refusals',
    {
      answer(answered) {
        if (answered.status !== 422) return;
        answered.body = JSON.stringify({ ...(JSON.parse(answered.body) as Json), fields: [] });
      },
    },
    'GET /users refuses a wrong sort',
  ],
  [
    'who is not signed in is forbidden',
    'sessions',
    {
      answer(answered) {
        if (answered.status === 401) answered.status = 403;
      },
    },
    'GET /api/v1/users answers 401 where nobody is signed in',
  ],
  [
    'who is not signed in is shown a page',
    'sessions',
    {
      answer(answered) {
        if (answered.status !== 401) return;
        Object.assign(answered, { status: 200, body: '<h1>Sign in</h1>', headers: { 'content-type': 'text/html' } });
      },
    },
    'DELETE /api/v1/users/{id} answers 401 where nobody is signed in',
  ],
  [
    'what does not exist is told apart',
    'missing',
    {
      answer(answered, { path }) {
        if (answered.status !== 404) return;
        const detail = `There is nothing like ${path.slice(0, 14)}.`;
        answered.body = JSON.stringify({ ...(JSON.parse(answered.body) as Json), detail });
      },
    },
    'GET /api/v1/users/{id} answers 404 for an id that names nothing',
  ],
  [
    'fields that are not known are passed over',
    'refusals',
    {
      ask(asked) {
        asked.query.delete('conformance');
        asked.body = asked.body.replace(/,?"conformance":1/, '');
      },
    },
    /POST \/api\/v1\/views refuses a field that it does not know[\s\S]*GET \/users|GET \/users refuses a wrong field, one that it does not know/,
  ],
  [
    'long bodies are cut off',
    'refusals',
    {
      ask(asked) {
        if (asked.body.length > 1_000_000) asked.body = '{"emails":[],"grants":[]}';
      },
    },
    'A body over 1 MB is refused',
  ],
  [
    'cookies are allowed elsewhere',
    'origins',
    {
      answer({ headers }) {
        headers['access-control-allow-credentials'] = 'true';
      },
    },
    'The origin may ask with each method',
  ],
  [
    'every origin is let in',
    'origins',
    {
      answer({ headers }, asked) {
        if (asked.headers.origin) headers['access-control-allow-origin'] = asked.headers.origin;
      },
    },
    'Another origin than that is not let in',
  ],
  [
    'the ETag is hidden from other origins',
    'origins',
    {
      answer({ headers }) {
        delete headers['access-control-expose-headers'];
      },
    },
    'The origin’s scripts read the ETag',
  ],
];
