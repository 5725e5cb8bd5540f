import { dropHeader, type FaultCase } from './fault-case.ts';

/** Faults in access, invitations and events. */
export const CHANGES: FaultCase[] = [
  [
    'access has no ETag',
    'access',
    {
      onResponse({ headers }) {
        delete headers.etag;
      },
    },
    'GET /users/{id}/access returns a stable ETag',
  ],
  [
    'a proxy changes the ETag while compressing',
    'access',
    {
      onResponse({ headers }) {
        if (headers.etag) headers.etag = String(headers.etag).replace(/"$/, '-gzip"');
      },
    },
    'If-None-Match with that ETag returns 304',
  ],
  [
    'If-Match is ignored',
    'access',
    {
      onRequest({ headers, path, method }) {
        if (path.endsWith('/access') && method === 'PATCH') headers['if-match'] = '*';
      },
    },
    /A change without If-Match[\s\S]*A change with an outdated If-Match/,
  ],
  [
    'unknown roles are ignored',
    'access',
    {
      onRequest(request) {
        request.body = request.body.replace('["conformance"]', 'null');
      },
    },
    'A change with an unknown role is rejected',
  ],
  [
    'the Idempotency-Key is ignored',
    'invitations',
    dropHeader('idempotency-key'),
    'A repeated Idempotency-Key returns the same response',
  ],
  [
    'invalid addresses are accepted',
    'invitations',
    {
      onResponse(response, { path }) {
        if (path === '/invitations/preview')
          response.body = response.body.replaceAll('"kind":"invalid"', '"kind":"new"');
      },
    },
    'A preview classifies each address',
  ],
  [
    'the backend closes the connection',
    'not-found,invitations',
    {
      onRequest({ path }) {
        if (path === '/invitations/preview') throw new Error('close the connection');
      },
    },
    'The checks of invitations run to the end',
  ],
  [
    'a preview accepts more than 200 addresses',
    'invitations',
    {
      onRequest(request) {
        if (request.path.endsWith('/preview') && request.body.length > 3000)
          request.body = request.body.replace(/"emails":\[[^\]]*\]/, '"emails":["a"]');
      },
    },
    'A preview of more than 200 addresses is rejected',
  ],
  [
    'streams do not resume',
    'events',
    dropHeader('last-event-id'),
    'An unknown Last-Event-ID starts the stream with a reset event',
  ],
  [
    'the event stream is compressed',
    'events',
    {
      onResponse({ headers }) {
        headers['content-encoding'] = 'br';
      },
    },
    'The event stream is not compressed',
  ],
  ['the event stream is buffered', 'events', { buffersStreams: true }, 'GET /events opens an event stream'],
];
