import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import type { Backend } from './backend.ts';
import { MAUD } from './test.ts';
import { ask } from './users.ts';

/** What a page is looked at with. */
export type Device = 'desktop' | 'phone';

/** How a page words the texts of the catalogue. */
export interface Say {
  /** A part of a text. */
  (text: string): string;
  /** A whole text, and nothing around it. */
  whole(text: string): RegExp;
  /** A text that begins so. */
  start(text: string): RegExp;
}

/** In English. */
export const english = speaking((text) => text);

/** In the language for tests: src/i18n/pseudo.rs. */
export const pseudo = speaking((text) => text.split(' ').map(pseudoWord).join(' '));

function pseudoWord(word: string): string {
  const letters: Record<string, string> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú' };
  const length = word.match(/\p{L}/gu)?.length ?? 0;
  const longer = word.replace(/[aeiou]/g, (letter) => letters[letter] ?? letter);
  return longer.replace(/(?<=\p{L})(?=\P{L}*$)/u, '~'.repeat(Math.floor(length / 3)));
}

function speaking(word: (text: string) => string): Say {
  const escaped = (text: string) => word(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return Object.assign((text: string) => word(text), {
    whole: (text: string) => new RegExp(`^⟦?${escaped(text)}⟧?$`),
    start: (text: string) => new RegExp(`^⟦?${escaped(text)}`),
  });
}

/** What a state is reached on. */
export interface Stage {
  page: Page;
  backend: Backend;
  browser: Browser;
  device: Device;
  say: Say;
}

/** A state of the product. */
export interface State {
  /** Its name. */
  name: string;
  /** What it is seen on. */
  devices: readonly Device[];
  /** Who sees it: somebody of the demo, or nobody who is signed in. */
  as: string | null;
  /** Brings it about, and says by what it is known. */
  reach(stage: Stage): Promise<Locator>;
}

/** A state that is seen on every device. */
export function state(name: string, reach: State['reach'], options: Partial<State> = {}): State {
  return { name, devices: ['desktop', 'phone'], as: MAUD, reach, ...options };
}

/** Signs somebody of the demo in, by the backend's own call. */
export async function signIn(page: Page, name: string): Promise<void> {
  const people = (await (await page.request.get('/api/v1/demo/people')).json()) as { id: string; name: string }[];
  const person = people.find((person) => person.name === name);
  expect(await ask(page, 'POST', '/demo/sessions', { user_id: person?.id })).toBe(201);
}

/** A name for something that stands in no other state. */
export function fresh(): string {
  made += 1;
  return String(made);
}
let made = 0;
