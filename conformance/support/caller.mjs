import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const BASE = '/api/v1';
const PATIENCE = 60_000;
/** What browsers take, and how it is read. */
const DECODERS = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** Something that the backend answered. */
class Answer {
  constructor(request, status, headers, text) {
    Object.assign(this, { request, status, headers, text });
  }

  /** The media type, without parameters. */
  get type() {
    return (this.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  }

  /** The body as JSON; undefined where it is none. */
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

  constructor(url, session) {
    this.#url = url;
    this.#session = session;
  }

  get(path, options) {
    return this.ask('GET', path, options);
  }

  /**
   * Asks, and reads the whole answer. `query` is an object (a list is repeated); `view` goes as Studio-View; `session`
   * replaces the headers that name the session, `{}` names none; `raw` is a body that is not made into JSON.
   */
  async ask(method, path, options = {}) {
    const attempt = () =>
      this.#send(method, path, options, (response, request, done) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        const end = () => {
          const body = decoded(Buffer.concat(parts), response.headers['content-encoding']);
          done(new Answer(request, response.statusCode, response.headers, body));
        };
        response.once('end', end);
        // Whoever refuses a body before it is read may hang up; the answer is there all the same.
        response.once('error', end);
      });
    try {
      return await attempt();
    } catch (error) {
      // A connection that was kept for more calls may have ended just now.
      if (!['ECONNRESET', 'EPIPE'].includes(error.code)) throw error;
      return attempt();
    }
  }

  /** Asks for what does not end; gives the answer as soon as its headers are there, and its text as it comes. */
  follow(path, options = {}) {
    return this.#send('GET', path, options, (response, request, done) => {
      const stream = { text: '', close: () => response.destroy() };
      response
        .setEncoding('utf8')
        .on('data', (text) => (stream.text += text))
        .on('error', () => {});
      done({ stream, request, status: response.statusCode, headers: response.headers });
    });
  }

  #send(method, path, { query = {}, body, raw, headers = {}, view, session, patience = PATIENCE }, received) {
    const url = new URL(path.startsWith('http') ? path : this.#url + BASE + path);
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value].flat()) url.searchParams.append(name, one);
    }
    const named = session ?? this.#session;
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

/** A body as text; as it is where it cannot be decoded, for a check to find. */
function decoded(body, encoding) {
  try {
    return (DECODERS[encoding]?.(body) ?? body).toString();
  } catch {
    return body.toString();
  }
}
