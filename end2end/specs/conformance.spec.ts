import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test as base } from '@playwright/test';
import { startBackend, type Backend } from '../support/backend.ts';
import { standBetween, type Answered, type Fault } from '../support/between.ts';
import { CHARLOTTE, FEMKE, INGRID, MAUD } from '../support/test.ts';

const ORIGIN = 'https://studio.example';
const program = resolve(import.meta.dirname, '../../conformance/run.mjs');

const test = base.extend<object, { backend: Backend }>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend('--allow-origin', ORIGIN);
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
});

/** Runs the suite, and gives the code it ends with and what it said. */
function conformance(...options: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, ...options], { maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, said: stdout + stderr });
    });
  });
}

/** Begins a session of somebody of the demo, as a token or as a cookie. */
async function signIn(backend: Backend, name: string, bearer = true): Promise<string> {
  const people = (await (await fetch(`${backend.url}/api/v1/demo/people`)).json()) as { id: string; name: string }[];
  const user_id = people.find((person) => person.name === name)?.id;
  const answer = await fetch(`${backend.url}/api/v1/demo/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id, bearer }),
  });
  expect(answer.status).toBe(201);
  const { token } = (await answer.json()) as { token?: string };
  return token ?? answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** The users whom a session sees that match. */
async function idsSeen(backend: Backend, token: string, search: string): Promise<string[]> {
  const url = `${backend.url}/api/v1/users?limit=200&search=${encodeURIComponent(search)}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const { items } = (await answer.json()) as { items: { id: string }[] };
  return items.map((row) => row.id);
}

/** Somebody whom the provider’s administrator sees, and the manager of one environment does not. */
async function hiddenFromIngrid(backend: Backend, ingrid: string): Promise<string> {
  const search = '@bosphorus.example';
  const all = await idsSeen(backend, await signIn(backend, CHARLOTTE), search);
  const seen = await idsSeen(backend, ingrid, search);
  const hidden = all.find((id) => !seen.includes(id));
  if (!hidden) throw new Error('she sees everybody');
  return hidden;
}

test.describe('the backend of the product conforms', () => {
  for (const name of [CHARLOTTE, MAUD, INGRID]) {
    test(`as ${name} finds it, with a token and from another origin`, async ({ backend }) => {
      const token = await signIn(backend, name);
      const hidden = name === INGRID ? ['--hidden', await hiddenFromIngrid(backend, token)] : [];
      const all = ['--with-view', '--with-exports', '--origin', ORIGIN, ...hidden];
      const { code, said } = await conformance('--url', backend.url, '--token', token, ...all);
      expect(said).toContain(' 0 FAILED');
      expect(code).toBe(0);
    });
  }

  test('with a cookie, and without a trace in the log', async ({ backend }) => {
    const token = await signIn(backend, MAUD);
    const newest = async (): Promise<string> => {
      const answer = await fetch(`${backend.url}/api/v1/audit?limit=1`, { headers: { authorization: `Bearer ${token}` } });
      return answer.text();
    };
    const cookie = await signIn(backend, MAUD, false);
    const before = await newest();
    const { code, said } = await conformance('--url', backend.url, '--cookie', cookie);
    expect(said).toContain(' 0 FAILED');
    expect(said).toContain('skipped  A view begins, shows, refuses changes and ends');
    expect(code).toBe(0);
    expect(await newest(), 'the newest entry').toBe(before);
  });
});

test('whoever asks wrongly is told so, and nothing else is checked', async ({ backend }) => {
  const attempts: [string[], string][] = [
    [[], '--url says where the backend is.'],
    [['--url', backend.url], 'A session is needed'],
    [['--url', backend.url, '--token', '-no-such-token'], 'The session is not taken'],
    [['--url', backend.url, '--token', await signIn(backend, FEMKE)], 'manages no node'],
    [['--url', backend.url, '--token', 'x', '--only', 'colours'], 'There is no theme colours'],
  ];
  for (const [options, expected] of attempts) {
    const { code, said } = await conformance(...options);
    expect(said).toContain(expected);
    expect(code).toBe(2);
  }
});

type Json = Record<string, unknown>;

/** Changes a body in JSON. */
function rewrite(answered: Answered, change: (body: Json) => void): void {
  if (answered.status >= 300) return;
  const body = JSON.parse(answered.body) as Json;
  change(body);
  answered.body = JSON.stringify(body);
}

/** Changes the rows of the list. */
const rows = (change: (row: Json) => void): Fault => ({
  answer(answered, { path, method }) {
    if (method === 'GET' && path === '/users') rewrite(answered, (body) => (body.items as Json[]).forEach(change));
  },
});

/** Passes over a field of the query. */
const deaf = (...fields: string[]): Fault => ({
  ask({ path, query }) {
    if (path.startsWith('/users')) for (const field of fields) query.delete(field);
  },
});

/** Passes over a header. */
const without = (header: string): Fault => ({ ask: ({ headers }) => void delete headers[header] });

/** What a backend does wrong, the themes that look at it, and the check that finds it. */
const FAULTS: [string, string, Fault, string | RegExp][] = [
  ['rows lack their address', 'reading', rows((row) => delete row.email), 'GET /api/v1/users answers as the contract says'],
  ['rows do not say what is allowed', 'windows', rows((row) => delete row.allowed), 'Each row says of each action that it is allowed'],
  ['rows have a status that there is not', 'reading', rows((row) => (row.status = 'asleep')), 'GET /api/v1/users answers as the contract says'],
  [
    'times are not in UTC',
    'reading',
    rows((row) => (row.created_at = String(row.created_at).replace('Z', '+01:00'))),
    'GET /api/v1/users answers as the contract says',
  ],
  ['names of the invited are told', 'windows', rows((row) => (row.name ??= 'Somebody')), 'Who has not joined has no name'],
  ['the offset is passed over', 'windows', deaf('offset'), 'A window holds the rows that a wider one has at its place'],
  ['the total is that of the window', 'windows', {
    answer(answered, { path, method }) {
      if (method !== 'GET' || path !== '/users') return;
      rewrite(answered, (body) => (body.total = { value: (body.items as Json[]).length, exact: true }));
    },
  }, 'The total is '],
  ['more than 200 rows may be asked for', 'refusals', {
    ask: ({ query }) => void (query.get('limit') === '201' && query.set('limit', '200')),
  }, 'GET /users refuses a wrong limit'],
  ['the order is passed over', 'order', deaf('sort'), 'By created_at the list is in order'],
  ['capitals come before small letters', 'order', {
    answer(answered, { path, query }) {
      if (path !== '/users' || !/^email$/.test(query.get('sort') ?? '')) return;
      rewrite(answered, ({ items }) => {
        const [first] = items as { email: string }[];
        if (first) first.email = first.email.replace(/^./, 'z');
      });
    },
  }, 'By email the list is in order'],
  ['who was never active comes first', 'order', {
    ask: ({ query }) => void (query.get('sort') === 'last_active_at' && query.set('sort', '-status')),
  }, 'By last_active_at the list is in order'],
  ['the search is passed over', 'filters', deaf('search'), 'A search for a name finds who has it'],
  ['a search minds capitals', 'filters', {
    ask: ({ query }) => void (/^[^a-z]*[A-Z][^a-z]*$/.test(query.get('search') ?? '') && query.set('search', 'nobody~at~all')),
  }, 'A search for an address finds who has it'],
  ['% stands for anything', 'filters', {
    ask: ({ query }) => void (query.get('search') === '%' && query.delete('search')),
  }, 'A search takes % and _ for what they are'],
  ['the role is passed over', 'filters', deaf('role'), 'By a role come those for whom it counts'],
  ['the status is passed over', 'filters', deaf('status'), 'By a status come those who have it'],
  ['the node is passed over', 'filters', deaf('node'), 'By a node come those with access'],
  ['the time is passed over', 'filters', deaf('active_since'), 'By a time come those who were active'],
  ['refusals are plain text', 'missing,refusals', {
    answer(answered) {
      if (answered.status < 400) return;
      answered.headers['content-type'] = 'text/plain';
      answered.body = 'No.';
    },
  }, 'A path that does not exist answers 404 as a problem'],
  ['refusals have no code', 'missing', {
    answer(answered) {
      if (answered.status < 400) return;
      answered.body = JSON.stringify({ ...(JSON.parse(answered.body) as Json), code: undefined });
    },
  }, 'GET /api/v1/users/{id} answers 404 for an id that names nothing'],
  ['refusals tell of fields no more', 'refusals', {
    answer(answered) {
      if (answered.status !== 422) return;
      answered.body = JSON.stringify({ ...(JSON.parse(answered.body) as Json), fields: [] });
    },
  }, 'GET /users refuses a wrong sort'],
  ['who is not signed in is forbidden', 'sessions', {
    answer(answered) {
      if (answered.status === 401) answered.status = 403;
    },
  }, 'GET /api/v1/users answers 401 where nobody is signed in'],
  ['who is not signed in is shown a page', 'sessions', {
    answer(answered) {
      if (answered.status !== 401) return;
      Object.assign(answered, { status: 200, body: '<h1>Sign in</h1>', headers: { 'content-type': 'text/html' } });
    },
  }, 'DELETE /api/v1/users/{id} answers 401 where nobody is signed in'],
  ['what does not exist is told apart', 'missing', {
    answer(answered, { path }) {
      if (answered.status !== 404) return;
      const detail = `There is nothing like ${path.slice(0, 14)}.`;
      answered.body = JSON.stringify({ ...(JSON.parse(answered.body) as Json), detail });
    },
  }, 'GET /api/v1/users/{id} answers 404 for an id that names nothing'],
  ['fields that are not known are passed over', 'refusals', {
    ask(asked) {
      asked.query.delete('conformance');
      asked.body = asked.body.replace(/,?"conformance":1/, '');
    },
  }, /POST \/api\/v1\/views refuses a field that it does not know[^]*GET \/users|GET \/users refuses a wrong field, one that it does not know/],
  ['long bodies are cut off', 'refusals', {
    ask: (asked) => void (asked.body.length > 1_000_000 && (asked.body = '{"emails":[],"grants":[]}')),
  }, 'A body over 1 MB is refused'],
  ['access has no ETag', 'access', {
    answer: ({ headers }) => void delete headers.etag,
  }, 'What a user has comes with an ETag'],
  ['what was changed meanwhile is overwritten', 'access', {
    ask: ({ headers, path, method }) => void (path.endsWith('/access') && method === 'PATCH' && (headers['if-match'] = '*')),
  }, /A change that does not say of which state it is[^]*A change of another state/],
  ['roles that do not exist are passed over', 'access', {
    ask: (asked) => void (asked.body = asked.body.replace('["conformance"]', 'null')),
  }, 'A role that does not exist is refused'],
  ['calls are made once more', 'invitations', without('idempotency-key'), 'With an Idempotency-Key the same call is answered the same'],
  ['a preview lets more than 200 through', 'invitations', {
    ask: (asked) => void (asked.path.endsWith('/preview') && asked.body.length > 3000 && (asked.body = asked.body.replace(/"emails":\[[^\]]*\]/, '"emails":["a"]'))),
  }, 'A preview of more than 200 addresses is refused'],
  ['events are held back', 'events', { holdsStreams: true }, 'Events are a stream of text/event-stream'],
  ['cells are formulas', 'exports', {
    answer(answered, { path }) {
      if (path === '/users.csv' && answered.status === 200) answered.body = answered.body.replace(/\r\n[^,]*,/, '\r\n=1+1,');
    },
  }, 'No cell of the table of users is taken for a formula'],
  ['a table ends too early', 'exports', {
    answer(answered, { path }) {
      if (path === '/users.csv' && answered.status === 200) answered.body = answered.body.split('\r\n').slice(0, -3).join('\r\n');
    },
  }, 'The table of users holds the rows of the list'],
  ['cookies are allowed elsewhere', 'origins', {
    answer: ({ headers }) => void (headers['access-control-allow-credentials'] = 'true'),
  }, 'The origin may ask with each method'],
  ['every origin is let in', 'origins', {
    answer({ headers }, asked) {
      if (asked.headers.origin) headers['access-control-allow-origin'] = asked.headers.origin;
    },
  }, 'Another origin than that is not let in'],
  ['the ETag is hidden from other origins', 'origins', {
    answer: ({ headers }) => void delete headers['access-control-expose-headers'],
  }, 'The origin’s scripts read the ETag'],
  ['a change is made inside a view', 'views', {
    ask({ headers, method, path }) {
      if (!headers['studio-view'] || method !== 'POST' || path !== '/invitations') return;
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"invited":0,"updated":0,"failed":[]}' };
    },
  }, 'POST /api/v1/invitations is refused inside a view'],
  ['views are passed over', 'views', without('studio-view'), 'The session inside a view is the manager’s'],
  ['the manager becomes who is viewed', 'views', {
    answer(answered, { path, headers }) {
      if (path !== '/session' || !headers['studio-view']) return;
      rewrite(answered, (body) => (body.user = (body.view as Json).user));
    },
  }, 'The session inside a view is the manager’s'],
  ['rows inside a view allow what the manager may do', 'views', {
    answer(answered, { path, method, headers }) {
      if (path !== '/users' || method !== 'GET' || !headers['studio-view']) return;
      const allowed = { copy_link: null, resend: null, view_as: null, remove: null };
      rewrite(answered, (body) => (body.items as Json[]).forEach((row) => (row.allowed = allowed)));
    },
  }, 'Rows inside a view allow nothing'],
  ['views do not end', 'views', {
    ask({ method, path }) {
      if (method === 'DELETE' && path.startsWith('/views/')) return { status: 204, headers: {}, body: '' };
    },
  }, 'After that, what names the view is refused with view_ended'],
  ['nobody is told why a view ended', 'views', {
    answer(answered) {
      if (answered.status === 403) answered.body = answered.body.replace('"reason":"exited"', '"reason":"unknown"');
    },
  }, 'After that, what names the view is refused with view_ended'],
];

test.describe('a backend that does not conform is found out where', () => {
  for (const [wrong, themes, fault, expected] of FAULTS) {
    test(wrong, async ({ backend }) => {
      const between = await standBetween(backend.url, fault);
      const session = ['--url', between.url, '--token', await signIn(backend, MAUD)];
      const options = ['--with-view', '--with-exports', '--origin', ORIGIN, '--only', themes];
      const { code, said } = await conformance(...session, ...options);
      await between.stop();
      expect(said.split('\n').filter((line) => line.startsWith('  FAILED')).join('\n')).toMatch(expected);
      expect(code).toBe(1);
    });
  }

  test('whom the manager may not see is told of', async ({ backend }) => {
    const token = await signIn(backend, INGRID);
    const hidden = await hiddenFromIngrid(backend, token);
    const between = await standBetween(backend.url, {
      answer(answered, { path }) {
        if (path.includes(hidden)) answered.body = answered.body.replace('It does not exist', 'It exists');
      },
    });
    const { code, said } = await conformance('--url', between.url, '--token', token, '--hidden', hidden, '--only', 'missing');
    await between.stop();
    expect(said).toContain('FAILED   GET /api/v1/users/{id} answers the same for a user whom the manager may not see');
    expect(code).toBe(1);
  });
});
