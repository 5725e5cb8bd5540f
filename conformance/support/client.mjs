import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** @import { IncomingHttpHeaders, IncomingMessage } from 'node:http' */
/** @import { RequestOptions, SessionHeaders } from './types.d.ts' */

const BASE = '/api/v1';
/** The default time limit of a request, in milliseconds. */
const TIMEOUT = 60_000;
/** The decoders of the content codings that browsers accept. */
/** @type {Record<string, (body: Buffer) => Buffer>} */
const DECODERS = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** A response of the backend. */
export class ApiResponse {
  /**
   * @param {string} request The description of the request, for failure messages.
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

  /** The media type without parameters, in lower case. */
  get type() {
    return (this.headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase();
  }

  /**
   * The body parsed as JSON, or undefined if it is not JSON.
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

  /** Returns the response in one line, for failure messages. */
  toString() {
    const body = this.text.length > 300 ? `${this.text.slice(0, 300)}…` : this.text;
    return `${this.status} ${this.type || 'without a type'} ${body}`.trim();
  }
}

/** Sends requests to the backend as the page does. */
export class ApiClient {
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
   * @param {RequestOptions} [options]
   */
  get(path, options) {
    return this.request('GET', path, options);
  }

  /**
   * Sends a request and reads the whole response. Retries once if a kept-alive connection was closed.
   *
   * @param {string} method
   * @param {string} path
   * @param {RequestOptions} [options]
   * @returns {Promise<ApiResponse>}
   */
  async request(method, path, options = {}) {
    /** @returns {Promise<ApiResponse>} */
    const attempt = () =>
      this.#send(method, path, options, (response, request, resolve) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        const end = () => {
          const body = decode(Buffer.concat(chunks), response.headers['content-encoding']);
          resolve(new ApiResponse(request, response.statusCode ?? 0, response.headers, body));
        };
        response.once('end', end);
        // A backend that rejects a body early may close the connection. The response has arrived all the same.
        response.once('error', end);
      });
    try {
      return await attempt();
    } catch (error) {
      // The backend may have closed a kept-alive connection at this moment.
      if (!(error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE'].includes(String(error.code))))
        throw error;
      return attempt();
    }
  }

  /**
   * Opens an event stream. Resolves when its headers have arrived; `stream.text` then grows.
   *
   * @param {string} path
   * @param {RequestOptions} [options]
   * @returns {Promise<{ stream: { text: string, close(): void }, request: string, status: number, headers: IncomingHttpHeaders }>}
   */
  openStream(path, options = {}) {
    return this.#send('GET', path, options, (response, request, resolve) => {
      const stream = { text: '', close: () => void response.destroy() };
      response
        .setEncoding('utf8')
        .on('data', (text) => {
          stream.text += text;
        })
        .on('error', () => {});
      resolve({ stream, request, status: response.statusCode ?? 0, headers: response.headers });
    });
  }

  /**
   * Sends a request. `onResponse` gets the response as soon as its headers have arrived.
   *
   * @template T
   * @param {string} method
   * @param {string} path
   * @param {RequestOptions} options
   * @param {(response: IncomingMessage, description: string, resolve: (value: T) => void) => void} onResponse
   * @returns {Promise<T>}
   */
  #send(method, path, { query = {}, body, raw, headers = {}, view, session, timeout = TIMEOUT }, onResponse) {
    const url = new URL(path.startsWith('http') ? path : this.#url + BASE + path);
    for (const [name, value] of Object.entries(query)) {
      for (const item of [value].flat()) url.searchParams.append(name, String(item));
    }
    const sessionHeaders = session ?? this.#session;
    /** @type {Record<string, string | number>} */
    const requestHeaders = {
      accept: 'application/json',
      'accept-encoding': Object.keys(DECODERS).join(', '),
      ...sessionHeaders,
      // Browsers send this header for a page of the same origin.
      ...('cookie' in this.#session && { 'sec-fetch-site': 'same-origin' }),
      ...(view && { 'studio-view': view }),
      ...headers,
    };
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    if (payload !== undefined) {
      requestHeaders['content-type'] ??= 'application/json';
      requestHeaders['content-length'] = Buffer.byteLength(payload);
    }
    const lines = [`${method} ${url.href.slice(this.#url.length)}`];
    for (const name of Object.keys(headers)) lines.push(`${name}: ${headers[name]}`);
    if (view) lines.push(`studio-view: ${view}`);
    if (session) lines.push('with another session or none');
    if (payload !== undefined)
      lines.push(payload.length > 400 ? `${payload.slice(0, 100)}… (${payload.length} bytes)` : payload);
    const description = lines.join('\n');

    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? overTls : overHttp;
      const call = send(url, { method, headers: requestHeaders }, (response) => {
        clearTimeout(timer);
        onResponse(response, description, resolve);
      });
      const timer = setTimeout(() => call.destroy(new Error(`no response within ${timeout / 1000} seconds`)), timeout);
      call.once('error', (error) => {
        clearTimeout(timer);
        reject(Object.assign(error, { request: description }));
      });
      call.end(payload);
    });
  }
}

/**
 * Decodes a body to text. A body that cannot be decoded is returned as it is, so that a check fails on it.
 *
 * @param {Buffer} body
 * @param {string} [encoding]
 */
function decode(body, encoding = '') {
  try {
    return (DECODERS[encoding]?.(body) ?? body).toString();
  } catch {
    return body.toString();
  }
}
