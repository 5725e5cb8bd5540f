import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const program = process.env.STUDIO_USERS_SERVER ?? join(root, 'target/debug/studio-users-server');
const page = process.env.STUDIO_USERS_PAGE ?? join(root, 'dist-small');

/** The real backend with invented users, and data of its own. */
export interface Backend {
  /** Where it listens. */
  url: string;
  /** Makes a link that signs somebody in, once. */
  signInLink(email: string): Promise<string>;
  /** Stops it, and starts it again at the same address on the same data, with its clock so many minutes ahead. */
  restartAhead(minutes: number): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** The quick page, which alone has the pseudo-locale. */
export const quickPage = process.env.STUDIO_USERS_QUICK_PAGE ?? join(root, 'dist');

/** Starts a backend at a free port, with further options of its command line; of one given twice the last counts. */
export async function startBackend(...options: string[]): Promise<Backend> {
  const data = await mkdtemp(join(tmpdir(), 'studio-users-'));
  const args = ['serve', '--demo', '2400', '--data', data, '--page', page, ...options];
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

/** Runs the program until it is stopped; it is listening already. */
async function run(args: string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const stopped = new Promise<void>((done) => child.once('close', () => done()));

  const url = await new Promise<string>((listening, failed) => {
    child.once('error', (error) => failed(new Error(`${program} cannot be started: ${error.message}`)));
    child.once('exit', (code) => failed(new Error(`${program} stopped (${code}):\n${said.join('')}`)));
    createInterface(child.stdout).on('line', (line) => {
      const found = /Listening on (\S+)/.exec(line);
      if (found?.[1]) listening(found[1].replace(/\/$/, ''));
    });
  });
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      await stopped;
    },
  };
}
