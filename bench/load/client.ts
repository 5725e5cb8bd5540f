import { Agent, type IncomingHttpHeaders, request as send } from 'node:http';
import type { Backend } from '../driver/backend.ts';
import type { Request } from './requests.ts';

/** The result of a request. */
export interface Sample {
  kind: string;
  /** From the scheduled time to the end of the response, in ms. */
  latency: number;
  /** How much later than scheduled the request was sent, in ms. */
  lag: number;
  /** The status, or the message of a failed connection. */
  status: number | string;
}

/** Counts the failed requests, by status. */
export function failures(samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of samples) {
    if (typeof status === 'string' || status >= 400) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

/** Sends requests to the backends in turn, over connections that are kept open. */
export class Client {
  readonly #backends: readonly Backend[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity, noDelay: true });
  #next = 0;

  constructor(backends: readonly Backend[]) {
    this.#backends = backends;
  }

  /** Sends a request that was scheduled for this time, as `performance.now()` reports it. */
  async send(request: Request, scheduled: number): Promise<Sample> {
    const lag = performance.now() - scheduled;
    const status = await this.#send(request).catch((error: Error) => error.message);
    return { kind: request.kind, latency: performance.now() - scheduled, lag, status };
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ method, path, body, headers }: Request): Promise<number> {
    const backend = this.#backends[this.#next % this.#backends.length];
    this.#next += 1;
    if (!backend) throw new Error('There is no backend.');
    const all: IncomingHttpHeaders = {
      ...headers,
      cookie: `${backend.cookie.name}=${backend.cookie.value}`,
      // As browsers do, so that the work of the compression is included.
      'accept-encoding': 'gzip, deflate, br',
    };
    if (body !== undefined) {
      Object.assign(all, {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'sec-fetch-site': 'same-origin',
        origin: backend.url,
      });
    }
    return new Promise((resolve, reject) => {
      const options = { method, headers: all, agent: this.#agent };
      const sent = send(`${backend.url}/api/v1/${path}`, options, (response) => {
        response.once('error', reject);
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.resume();
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }
}
