import { createServer, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** A request on its way to the backend. A fault may modify it. */
export interface ProxiedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A response on its way back. A fault may modify it. */
export interface ProxiedResponse {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** The fault of a proxy. */
export interface Fault {
  /** Modifies the request. A returned response replaces that of the backend, and an exception closes the connection. */
  onRequest?(request: ProxiedRequest): ProxiedResponse | undefined;
  /** Modifies the response. */
  onResponse?(response: ProxiedResponse, request: Readonly<ProxiedRequest>): void;
  /** Whether the proxy holds event streams back until they end, as a buffering or compressing proxy does. */
  buffersStreams?: boolean;
}

/** Starts a proxy in front of a backend that applies the fault to every request. */
export async function startFaultyProxy(backend: string, fault: Fault): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing): Promise<void> => {
    const url = new URL(incoming.url ?? '/', backend);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: ProxiedRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      // A demo answers requests for its own host only.
      headers: { ...incoming.headers, host: url.host },
      body: Buffer.concat(chunks).toString(),
    };
    const reply = ({ status, headers, body }: ProxiedResponse): void => {
      delete headers['transfer-encoding'];
      const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
      outgoing.writeHead(status, { ...headers, ...length }).end(body);
    };
    // Requests uncompressed responses, so that a fault can modify the body as text.
    delete request.headers['accept-encoding'];
    try {
      const replacement = fault.onRequest?.(request);
      if (replacement) return reply(replacement);
    } catch {
      outgoing.destroy();
      return;
    }
    if (request.headers['content-length'] !== undefined) {
      request.headers['content-length'] = String(Buffer.byteLength(request.body));
    }
    const upstream = httpRequest(url, { method: request.method, headers: request.headers }, (message) => {
      const { statusCode: status = 502, headers } = message;
      const isStream = headers['content-type']?.startsWith('text/event-stream');
      if (isStream && !fault.buffersStreams) {
        const response = { status, headers: { ...headers }, body: '' };
        fault.onResponse?.(response, request);
        outgoing.writeHead(response.status, response.headers);
        outgoing.flushHeaders();
        message.pipe(outgoing);
        return;
      }
      const body: Buffer[] = [];
      message.on('data', (chunk: Buffer) => body.push(chunk));
      message.once('end', () => {
        const response = { status, headers: { ...headers }, body: Buffer.concat(body).toString() };
        fault.onResponse?.(response, request);
        reply(response);
      });
    });
    upstream.once('error', () => outgoing.destroy());
    outgoing.once('close', () => upstream.destroy());
    upstream.end(request.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
