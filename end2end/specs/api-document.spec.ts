import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { type Backend, startBackend } from '../support/backend.ts';

/** The folder of the Python package Schemathesis. `cargo xtask test` installs it where Python is available. */
const folder = process.env.SCHEMATHESIS;
const config = join(import.meta.dirname, '../schemathesis.toml');

const test = base.extend<object, { backend: Backend }>({
  backend: [
    async ({}, use) => {
      const backend = await startBackend();
      await use(backend);
      await backend.stop();
    },
    { scope: 'worker' },
  ],
});

test.skip(!folder, 'Schemathesis is not installed');
// Schemathesis sends about 1,500 requests.
test.setTimeout(240_000);

async function post<T>(url: string, body: object, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as T;
}

/** Signs in an administrator and returns the header with the session. */
async function signIn(backend: Backend): Promise<string> {
  const link = await backend.signInLink('charlotte@meridian.example');
  const { token } = await post<{ token: string }>(`${backend.url}/api/v1/sessions`, {
    token: new URL(link).hash.slice(1),
    bearer: true,
  });
  return `Bearer ${token}`;
}

/** Sends generated requests, valid and invalid ones, and returns the exit code and the report. */
function sendGenerated(backend: Backend, headers: Record<string, string>): Promise<{ code: number; report: string }> {
  const args = ['-m', 'schemathesis.cli', '--config-file', config, 'run', `${backend.url}/api/v1/openapi.json`];
  args.push('--seed', '1', '--no-color');
  args.push('--phases', 'examples,coverage,fuzzing', '--max-examples', '10', '--request-timeout', '30');
  // Left out: `positive_data_acceptance`, because no document can express the rules of access, and
  // `missing_required_header`, which does not know the status 428 of RFC 6585.
  const checks = [
    'not_a_server_error',
    'status_code_conformance',
    'content_type_conformance',
    'response_headers_conformance',
    'response_schema_conformance',
    'negative_data_rejection',
    // In a view, each method that is no documented read is refused before the router sees it.
    ...(headers['studio-view'] ? [] : ['unsupported_method']),
  ];
  args.push('--checks', checks.join(','));
  // An event stream does not end. Signing out would end the session that the other requests use.
  args.push('--exclude-path', '/api/v1/events', '--exclude-operation-id', 'delete_session');
  args.push('--exclude-operation-id', 'delete_sessions_id');
  for (const [name, value] of Object.entries(headers)) {
    args.push('--header', `${name}: ${value}`);
  }
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
  return new Promise((resolve) => {
    // Schemathesis keeps the failures of a run in its folder.
    execFile('python3', args, { env, cwd: tmpdir(), maxBuffer: 50_000_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, report: stdout + stderr });
    });
  });
}

/** The end of the report, with the failures shortened. */
function summary(report: string): string {
  const lines = report.split('\n').map((line) => line.slice(0, 300));
  return lines.slice(-150).join('\n');
}

test('every answer to generated requests fits the document', async ({ backend }) => {
  const { code, report } = await sendGenerated(backend, { authorization: await signIn(backend) });
  expect(code, summary(report)).toBe(0);
  // Guards against a run that was signed out, in which every request would get 401.
  expect(report).not.toContain('returned only 401/403 responses');
});

test('every answer fits the document inside an impersonation', async ({ backend }) => {
  const authorization = await signIn(backend);
  const users = await fetch(`${backend.url}/api/v1/users?role=agent&status=active`, { headers: { authorization } });
  const { items } = (await users.json()) as { items: { id: string }[] };
  const reason = { user_id: items[0]?.id, reason: 'Generated requests' };
  const view = await post<{ id: string }>(`${backend.url}/api/v1/views`, reason, { authorization });
  const { code, report } = await sendGenerated(backend, { authorization, 'studio-view': view.id });
  expect(code, summary(report)).toBe(0);
});
