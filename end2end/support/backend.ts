import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const program = process.env.STUDIO_USERS_SERVER ?? join(root, 'target/debug/studio-users-server');
const page = process.env.STUDIO_USERS_PAGE ?? join(root, 'dist-small');

/** The real backend with demo users, in its own data folder. */
export interface Backend {
  /** The origin that it listens at. */
  url: string;
  /** Creates a link that signs a user in once. */
  signInLink(email: string): Promise<string>;
  /** Restarts it at the same address with the same data. The clock is set ahead by this number of minutes. */
  restartAhead(minutes: number): Promise<void>;
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

/** The folder of the page's dev build, which alone has the pseudo-locale. */
export const devPage = process.env.STUDIO_USERS_DEV_PAGE ?? join(root, 'dist');

/** Starts a backend at a free port. `options` extend the command line: of a repeated option, the last one counts. */
export async function startBackend(...options: string[]): Promise<Backend> {
  const data = await mkdtemp(join(tmpdir(), 'studio-users-'));
  const users = options.includes('--demo') ? [] : ['--demo', '2400'];
  const args = ['serve', ...users, '--data', data, '--page', page, '--digest-minutes', '0', ...options];
  let running = await run([...args, '--listen', '127.0.0.1:0']);
  const { url } = running;
  return {
    url,
    async signInLink(email) {
      const args = ['sign-in-link', email, '--data', data, '--public-url', url];
      const { stdout } = await promisify(execFile)(program, args);
      return stdout.trim();
    },
    async restartAhead(minutes) {
      await running.stop();
      running = await run([...args, '--listen', new URL(url).host, '--clock-ahead', String(minutes)]);
    },
    async stop() {
      await running.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Starts the program and resolves when it listens. */
async function run(args: string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stderr: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`${program} exited with ${code}:\n${stderr.join('')}`)));
    createInterface(child.stdout).on('line', (line) => {
      const match = /Listening on (\S+)/.exec(line);
      if (match?.[1]) resolve(match[1].replace(/\/$/, ''));
    });
  });
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      await closed;
    },
  };
}
