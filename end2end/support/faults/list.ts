import { changeRows, type FaultCase, ignoreQuery, type Json, rewriteJson } from './fault-case.ts';

/** Faults in the users list and in the CSV exports. */
export const LIST: FaultCase[] = [
  [
    'rows have no e-mail address',
    'reading',
    changeRows((row) => delete row.email),
    'GET /api/v1/users matches the contract',
  ],
  [
    'rows have no allowed actions',
    'pagination',
    changeRows((row) => delete row.allowed),
    'Each row has null or a denial for each action',
  ],
  [
    'rows have an unknown status',
    'reading',
    changeRows((row) => (row.status = 'asleep')),
    'GET /api/v1/users matches the contract',
  ],
  [
    'times are not in UTC',
    'reading',
    changeRows((row) => (row.created_at = String(row.created_at).replace('Z', '+01:00'))),
    'GET /api/v1/users matches the contract',
  ],
  [
    'invited users have names',
    'pagination',
    changeRows((row) => (row.name ??= 'Someone')),
    'Invited users have an invitation, and no name or activity',
  ],
  [
    'the offset is ignored',
    'pagination',
    ignoreQuery('offset'),
    'A page has the rows that a larger page has at the same offset',
  ],
  [
    'the total is that of the page',
    'pagination',
    {
      onResponse(response, { path, method }) {
        if (method !== 'GET' || path !== '/users') return;
        rewriteJson(response, (body) => (body.total = { value: (body.items as Json[]).length, exact: true }));
      },
    },
    /The last page ends at the total|The total is the same on every page/,
  ],
  ['the order is ignored', 'sorting', ignoreQuery('sort'), 'sort=created_at sorts'],
  [
    'upper case sorts before lower case',
    'sorting',
    {
      onResponse(response, { path, query }) {
        if (path !== '/users' || query.get('sort') !== 'name') return;
        const label = (row: Json) => Buffer.from(String(row.name ?? row.email));
        rewriteJson(response, ({ items }) =>
          (items as Json[]).sort((one, other) => Buffer.compare(label(one), label(other))),
        );
      },
    },
    'sort=name sorts',
  ],
  [
    'users who were never active come first',
    'sorting',
    {
      onRequest: ({ query }) => void (query.get('sort') === 'last_active_at' && query.set('sort', '-status')),
    },
    'sort=last_active_at sorts',
  ],
  ['the search is ignored', 'filters', ignoreQuery('search'), 'A search for a name finds matching users'],
  [
    'the search is case-sensitive',
    'filters',
    {
      onRequest: ({ query }) =>
        void (/^[^a-z]*[A-Z][^a-z]*$/.test(query.get('search') ?? '') && query.set('search', 'nobody~at~all')),
    },
    'A search for an e-mail address finds matching users',
  ],
  [
    'a search is one phrase',
    'filters',
    {
      onRequest: ({ query }) =>
        void (/\S\s+\S/.test(query.get('search') ?? '') && query.set('search', 'nobody~at~all')),
    },
    'A search finds words in any order',
  ],
  [
    'a search compares accents',
    'filters',
    {
      onRequest: ({ query }) =>
        void (/[\u0300-\u036f]/.test(query.get('search') ?? '') && query.set('search', 'nobody~at~all')),
    },
    'A search ignores accents',
  ],
  [
    '% in a search is a wildcard',
    'filters',
    {
      onRequest: ({ query }) => void (query.get('search') === '%' && query.delete('search')),
    },
    'A search takes % and _ literally',
  ],
  ['the role filter is ignored', 'filters', ignoreQuery('role'), 'The role filter returns only users with the role'],
  ['the status filter is ignored', 'filters', ignoreQuery('status'), 'The status filter returns only users'],
  ['the node filter is ignored', 'filters', ignoreQuery('node'), 'The node filter returns only users'],
  ['undelivered is ignored', 'filters', ignoreQuery('undelivered'), 'The filter undelivered returns only users'],
  ['active_since is ignored', 'filters', ignoreQuery('active_since'), 'The filter active_since returns only users'],
  [
    'exports contain formulas',
    'exports',
    {
      onResponse(response, { path }) {
        if (path === '/users.csv' && response.status === 200)
          response.body = response.body.replace(/\r\n[^,]*,/, '\r\n=1+1,');
      },
    },
    'No cell of the users export is a formula',
  ],
  [
    'exports are truncated',
    'exports',
    {
      onResponse(response, { path }) {
        if (path === '/users.csv' && response.status === 200)
          response.body = response.body.split('\r\n').slice(0, -3).join('\r\n');
      },
    },
    'The users export has the rows of the list',
  ],
];
