import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** @import { IncomingHttpHeaders, IncomingMessage } from 'node:http' */
/** @import { CallOptions, SessionHeaders } from './types.d.ts' */

const BASE = '/api/v1';
const PATIENCE = 60_000;
/** What browsers take, and how it is read. */
/** @type {Record<string, (body: Buffer) => Buffer>} */
const DECODERS = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** Something that the backend answered. */
export class Answer {
  /**
   * @param {string} request The request, for whoever reads of a failure.
   * @param {number} status
   * @param {IncomingHttpHeaders} headers
   * @param {string} text The body.
   */
  constructor(request, status, headers, text) {
    this.request = request;
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  /** The media type, without parameters. */
  get type() {
    return (this.headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase();
  }

  /**
   * The body as JSON; undefined where it is none.
   *
   * @returns {unknown}
   */
  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }

  /** The answer in a line, for whoever reads of a failure. */
  toString() {
    const body = this.text.length > 300 ? `${this.text.slice(0, 300)}…` : this.text;
    return `${this.status} ${this.type || 'without a type'} ${body}`.trim();
  }
}

/** Asks the backend, as the page would. */
export class Caller {
  #url;
  #session;

  /**
   * @param {string} url
   * @param {SessionHeaders} session
   */
  constructor(url, session) {
    this.#url = url;
    this.#session = session;
  }

  /**
   * @param {string} path
   * @param {CallOptions} [options]
   */
  get(path, options) {
    return this.ask('GET', path, options);
  }

  /**
   * Asks, and reads the whole answer.
   *
   * @param {string} method
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<Answer>}
   */
  async ask(method, path, options = {}) {
    /** @returns {Promise<Answer>} */
    const attempt = () =>
      this.#send(method, path, options, (response, request, done) => {
        /** @type {Buffer[]} */
        const parts = [];
        response.on('data', (part) => parts.push(part));
        const end = () => {
          const body = decoded(Buffer.concat(parts), response.headers['content-encoding']);
          done(new Answer(request, response.statusCode ?? 0, response.headers, body));
        };
        response.once('end', end);
        // Whoever refuses a body before it is read may hang up; the answer is there all the same.
        response.once('error', end);
      });
    try {
      return await attempt();
    } catch (error) {
      // A connection that was kept for more calls may have ended just now.
      if (!(error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE'].includes(String(error.code))))
        throw error;
      return attempt();
    }
  }

  /**
   * Asks for what does not end; gives the answer as soon as its headers are there, and its text as it comes.
   *
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<{ stream: { text: string, close(): void }, request: string, status: number, headers: IncomingHttpHeaders }>}
   */
  follow(path, options = {}) {
    return this.#send('GET', path, options, (response, request, done) => {
      const stream = { text: '', close: () => void response.destroy() };
      response
        .setEncoding('utf8')
        .on('data', (text) => {
          stream.text += text;
        })
        .on('error', () => {});
      done({ stream, request, status: response.statusCode ?? 0, headers: response.headers });
    });
  }

  /**
   * @template T
   * @param {string} method
   * @param {string} path
   * @param {CallOptions} options
   * @param {(response: IncomingMessage, request: string, done: (value: T) => void) => void} received
   * @returns {Promise<T>}
   */
  #send(method, path, { query = {}, body, raw, headers = {}, view, session, patience = PATIENCE }, received) {
    const url = new URL(path.startsWith('http') ? path : this.#url + BASE + path);
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value].flat()) url.searchParams.append(name, String(one));
    }
    const named = session ?? this.#session;
    /** @type {Record<string, string | number>} */
    const sent = {
      accept: 'application/json',
      'accept-encoding': Object.keys(DECODERS).join(', '),
      ...named,
      // A page of the same origin: what a browser says by itself.
      ...('cookie' in this.#session && { 'sec-fetch-site': 'same-origin' }),
      ...(view && { 'studio-view': view }),
      ...headers,
    };
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    if (payload !== undefined) {
      sent['content-type'] ??= 'application/json';
      sent['content-length'] = Buffer.byteLength(payload);
    }
    const told = [`${method} ${url.href.slice(this.#url.length)}`];
    for (const name of Object.keys(headers)) told.push(`${name}: ${headers[name]}`);
    if (view) told.push(`studio-view: ${view}`);
    if (session) told.push('with another session, or none');
    if (payload !== undefined)
      told.push(payload.length > 400 ? `${payload.slice(0, 100)}… (${payload.length} bytes)` : payload);
    const request = told.join('\n');

    return new Promise((done, failed) => {
      const send = url.protocol === 'https:' ? overTls : overHttp;
      const call = send(url, { method, headers: sent }, (response) => {
        clearTimeout(timer);
        received(response, request, done);
      });
      const timer = setTimeout(() => call.destroy(new Error(`no answer within ${patience / 1000} seconds`)), patience);
      call.once('error', (error) => {
        clearTimeout(timer);
        failed(Object.assign(error, { request }));
      });
      call.end(payload);
    });
  }
}

/**
 * A body as text; as it is where it cannot be decoded, for a check to find.
 *
 * @param {Buffer} body
 * @param {string} [encoding]
 */
function decoded(body, encoding = '') {
  try {
    return (DECODERS[encoding]?.(body) ?? body).toString();
  } catch {
    return body.toString();
  }
}
