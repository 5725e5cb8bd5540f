import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
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
  /** Adds nodes to the organisation. They are there after a reset, too. */
  importNodes(nodes: ImportedNode[]): Promise<void>;
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

/** A node of the organisation, as `nodes import` reads it. */
export interface ImportedNode {
  id: string;
  parent_id: string;
  kind: 'agency' | 'environment';
  name: string;
}

/** The folder of the page's dev build, which alone has the pseudo-locale. */
export const devPage = process.env.STUDIO_USERS_DEV_PAGE ?? join(root, 'dist');

/** Puts the data of each running backend back as they were at its start. */
const resets = new Set<() => Promise<void>>();

/** Puts the data of all backends of this process back as they were at their start, so that no test sees another's. */
export async function resetBackends(): Promise<void> {
  await Promise.all([...resets].map((reset) => reset()));
}

/** Starts a backend at a free port. `options` extend the command line: of a repeated option, the last one counts. */
export async function startBackend(...options: string[]): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), 'studio-users-'));
  const data = join(folder, 'data');
  const original = join(folder, 'original');
  const users = options.includes('--demo') ? [] : ['--demo', '2400'];
  const args = ['serve', ...users, '--data', data, '--page', page, '--digest-minutes', '0', ...options];
  let running = await run([...args, '--listen', '127.0.0.1:0']);
  const { url } = running;
  const restart = async (...options: string[]): Promise<void> => {
    running = await run([...args, '--listen', new URL(url).host, ...options]);
  };
  let startedAt = 0;
  /** Stops it, and makes its data those to which a reset returns. */
  const keepData = async (): Promise<void> => {
    await running.stop();
    await rm(original, { recursive: true, force: true });
    await cp(data, original, { recursive: true });
    await restart();
    startedAt = await lastWrite(data);
  };
  await keepData();

  const reset = async (): Promise<void> => {
    if ((await lastWrite(data)) === startedAt) return;
    await running.stop();
    await rm(data, { recursive: true });
    await cp(original, data, { recursive: true });
    await restart();
    startedAt = await lastWrite(data);
  };
  resets.add(reset);
  return {
    url,
    async signInLink(email) {
      const args = ['sign-in-link', email, '--data', data, '--public-url', url];
      const { stdout } = await promisify(execFile)(program, args);
      return stdout.trim();
    },
    async restartAhead(minutes) {
      await running.stop();
      await restart('--clock-ahead', String(minutes));
    },
    async importNodes(nodes) {
      const file = join(folder, 'nodes.json');
      await writeFile(file, JSON.stringify(nodes));
      await promisify(execFile)(program, ['nodes', 'import', file, '--data', data]);
      await keepData();
    },
    async stop() {
      resets.delete(reset);
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns when a file of the folder was last written, in milliseconds. */
async function lastWrite(folder: string): Promise<number> {
  const files = await readdir(folder);
  const times = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
  return Math.max(...times);
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
