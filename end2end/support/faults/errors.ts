import type { FaultCase, Json } from './fault-case.ts';

/** Faults in error responses, sessions and CORS. */
export const ERRORS: FaultCase[] = [
  [
    'limits over 200 are accepted',
    'validation',
    {
      onRequest: ({ query }) => void (query.get('limit') === '201' && query.set('limit', '200')),
    },
    'GET /users rejects an invalid limit',
  ],
  [
    'errors are plain text',
    'not-found,validation',
    {
      onResponse(response) {
        if (response.status < 400) return;
        response.headers['content-type'] = 'text/plain';
        response.body = 'No.';
      },
    },
    'An unknown path returns 404 as a problem',
  ],
  [
    'problems have no code',
    'not-found',
    {
      onResponse(response) {
        if (response.status < 400) return;
        response.body = JSON.stringify({ ...(JSON.parse(response.body) as Json), code: undefined });
      },
    },
    'GET /api/v1/users/{id} returns the same 404 for every unknown id',
  ],
  [
    'problems do not name fields',
    'validation',
    {
      onResponse(response) {
        if (response.status !== 422) return;
        response.body = JSON.stringify({ ...(JSON.parse(response.body) as Json), fields: [] });
      },
    },
    'GET /users rejects an invalid sort',
  ],
  [
    'requests without a session get 403',
    'sessions',
    {
      onResponse(response) {
        if (response.status === 401) response.status = 403;
      },
    },
    'GET /api/v1/users returns 401 without a session',
  ],
  [
    'requests without a session get a sign-in page',
    'sessions',
    {
      onResponse(response) {
        if (response.status !== 401) return;
        Object.assign(response, { status: 200, body: '<h1>Sign in</h1>', headers: { 'content-type': 'text/html' } });
      },
    },
    'DELETE /api/v1/users/{id} returns 401 without a session',
  ],
  [
    'the 404 depends on the path',
    'not-found',
    {
      onResponse(response, { path }) {
        if (response.status !== 404) return;
        const detail = `There is nothing like ${path.slice(0, 14)}.`;
        response.body = JSON.stringify({ ...(JSON.parse(response.body) as Json), detail });
      },
    },
    'GET /api/v1/users/{id} returns the same 404 for every unknown id',
  ],
  [
    'unknown fields are ignored',
    'validation',
    {
      onRequest(request) {
        request.query.delete('conformance');
        request.body = request.body.replace(/,?"conformance":1/, '');
      },
    },
    /POST \/api\/v1\/views rejects an unknown field[\s\S]*GET \/users|GET \/users rejects an unknown field/,
  ],
  [
    'long bodies are truncated',
    'validation',
    {
      onRequest(request) {
        if (request.body.length > 1_000_000) request.body = '{"emails":[],"grants":[]}';
      },
    },
    'A body over 1 MB is rejected',
  ],
  [
    'other origins may use cookies',
    'cors',
    {
      onResponse({ headers }) {
        headers['access-control-allow-credentials'] = 'true';
      },
    },
    'The preflight allows each method',
  ],
  [
    'every origin is allowed',
    'cors',
    {
      onResponse({ headers }, request) {
        if (request.headers.origin) headers['access-control-allow-origin'] = request.headers.origin;
      },
    },
    'Another origin is not allowed',
  ],
  [
    'the ETag is hidden from other origins',
    'cors',
    {
      onResponse({ headers }) {
        delete headers['access-control-expose-headers'];
      },
    },
    'The origin may read the ETag',
  ],
];
