import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { Context } from '../support/types.d.ts' */

export const summary = 'the event stream opens, resumes and resets';

/** The time limit for the headers of the stream, in milliseconds. */
const HEADERS_TIMEOUT = 5_000;

/** @param {Context} context */
export async function run({ client, expect, report }) {
  /**
   * Opens the stream and returns its first events. Reads until `isDone` holds, at most for two seconds.
   *
   * @param {Record<string, string>} headers
   * @param {(text: string) => unknown} isDone
   */
  const readStream = async (headers, isDone) => {
    const opened = await client.openStream('/events', {
      headers: { accept: 'text/event-stream', ...headers },
      timeout: HEADERS_TIMEOUT,
    });
    const response = { ...opened, toString: () => `${opened.status} ${opened.headers['content-type']}` };
    try {
      expectStatus(response, 200);
      const type = opened.headers['content-type']?.split(';')[0];
      expectThat(type === 'text/event-stream', 'text/event-stream', response);
      for (let elapsed = 0; elapsed < 2_000 && !isDone(opened.stream.text); elapsed += 50) await sleep(50);
      return { ...response, text: opened.stream.text };
    } finally {
      opened.stream.close();
    }
  };
  const idOf = (/** @type {string} */ text) => /^id: ?(.+)$/m.exec(text)?.[1];

  await report.check('GET /events opens an event stream and sends its headers at once', () =>
    readStream({}, () => true),
  );

  await report.check('The event stream is not compressed, because compression delays events', async () => {
    const { headers, ...response } = await readStream({}, () => true);
    expectThat(!headers['content-encoding'], 'no content-encoding', response, headers['content-encoding']);
  });

  await report.check('Last-Event-ID resumes the stream after that event', async () => {
    const { text } = await readStream({}, idOf);
    const id = idOf(text);
    if (!id) skip('no event arrived within two seconds; make a change during the run to check this');
    const resumed = await readStream({ 'last-event-id': id }, (text) => /^event:/m.test(text));
    expectThat(!/^event: ?reset/m.test(resumed.text), 'no reset, because no event was missed', resumed, resumed.text);
  });

  await report.check('An unknown Last-Event-ID starts the stream with a reset event', async () => {
    const response = await readStream({ 'last-event-id': 'conformance' }, (text) => /^event:/m.test(text));
    expectThat(
      /^event: ?reset/m.test(response.text),
      'a reset event within two seconds',
      response,
      response.text || 'nothing',
    );
  });

  await report.check('Events in an unknown view are rejected', async () => {
    const response = await client.get('/events', { view: 'conformance', timeout: HEADERS_TIMEOUT });
    expect.problem(response, 403, 'view_ended');
  });
}
