import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Backend, startBackend } from './backend.ts';
import { test as base } from './test.ts';

const program = resolve(import.meta.dirname, '../../examples/serve.mjs');

/** A running host page of `examples/`, with its own backend. */
export interface Host {
  /** The origin of the page. */
  url: string;
  backend: Backend;
  stop(): Promise<void>;
}

/** Starts a host, and a backend that accepts the host's origin. The options are appended to their command lines. */
export async function startHost(example: string, options: string[] = [], backendOptions: string[] = []): Promise<Host> {
  const { port, release } = await reservePort();
  const url = `http://127.0.0.1:${port}`;
  const backend = await startBackend('--allow-origin', url, ...backendOptions);
  await release();
  const args = [program, example, '--backend', backend.url, '--port', String(port), ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the host exited with ${code}`)));
    createInterface(child.stdout).once('line', () => resolve());
  });
  return {
    url,
    backend,
    async stop() {
      child.kill();
      await closed;
      await backend.stop();
    },
  };
}

/** Reserves a free port by listening at it until `release` is called. */
async function reservePort(): Promise<{ port: number; release(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Returns a worker fixture that starts a host. `backendOptions` is called when the host starts. */
export function fixture(
  example: string,
  options: string[] = [],
  backendOptions: () => Promise<string[]> = async () => [],
): [(args: object, use: (host: Host) => Promise<void>) => Promise<void>, { scope: 'worker' }] {
  return [
    async ({}, use) => {
      const host = await startHost(example, options, await backendOptions());
      await use(host);
      await host.stop();
    },
    { scope: 'worker' },
  ];
}

/** Extends the suite's test with the hosts of `examples/`. */
export const test = base.extend<object, { plain: Host; react: Host; two: Host }>({
  plain: fixture('plain'),
  react: fixture('react/dist'),
  two: fixture('two', ['--cross']),
});
