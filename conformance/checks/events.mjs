import { setTimeout as pause } from 'node:timers/promises';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { Context } from '../support/types.d.ts' */

export const what = 'what changes is told as it does';

/** How long an answer may take whose headers come at once. */
const AT_ONCE = 5_000;

/** @param {Context} context */
export async function run({ caller, expect, report }) {
  /**
   * Follows the events, and gives what they began with, for as long as `wait` has nothing to say.
   *
   * @param {Record<string, string>} headers
   * @param {(text: string) => unknown} wait
   */
  const follow = async (headers, wait) => {
    const opened = await caller.follow('/events', {
      headers: { accept: 'text/event-stream', ...headers },
      patience: AT_ONCE,
    });
    const answer = { ...opened, toString: () => `${opened.status} ${opened.headers['content-type']}` };
    try {
      expectStatus(answer, 200);
      const type = opened.headers['content-type']?.split(';')[0];
      expectThat(type === 'text/event-stream', 'text/event-stream', answer);
      for (let waited = 0; waited < 2_000 && !wait(opened.stream.text); waited += 50) await pause(50);
      return { ...answer, text: opened.stream.text };
    } finally {
      opened.stream.close();
    }
  };
  const idOf = (/** @type {string} */ text) => /^id: ?(.+)$/m.exec(text)?.[1];

  await report.check('Events are a stream of text/event-stream, whose headers come at once', () =>
    follow({}, () => true),
  );

  await report.check('Nothing on the way compresses the stream, which would hold events back', async () => {
    const { headers, ...answer } = await follow({}, () => true);
    expectThat(!headers['content-encoding'], 'no content-encoding', answer, headers['content-encoding']);
  });

  await report.check('The stream goes on after the event whose id is named', async () => {
    const { text } = await follow({}, idOf);
    const id = idOf(text);
    if (!id) skip('no event with an id came within two seconds; make a change meanwhile to have this checked');
    const resumed = await follow({ 'last-event-id': id }, (said) => /^event:/m.test(said));
    expectThat(!/^event: ?reset/m.test(resumed.text), 'no reset, since nothing was missed', resumed, resumed.text);
  });

  await report.check(
    'Where the id named is not known, the stream begins with a reset: all is to be read anew',
    async () => {
      const answer = await follow({ 'last-event-id': 'conformance' }, (said) => /^event:/m.test(said));
      expectThat(
        /^event: ?reset/m.test(answer.text),
        'an event “reset” within two seconds',
        answer,
        answer.text || 'nothing',
      );
    },
  );

  await report.check('Events inside a view that does not run are refused', async () => {
    const answer = await caller.get('/events', { view: 'conformance', patience: AT_ONCE });
    expect.refusal(answer, 403, 'view_ended');
  });
}
