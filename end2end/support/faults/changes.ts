import { type Wrong, without } from './fault.ts';

/** What can be wrong with access, invitations and events. */
export const CHANGES: Wrong[] = [
  [
    'access has no ETag',
    'access',
    {
      answer({ headers }) {
        delete headers.etag;
      },
    },
    'What a user has comes with an ETag',
  ],
  [
    'the ETag is changed by what compresses',
    'access',
    {
      answer({ headers }) {
        if (headers.etag) headers.etag = String(headers.etag).replace(/"$/, '-gzip"');
      },
    },
    'The ETag is known again as it came',
  ],
  [
    'what was changed meanwhile is overwritten',
    'access',
    {
      ask({ headers, path, method }) {
        if (path.endsWith('/access') && method === 'PATCH') headers['if-match'] = '*';
      },
    },
    /A change that does not say of which state it is[\s\S]*A change of another state/,
  ],
  [
    'roles that do not exist are passed over',
    'access',
    {
      ask(asked) {
        asked.body = asked.body.replace('["conformance"]', 'null');
      },
    },
    'A role that does not exist is refused',
  ],
  [
    'calls are made once more',
    'invitations',
    without('idempotency-key'),
    'With an Idempotency-Key the same call is answered the same',
  ],
  [
    'anything is an address',
    'invitations',
    {
      answer(answered, { path }) {
        if (path === '/invitations/preview')
          answered.body = answered.body.replaceAll('"kind":"invalid"', '"kind":"new"');
      },
    },
    'A preview says of each address what it is',
  ],
  [
    'the backend hangs up',
    'missing,invitations',
    {
      ask({ path }) {
        if (path === '/invitations/preview') throw new Error('hung up');
      },
    },
    'The checks of invitations come to their end',
  ],
  [
    'a preview lets more than 200 through',
    'invitations',
    {
      ask(asked) {
        if (asked.path.endsWith('/preview') && asked.body.length > 3000)
          asked.body = asked.body.replace(/"emails":\[[^\]]*\]/, '"emails":["a"]');
      },
    },
    'A preview of more than 200 addresses is refused',
  ],
  [
    'streams never go on where they were',
    'events',
    without('last-event-id'),
    'Where the id named is not known, the stream begins with a reset',
  ],
  [
    'events are compressed',
    'events',
    {
      answer({ headers }) {
        headers['content-encoding'] = 'br';
      },
    },
    'Nothing on the way compresses the stream',
  ],
  ['events are held back', 'events', { holdsStreams: true }, 'Events are a stream of text/event-stream'],
];
