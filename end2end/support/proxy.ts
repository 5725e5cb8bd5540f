import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reverse proxy in front of a backend. */
export interface ReverseProxy {
  /** The origin that it listens at. */
  origin: string;
  /** Sets the backend and the start of a path that it removes. */
  forward(backend: string, removed?: string): void;
  /** The paths of all requests. */
  paths: string[];
  stop(): Promise<void>;
}

/** Starts a reverse proxy at a free port. It keeps the `Host` header. */
export async function startProxy(): Promise<ReverseProxy> {
  let target = { backend: '', removed: '' };
  const paths: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    paths.push(path);
    const forwarded = path.startsWith(target.removed) ? path.slice(target.removed.length) || '/' : path;
    const { method, headers } = incoming;
    const onward = request(new URL(forwarded, target.backend), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forward: (backend, removed = '') => {
      target = { backend, removed };
    },
    paths,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
