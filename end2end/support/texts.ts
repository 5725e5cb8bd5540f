import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';

const DOMAIN = resolve(import.meta.dirname, '../../crates/domain/src');

/** Returns the texts of the domain crate: names of roles, capabilities and sections, and the reasons of denials. */
export async function domainTexts(): Promise<string[]> {
  const files = ['capability_labels.rs', 'denial.rs', 'role.rs', 'section.rs'].map((file) =>
    readFile(join(DOMAIN, file), 'utf8'),
  );
  const literals = (await Promise.all(files)).flatMap((source) => [...source.matchAll(/"((?:[^"\\]|\\.)+)"/g)]);
  return literals.map(([, text]) => text ?? '').filter((text) => /^\p{Lu}/u.test(text));
}

/** The property of `window` that holds the JSON texts which the current document has received. */
const RECEIVED = 'receivedJson';

/**
 * Records the API responses that each document receives, such as names of users and nodes. The document records them
 * itself, because Playwright never reports the end of some responses that were in flight when a document was unloaded.
 */
export async function recordResponses(page: Page): Promise<void> {
  await page.addInitScript((property) => {
    const received: Promise<string>[] = [];
    Object.assign(window, { [property]: received });
    // The HTML embeds the first API responses. The program removes them; it starts after this event.
    document.addEventListener('readystatechange', () => {
      if (document.readyState !== 'interactive') return;
      for (const script of document.querySelectorAll('script[data-answer]')) {
        received.push(Promise.resolve(script.textContent ?? 'null'));
      }
    });
    const { fetch } = window;
    window.fetch = async (...request) => {
      const response = await fetch(...request);
      const isJson = response.headers.get('content-type')?.startsWith('application/json');
      if (response.ok && isJson && response.url.includes('/api/v1/')) {
        // The body of an aborted request is not shown.
        received.push(
          response
            .clone()
            .text()
            .catch(() => 'null'),
        );
      }
      return response;
    };
  }, RECEIVED);
}

/** Returns all strings in the API responses that the current document has received. */
export async function responseTexts(page: Page): Promise<string[]> {
  const received = await page.evaluate(
    (property) => Promise.all((window as unknown as Record<string, Promise<string>[]>)[property] ?? []),
    RECEIVED,
  );
  const stringsOf = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return value && typeof value === 'object' ? Object.values(value).flatMap(stringsOf) : [];
  };
  return received.flatMap((json) => stringsOf(JSON.parse(json)));
}

/** A text that is visible or read by screen readers. */
export interface PageText {
  text: string;
  /** The element or attribute that holds the text. */
  location: string;
}

/** Returns all visible and spoken texts of a page, except times, keys and initials. */
export async function pageTexts(page: Page): Promise<PageText[]> {
  return page.evaluate(() => {
    const texts: { text: string; location: string }[] = [];
    const textAttributes = [
      'aria-label',
      'aria-description',
      'aria-roledescription',
      'aria-valuetext',
      'title',
      'placeholder',
      'alt',
      'data-hint',
    ];
    const ignored = 'script, style, time, kbd, .avatar, input, textarea';
    const inspect = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) inspect(element.shadowRoot);
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        const tag = `<${element.localName} class="${element.getAttribute('class') ?? ''}">`;
        for (const name of textAttributes) {
          if (name === 'title' && element.matches('time')) continue;
          const text = element.getAttribute(name);
          if (text) texts.push({ text, location: `${name} of ${tag}` });
        }
        if (element.closest(ignored)) continue;
        for (const node of element.childNodes) {
          if (node instanceof Text && /\p{L}/u.test(node.data)) texts.push({ text: node.data, location: tag });
        }
      }
    };
    inspect(document.body);
    return [...texts, { text: document.title, location: 'the title' }];
  });
}

/** Words that `Intl` formats besides numbers: days, months, units and list separators. */
const INTL_WORDS =
  /\b(and|or|yesterday|today|tomorrow|ago|in|min|hr|hrs|days?|at|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan\w*|Feb\w*|Mar\w*|Apr\w*|May|June?|July?|Aug\w*|Sept?\w*|Oct\w*|Nov\w*|Dec\w*)\b/gi;

/** The vowels that the pseudo-locale replaces by accented ones. */
const UNACCENTED = /[aeiou]/;

/**
 * Returns the texts with unaccented letters, without known texts and words that `Intl` formats. These texts do not come
 * from the catalogue.
 */
export function findUntranslated(texts: PageText[], known: readonly string[]): string[] {
  const knownTexts = new Set(known);
  const names = [...knownTexts].filter((name) => name.length > 2).sort((a, b) => b.length - a.length);
  const all = [...knownTexts].join('\n').toLowerCase();
  const isUntranslated = ({ text, location }: PageText): boolean => {
    // A search highlights parts of names. An e-mail address may be one that the test has just typed.
    if (knownTexts.has(text.trim()) || (/^<(bdi|mark) /.test(location) && all.includes(text.trim().toLowerCase())))
      return false;
    let rest = text.replace(/\S+@\S+/g, ' ');
    for (const name of names) if (UNACCENTED.test(rest) && rest.includes(name)) rest = rest.replaceAll(name, ' ');
    return UNACCENTED.test(rest.replace(INTL_WORDS, ' '));
  };
  const defects = texts.filter((item) => UNACCENTED.test(item.text) && isUntranslated(item));
  return [...new Set(defects.map(({ text, location }) => `“${text.trim()}” in ${location}`))];
}
