import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import type { Backend } from './backend.ts';
import { MAUD } from './test.ts';
import { callApi } from './users.ts';

/** The device class that a page is tested on. */
export type Device = 'desktop' | 'phone';

/** Translates English texts of the catalogue into the language of the page under test. */
export interface Translator {
  /** Returns the translation of a text or of a part of one. */
  (text: string): string;
  /** Returns a pattern that matches exactly this text. */
  exact(text: string): RegExp;
  /** Returns a pattern that matches a text with this beginning. */
  startsWith(text: string): RegExp;
}

/** Returns the texts as they are. */
export const english = translator((text) => text);

/** Translates into the pseudo-locale: src/i18n/pseudo.rs. */
export const pseudo = translator((text) => text.split(' ').map(pseudoWord).join(' '));

function pseudoWord(word: string): string {
  const letters: Record<string, string> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú' };
  const length = word.match(/\p{L}/gu)?.length ?? 0;
  const accented = word.replace(/[aeiou]/g, (letter) => letters[letter] ?? letter);
  return accented.replace(/(?<=\p{L})(?=\P{L}*$)/u, '~'.repeat(Math.floor(length / 3)));
}

function translator(translate: (text: string) => string): Translator {
  const escaped = (text: string) => translate(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return Object.assign((text: string) => translate(text), {
    exact: (text: string) => new RegExp(`^⟦?${escaped(text)}⟧?$`),
    startsWith: (text: string) => new RegExp(`^⟦?${escaped(text)}`),
  });
}

/** The fixtures and settings with which a state is opened. */
export interface StateContext {
  page: Page;
  backend: Backend;
  browser: Browser;
  device: Device;
  t: Translator;
}

/** A UI state: a page, dialog, menu or message that the product can show. */
export interface UiState {
  /** The title of the state's tests. */
  name: string;
  /** The devices on which the state exists. */
  devices: readonly Device[];
  /** The demo user who is signed in, or `null` for no session. */
  as: string | null;
  /** Opens the state and returns an element that is visible in it. */
  open(context: StateContext): Promise<Locator>;
}

/** Returns a state. By default it exists on every device and Maud is signed in. */
export function state(name: string, open: UiState['open'], options: Partial<UiState> = {}): UiState {
  return { name, devices: ['desktop', 'phone'], as: MAUD, open, ...options };
}

/** Signs in a demo user through the API, without the sign-in page. */
export async function signIn(page: Page, name: string): Promise<void> {
  const people = (await (await page.request.get('/api/v1/demo/people')).json()) as { id: string; name: string }[];
  const person = people.find((person) => person.name === name);
  expect(await callApi(page, 'POST', '/demo/sessions', { user_id: person?.id })).toBe(201);
}

/** Returns a suffix that no other state uses, for names and addresses that have to be unique. */
export function uniqueSuffix(): string {
  lastSuffix += 1;
  return String(lastSuffix);
}
let lastSuffix = 0;
