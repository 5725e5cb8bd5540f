import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startBackend, type Backend } from './backend.ts';
import { test as base } from './test.ts';

const program = resolve(import.meta.dirname, '../../examples/serve.mjs');

/** A host's page of `examples/`, with a backend behind it. */
export interface Host {
  /** Where the page is. */
  url: string;
  backend: Backend;
  stop(): Promise<void>;
}

/** Starts a host, whose backend takes its scripts as of another origin too. */
export async function startHost(example: string, ...options: string[]): Promise<Host> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const backend = await startBackend('--allow-origin', url);
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

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? found(address.port) : failed(new Error('no port'))));
    });
  });
}

/** Starts a host once for a worker. */
function fixture(...example: [string, ...string[]]): [(args: object, use: (host: Host) => Promise<void>) => Promise<void>, { scope: 'worker' }] {
  return [
    async ({}, use) => {
      const host = await startHost(...example);
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
