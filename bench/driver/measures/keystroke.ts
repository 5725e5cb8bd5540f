import type { Backend } from '../backend.ts';
import type { Profile } from '../browser.ts';
import { EVERYTHING_PAGES } from '../pages/index.ts';
import { type Measure, withSlowProcessor } from './measure.ts';
import { type ExpectedRows, firstRows, measureInteractions, rowsOf } from './rows.ts';

/** Words of which each further letter may change the result. (`m` does not, because it is in all addresses.) */
const WORDS = ['kui', 'jan', 'so', 'bo', 'tho', 'vi', 'wi', 'ri'];

/** Measures from a typed letter to the painted result. The first word warms up. */
function keystrokes(profile: Profile, name: string): Measure['run'] {
  return measureInteractions(
    name,
    async (visit) => {
      const { backend, page } = visit;
      const ids: string[] = [];
      const all = await firstRows(backend);
      const words = (await wordsFor(backend, all)).slice(0, profile === 'slow' ? 2 : 3);
      await visit.click(page.search);
      for (const [wordIndex, word] of words.entries()) {
        for (const [index, { text, rows }] of word.entries()) {
          await visit.interact(text, 'keydown', { rows }, () => visit.tab.keyboard.press(text.charAt(index)));
          if (wordIndex > 0) ids.push(text);
        }
        await visit.tab.keyboard.press('Control+A');
        await visit.interact(`clear ${word[0]?.text}`, 'keydown', { rows: all }, () =>
          visit.tab.keyboard.press('Backspace'),
        );
      }
      return ids;
    },
    profile,
  );
}

/** Returns three words, with the result after each letter. */
async function wordsFor(backend: Backend, all: ExpectedRows): Promise<{ text: string; rows: ExpectedRows }[][]> {
  const words: { text: string; rows: ExpectedRows }[][] = [];
  for (const word of WORDS) {
    const letters: { text: string; rows: ExpectedRows }[] = [];
    let before = all;
    for (let length = 1; length <= word.length; length += 1) {
      const text = word.slice(0, length);
      const rows = await rowsOf(backend, text, '-created_at', 0);
      const isChanged = rows.some(([, name], index) => name !== before[index]?.[1]);
      if (!isChanged || rows.length === 0) break;
      letters.push({ text, rows });
      before = rows;
    }
    if (letters.length === word.length) words.push(letters);
    if (words.length === 3) return words;
  }
  throw new Error('Too few words change the result with each letter.');
}

/** Measures from a typed letter to the painted result. */
export const keystroke: Measure = {
  name: 'keystroke',
  title: 'keystroke to painted rows',
  profile: 'full',
  sizes: [10_000, 100_000, 1_000_000],
  isShort: true,
  run: keystrokes('full', 'keystroke'),
};

/** Measures keystrokes on a slower processor. */
export const keystrokeCpu = withSlowProcessor(keystroke, keystrokes);

/** Compares keystrokes with a page that loads all rows. */
export const keystrokeEverything: Measure = {
  name: 'keystroke-everything',
  title: 'keystroke beside a page that loads all rows',
  profile: 'full',
  sizes: [1_000_000],
  isShort: false,
  rounds: 3,
  pages: EVERYTHING_PAGES,
  run: keystrokes('full', 'keystroke-everything'),
};

/** Measures keystrokes on a slow machine and network. */
export const keystrokeSlow: Measure = {
  name: 'keystroke-slow',
  title: 'keystroke to painted rows, slow',
  profile: 'slow',
  sizes: [10_000],
  isShort: false,
  rounds: 3,
  run: keystrokes('slow', 'keystroke-slow'),
};
