import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { type Backend, startBackend } from '../support/backend.ts';
import { FAULTS, startFaultyProxy } from '../support/faults/index.ts';
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

/** Runs the conformance suite and returns its exit code and its output. */
function runConformance(...options: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...options], { maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

/** Signs in a demo user and returns the token, or the cookie. */
async function signIn(backend: Backend, name: string, bearer = true): Promise<string> {
  const people = (await (await fetch(`${backend.url}/api/v1/demo/people`)).json()) as { id: string; name: string }[];
  const user_id = people.find((person) => person.name === name)?.id;
  const response = await fetch(`${backend.url}/api/v1/demo/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id, bearer }),
  });
  expect(response.status).toBe(201);
  const { token } = (await response.json()) as { token?: string };
  return token ?? response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** Returns the ids of the users that a search finds with a session. */
async function searchIds(backend: Backend, token: string, search: string): Promise<string[]> {
  const url = `${backend.url}/api/v1/users?limit=200&search=${encodeURIComponent(search)}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const { items } = (await response.json()) as { items: { id: string }[] };
  return items.map((row) => row.id);
}

/** Returns a user whom the provider’s administrator sees and the manager of one environment does not. */
async function hiddenFromIngrid(backend: Backend, ingrid: string): Promise<string> {
  const search = '@bosphorus.example';
  const all = await searchIds(backend, await signIn(backend, CHARLOTTE), search);
  const visible = await searchIds(backend, ingrid, search);
  const hidden = all.find((id) => !visible.includes(id));
  if (!hidden) throw new Error('Ingrid sees all users.');
  return hidden;
}

test.describe('the product’s backend conforms', () => {
  for (const name of [CHARLOTTE, MAUD, INGRID]) {
    test(`as ${name}, with a token and from another origin`, async ({ backend }) => {
      const token = await signIn(backend, name);
      const hidden = name === INGRID ? ['--hidden', await hiddenFromIngrid(backend, token)] : [];
      const all = ['--with-view', '--with-exports', '--origin', ORIGIN, ...hidden];
      const { code, output } = await runConformance('--url', backend.url, '--token', token, ...all);
      expect(output).toContain(' 0 FAILED');
      expect(code).toBe(0);
    });
  }

  test('with a cookie, and adds no entry to the audit log', async ({ backend }) => {
    const token = await signIn(backend, MAUD);
    const newestEntry = async (): Promise<string> => {
      const response = await fetch(`${backend.url}/api/v1/audit?limit=1`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return response.text();
    };
    const cookie = await signIn(backend, MAUD, false);
    const before = await newestEntry();
    const { code, output } = await runConformance('--url', backend.url, '--cookie', cookie);
    expect(output).toContain(' 0 FAILED');
    expect(output).toContain('skipped  A view starts, is read-only and ends');
    expect(code).toBe(0);
    expect(await newestEntry(), 'the newest entry').toBe(before);
  });
});

test('wrong options are rejected before any check runs', async ({ backend }) => {
  const attempts: [string[], string][] = [
    [[], '--url needs the address of the backend'],
    [['--url', backend.url], 'Pass a session'],
    [['--url', backend.url, '--token', '-no-such-token'], 'The backend rejects the session'],
    [['--url', backend.url, '--token', await signIn(backend, FEMKE)], 'manages no node'],
    [['--url', backend.url, '--token', 'x', '--only', 'colours'], 'Unknown theme: colours'],
  ];
  for (const [options, expected] of attempts) {
    const { code, output } = await runConformance(...options);
    expect(output).toContain(expected);
    expect(code).toBe(2);
  }
});

test.describe('the suite detects this fault', () => {
  for (const [title, themes, fault, expected] of FAULTS) {
    test(title, async ({ backend }) => {
      const proxy = await startFaultyProxy(backend.url, fault);
      const session = ['--url', proxy.url, '--token', await signIn(backend, MAUD)];
      const options = ['--with-view', '--with-exports', '--origin', ORIGIN, '--only', themes];
      const { code, output } = await runConformance(...session, ...options);
      await proxy.stop();
      expect(
        output
          .split('\n')
          .filter((line) => line.startsWith('  FAILED'))
          .join('\n'),
      ).toMatch(expected);
      expect(code).toBe(1);
    });
  }

  test('the 404 differs for a user whom the manager may not see', async ({ backend }) => {
    const token = await signIn(backend, INGRID);
    const hidden = await hiddenFromIngrid(backend, token);
    const proxy = await startFaultyProxy(backend.url, {
      onResponse(response, { path }) {
        if (path.includes(hidden)) response.body = response.body.replace('Not found', 'It exists');
      },
    });
    const { code, output } = await runConformance(
      '--url',
      proxy.url,
      '--token',
      token,
      '--hidden',
      hidden,
      '--only',
      'not-found',
    );
    await proxy.stop();
    expect(output).toContain('FAILED   GET /api/v1/users/{id} returns the same 404 for a hidden user');
    expect(code).toBe(1);
  });
});
