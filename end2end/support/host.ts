import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Backend, startBackend } from './backend.ts';
import { test as base } from './test.ts';

const program = resolve(import.meta.dirname, '../../examples/serve.mjs');

/** A host's page of `examples/`, with a backend behind it. */
export interface Host {
  /** Where the page is. */
  url: string;
  backend: Backend;
  stop(): Promise<void>;
}

/** Starts a host, and a backend that accepts the host's origin. Each takes further options of its command line. */
export async function startHost(example: string, options: string[] = [], ofBackend: string[] = []): Promise<Host> {
  const { port, letGo } = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const backend = await startBackend('--allow-origin', url, ...ofBackend);
  await letGo();
  const args = [program, example, '--backend', backend.url, '--port', String(port), ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stopped = new Promise<void>((done) => child.once('close', () => done()));
  await new Promise<void>((listening, failed) => {
    child.once('exit', (code) => failed(new Error(`the host stopped (${code})`)));
    createInterface(child.stdout).once('line', () => listening());
  });
  return {
    url,
    backend,
    async stop() {
      child.kill();
      await stopped;
      await backend.stop();
    },
  };
}

/** A port that nobody else gets until it is let go of. */
async function freePort(): Promise<{ port: number; letGo(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, letGo: () => new Promise((done) => server.close(() => done())) };
}

/** Starts a host once for a worker. */
function fixture(
  example: string,
  ...options: string[]
): [(args: object, use: (host: Host) => Promise<void>) => Promise<void>, { scope: 'worker' }] {
  return [
    async ({}, use) => {
      const host = await startHost(example, options);
      await use(host);
      await host.stop();
    },
    { scope: 'worker' },
  ];
}

/** The hosts of `examples/`. */
export const test = base.extend<object, { plain: Host; react: Host; two: Host }>({
  plain: fixture('plain'),
  react: fixture('react/dist'),
  two: fixture('two', '--cross'),
});
