import type { Backend } from '../backend.ts';
import type { Profile } from '../browser.ts';
import { BESIDE_EVERYTHING } from '../pages/index.ts';
import type { Measure } from './measure.ts';
import { type Expected, FIRST, interacting, rowsOf } from './rows.ts';

/** Whose every letter may find others than the one before it; `m` for one does not, as it stands in all addresses. */
const WORDS = ['kui', 'jan', 'so', 'bo', 'tho', 'vi', 'wi', 'ri'];

/** From a letter typed to the rows that it finds. The first word is typed to warm up. */
function keystrokes(profile: Profile, name: string): Measure['run'] {
  return (browser, backend, page) =>
    interacting(
      browser,
      backend,
      page,
      name,
      async (visit) => {
        const ids: string[] = [];
        const all = await FIRST(backend);
        const words = (await wordsFor(backend, all)).slice(0, profile === 'slow' ? 2 : 3);
        await visit.click(page.search);
        for (const [turn, word] of words.entries()) {
          for (const [at, { text, rows }] of word.entries()) {
            await visit.interact(text, 'keydown', { rows }, () => visit.tab.keyboard.press(text.charAt(at)));
            if (turn > 0) ids.push(text);
          }
          await visit.tab.keyboard.press('Control+A');
          await visit.interact(`not ${word[0]?.text}`, 'keydown', { rows: all }, () =>
            visit.tab.keyboard.press('Backspace'),
          );
        }
        return ids;
      },
      profile,
    );
}

/** Three words, letter by letter, with what each letter finds. */
async function wordsFor(backend: Backend, all: Expected): Promise<{ text: string; rows: Expected }[][]> {
  const words: { text: string; rows: Expected }[][] = [];
  for (const word of WORDS) {
    const letters: { text: string; rows: Expected }[] = [];
    let before = all;
    for (let length = 1; length <= word.length; length += 1) {
      const text = word.slice(0, length);
      const rows = await rowsOf(backend, text, '-created_at', 0);
      const isOther = rows.some(([, name], at) => name !== before[at]?.[1]);
      if (!isOther || rows.length === 0) break;
      letters.push({ text, rows });
      before = rows;
    }
    if (letters.length === word.length) words.push(letters);
    if (words.length === 3) return words;
  }
  throw new Error('too few words find others with each letter');
}

/** From a letter typed to the rows that it finds. */
export const keystroke: Measure = {
  name: 'keystroke',
  title: 'keystroke to painted rows',
  profile: 'full',
  sizes: [10_000, 100_000, 1_000_000],
  isShort: true,
  run: keystrokes('full', 'keystroke'),
};

/** The same beside a page that loads all rows. */
export const keystrokeEverything: Measure = {
  name: 'keystroke-everything',
  title: 'keystroke beside a page that loads all rows',
  profile: 'full',
  sizes: [1_000_000],
  isShort: false,
  rounds: 3,
  pages: BESIDE_EVERYTHING,
  run: keystrokes('full', 'keystroke-everything'),
};

/** The same on a slow machine and line. */
export const keystrokeSlow: Measure = {
  name: 'keystroke-slow',
  title: 'keystroke to painted rows, slow',
  profile: 'slow',
  sizes: [10_000],
  isShort: false,
  rounds: 3,
  run: keystrokes('slow', 'keystroke-slow'),
};
