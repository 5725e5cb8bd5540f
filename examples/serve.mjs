// Serves an example like a real host: its files at `/`, and a proxy to the backend at `/api/` and `/embed/`. One origin
// allows a session cookie. The content security policy is as strict as the product's own.
//
//   node examples/serve.mjs plain --backend http://127.0.0.1:8080 --port 8090
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'http://127.0.0.1:8080' },
    port: { type: 'string', default: '8090' },
    // Also allows requests to the backend's own origin.
    cross: { type: 'boolean', default: false },
  },
});
const folder = join(import.meta.dirname, positionals[0] ?? 'plain');
const backend = new URL(values.backend);
const crossOrigin = values.cross ? ` ${backend.origin}` : '';
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${crossOrigin}`,
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${crossOrigin}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
};
/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const server = createServer(async (incoming, response) => {
  const { pathname } = new URL(incoming.url ?? '/', 'http://host');
  if (/^\/(api|embed)\//.test(pathname)) return proxy(incoming, response);
  // A path without an extension is a page of the host's client-side router.
  const name = extname(pathname) ? normalize(pathname) : 'index.html';
  try {
    const content = await readFile(join(folder, name));
    response.writeHead(200, { ...headers, 'content-type': types[extname(name)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    response.writeHead(404, headers).end('File not found.\n');
  }
});

/**
 * Forwards a request to the backend and streams its response back.
 *
 * @param {IncomingMessage} incoming
 * @param {ServerResponse} response
 */
function proxy(incoming, response) {
  // A demo answers requests for its own host only.
  const headers = { ...incoming.headers, host: backend.host };
  const options = { method: incoming.method, path: incoming.url, headers };
  const outgoing = request(backend, options, (upstream) => {
    response.writeHead(upstream.statusCode ?? 502, upstream.headers);
    response.flushHeaders();
    upstream.pipe(response);
  });
  outgoing.on('error', () => response.headersSent || response.writeHead(502).end());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = /** @type {AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
