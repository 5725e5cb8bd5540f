import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { type Backend, startBackend } from '../support/backend.ts';
import { FAULTS, standBetween } from '../support/faults/index.ts';
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
      const answer = await fetch(`${backend.url}/api/v1/audit?limit=1`, {
        headers: { authorization: `Bearer ${token}` },
      });
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

test.describe('a backend that does not conform is found out where', () => {
  for (const [wrong, themes, fault, expected] of FAULTS) {
    test(wrong, async ({ backend }) => {
      const between = await standBetween(backend.url, fault);
      const session = ['--url', between.url, '--token', await signIn(backend, MAUD)];
      const options = ['--with-view', '--with-exports', '--origin', ORIGIN, '--only', themes];
      const { code, said } = await conformance(...session, ...options);
      await between.stop();
      expect(
        said
          .split('\n')
          .filter((line) => line.startsWith('  FAILED'))
          .join('\n'),
      ).toMatch(expected);
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
    const { code, said } = await conformance(
      '--url',
      between.url,
      '--token',
      token,
      '--hidden',
      hidden,
      '--only',
      'missing',
    );
    await between.stop();
    expect(said).toContain('FAILED   GET /api/v1/users/{id} answers the same for a user whom the manager may not see');
    expect(code).toBe(1);
  });
});
