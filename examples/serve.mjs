// Serves an example as a host would be: its files at `/`, and the backend's `/api/` and `/embed/` behind the same origin,
// so that the session is a cookie. With a content security policy as strict as the product's own.
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
    // Lets the host load and ask the backend at its own origin as well.
    cross: { type: 'boolean', default: false },
  },
});
const folder = join(import.meta.dirname, positionals[0] ?? 'plain');
const backend = new URL(values.backend);
const elsewhere = values.cross ? ` ${backend.origin}` : '';
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${elsewhere}`,
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${elsewhere}`,
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

const server = createServer(async (asked, answer) => {
  const { pathname } = new URL(asked.url ?? '/', 'http://host');
  if (/^\/(api|embed)\//.test(pathname)) return pass(asked, answer);
  // A path without an ending is a page of the host, which its script shows.
  const name = extname(pathname) ? normalize(pathname) : 'index.html';
  try {
    const content = await readFile(join(folder, name));
    answer.writeHead(200, { ...headers, 'content-type': types[extname(name)] ?? 'application/octet-stream' });
    answer.end(content);
  } catch {
    answer.writeHead(404, headers).end('There is no such file.\n');
  }
});

/**
 * Passes a request on to the backend, and its answer back, piece by piece.
 *
 * @param {IncomingMessage} asked
 * @param {ServerResponse} answer
 */
function pass(asked, answer) {
  const onward = { method: asked.method, path: asked.url, headers: asked.headers };
  const call = request(backend, onward, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answer.flushHeaders();
    answered.pipe(answer);
  });
  call.on('error', () => answer.headersSent || answer.writeHead(502).end());
  answer.on('close', () => call.destroy());
  asked.pipe(call);
}

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = /** @type {AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
