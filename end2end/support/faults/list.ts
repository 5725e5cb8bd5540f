import { deaf, type Json, rewrite, rows, type Wrong } from './fault.ts';

/** What can be wrong with the list, and with its tables. */
export const LIST: Wrong[] = [
  [
    'rows lack their address',
    'reading',
    rows((row) => delete row.email),
    'GET /api/v1/users answers as the contract says',
  ],
  [
    'rows do not say what is allowed',
    'windows',
    rows((row) => delete row.allowed),
    'Each row says of each action that it is allowed',
  ],
  [
    'rows have a status that there is not',
    'reading',
    rows((row) => (row.status = 'asleep')),
    'GET /api/v1/users answers as the contract says',
  ],
  [
    'times are not in UTC',
    'reading',
    rows((row) => (row.created_at = String(row.created_at).replace('Z', '+01:00'))),
    'GET /api/v1/users answers as the contract says',
  ],
  [
    'names of the invited are told',
    'windows',
    rows((row) => (row.name ??= 'Somebody')),
    'Who has not joined has no name',
  ],
  ['the offset is passed over', 'windows', deaf('offset'), 'A window holds the rows that a wider one has at its place'],
  [
    'the total is that of the window',
    'windows',
    {
      answer(answered, { path, method }) {
        if (method !== 'GET' || path !== '/users') return;
        rewrite(answered, (body) => (body.total = { value: (body.items as Json[]).length, exact: true }));
      },
    },
    'The total is ',
  ],
  ['the order is passed over', 'order', deaf('sort'), 'By created_at the list is in order'],
  [
    'capitals come before small letters',
    'order',
    {
      answer(answered, { path, query }) {
        if (path !== '/users' || query.get('sort') !== 'name') return;
        const label = (row: Json) => Buffer.from(String(row.name ?? row.email));
        rewrite(answered, ({ items }) =>
          (items as Json[]).sort((one, other) => Buffer.compare(label(one), label(other))),
        );
      },
    },
    'By name the list is in order',
  ],
  [
    'who was never active comes first',
    'order',
    {
      ask: ({ query }) => void (query.get('sort') === 'last_active_at' && query.set('sort', '-status')),
    },
    'By last_active_at the list is in order',
  ],
  ['the search is passed over', 'filters', deaf('search'), 'A search for a name finds who has it'],
  [
    'a search minds capitals',
    'filters',
    {
      ask: ({ query }) =>
        void (/^[^a-z]*[A-Z][^a-z]*$/.test(query.get('search') ?? '') && query.set('search', 'nobody~at~all')),
    },
    'A search for an address finds who has it',
  ],
  [
    '% stands for anything',
    'filters',
    {
      ask: ({ query }) => void (query.get('search') === '%' && query.delete('search')),
    },
    'A search takes % and _ for what they are',
  ],
  ['the role is passed over', 'filters', deaf('role'), 'By a role come those for whom it counts'],
  ['the status is passed over', 'filters', deaf('status'), 'By a status come those who have it'],
  ['the node is passed over', 'filters', deaf('node'), 'By a node come those with access'],
  ['the time is passed over', 'filters', deaf('active_since'), 'By a time come those who were active'],
  [
    'cells are formulas',
    'exports',
    {
      answer(answered, { path }) {
        if (path === '/users.csv' && answered.status === 200)
          answered.body = answered.body.replace(/\r\n[^,]*,/, '\r\n=1+1,');
      },
    },
    'No cell of the table of users is taken for a formula',
  ],
  [
    'a table ends too early',
    'exports',
    {
      answer(answered, { path }) {
        if (path === '/users.csv' && answered.status === 200)
          answered.body = answered.body.split('\r\n').slice(0, -3).join('\r\n');
      },
    },
    'The table of users holds the rows of the list',
  ],
];
