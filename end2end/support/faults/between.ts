import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** A call on its way to the backend: what is changed here arrives there. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An answer on its way back. */
export interface Answered {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** What goes wrong on the way. */
export interface Fault {
  /** Changes the call; an answer given here comes instead of the backend's, and what is thrown hangs up. */
  ask?(asked: Asked): Answered | undefined;
  /** Changes the answer. */
  answer?(answered: Answered, asked: Readonly<Asked>): void;
  /** Keeps an answer that does not end until it does, as what compresses or collects answers would. */
  holdsStreams?: boolean;
}

/** Stands between somebody and a backend, and does what the fault says. */
export async function standBetween(backend: string, fault: Fault): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing): Promise<void> => {
    const url = new URL(incoming.url ?? '/', backend);
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const asked: Asked = {
      method: incoming.method ?? 'GET',
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      headers: { ...incoming.headers },
      body: Buffer.concat(parts).toString(),
    };
    const reply = ({ status, headers, body }: Answered): void => {
      delete headers['transfer-encoding'];
      const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
      outgoing.writeHead(status, { ...headers, ...length }).end(body);
    };
    // So that what is changed here can be read here.
    delete asked.headers['accept-encoding'];
    try {
      const instead = fault.ask?.(asked);
      if (instead) return reply(instead);
    } catch {
      outgoing.destroy();
      return;
    }
    if (asked.headers['content-length'] !== undefined) {
      asked.headers['content-length'] = String(Buffer.byteLength(asked.body));
    }
    const onward = request(url, { method: asked.method, headers: asked.headers }, (response) => {
      const isStream = response.headers['content-type']?.startsWith('text/event-stream');
      if (isStream && !fault.holdsStreams) {
        const begun = { status: response.statusCode ?? 502, headers: { ...response.headers }, body: '' };
        fault.answer?.(begun, asked);
        outgoing.writeHead(begun.status, begun.headers);
        outgoing.flushHeaders();
        response.pipe(outgoing);
        return;
      }
      const collected: Buffer[] = [];
      response.on('data', (part: Buffer) => collected.push(part));
      response.once('end', () => {
        const body = Buffer.concat(collected).toString();
        const answered = { status: response.statusCode ?? 502, headers: { ...response.headers }, body };
        fault.answer?.(answered, asked);
        reply(answered);
      });
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    onward.end(asked.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}
