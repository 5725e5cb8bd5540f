import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page, Request } from '@playwright/test';

const DOMAIN = resolve(import.meta.dirname, '../../crates/domain/src');

/** What the domain crate has to say itself: names of roles, capabilities and sections, and why something is denied. */
export async function domainWords(): Promise<string[]> {
  const files = ['ability.rs', 'denial.rs', 'role.rs', 'section.rs'].map((file) =>
    readFile(join(DOMAIN, file), 'utf8'),
  );
  const literals = (await Promise.all(files)).flatMap((source) => [...source.matchAll(/"((?:[^"\\]|\\.)+)"/g)]);
  return literals.map(([, words]) => words ?? '').filter((words) => /^\p{Lu}/u.test(words));
}

/**
 * Hears what the backend tells of people and places: whatever stands in its answers, refusals left out. What the function
 * returned gives is complete for the document that is shown.
 */
export function hear(page: Page): () => Promise<string[]> {
  const heard: string[] = [];
  let hearing: Promise<void>[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') heard.push(value);
    else if (value && typeof value === 'object') Object.values(value).forEach(collect);
  };
  let requests = new WeakSet<Request>();
  page.on('request', (request) => {
    // Playwright never tells the end of some answers that were on their way when their document went.
    if (request.isNavigationRequest()) [requests, hearing] = [new WeakSet(), []];
    requests.add(request);
  });
  page.on('response', (response) => {
    if (!requests.has(response.request())) return;
    // The page comes with the first answers.
    if (response.headers()['content-type']?.startsWith('text/html')) {
      hearing.push(
        response.text().then(
          (html) => answersIn(html).forEach(collect),
          () => {},
        ),
      );
    }
    if (!response.url().includes('/api/v1/') || !response.ok()) return;
    if (!response.headers()['content-type']?.startsWith('application/json')) return;
    hearing.push(response.json().then(collect, () => {}));
  });
  return async () => {
    await Promise.all(hearing);
    return heard;
  };
}

/** The answers that a page comes with. */
function answersIn(html: string): unknown[] {
  const found = html.matchAll(/<script type="application\/json" data-answer="[^"]*">(.*?)<\/script>/gs);
  return [...found].map(([, answer]) => JSON.parse(answer ?? 'null') as unknown);
}

/** A text that is shown or spoken, and where. */
export interface Shown {
  text: string;
  where: string;
}

/** Every text of a page that somebody may read or hear, but for times, keys and initials. */
export async function texts(page: Page): Promise<Shown[]> {
  return page.evaluate(() => {
    const found: { text: string; where: string }[] = [];
    const spoken = [
      'aria-label',
      'aria-description',
      'aria-roledescription',
      'aria-valuetext',
      'title',
      'placeholder',
      'alt',
      'data-hint',
    ];
    const apart = 'script, style, time, kbd, .avatar, input, textarea';
    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) look(element.shadowRoot);
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        const where = `<${element.localName} class="${element.getAttribute('class') ?? ''}">`;
        for (const name of spoken) {
          if (name === 'title' && element.matches('time')) continue;
          const text = element.getAttribute(name);
          if (text) found.push({ text, where: `${name} of ${where}` });
        }
        if (element.closest(apart)) continue;
        for (const node of element.childNodes) {
          if (node instanceof Text && /\p{L}/u.test(node.data)) found.push({ text: node.data, where });
        }
      }
    };
    look(document.body);
    return [...found, { text: document.title, where: 'the title' }];
  });
}

/** What `Intl` writes besides numbers: days, months, units, and what stands between the items of a list. */
const OF_INTL =
  /\b(and|or|yesterday|today|tomorrow|ago|in|min|hr|hrs|days?|at|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan\w*|Feb\w*|Mar\w*|Apr\w*|May|June?|July?|Aug\w*|Sept?\w*|Oct\w*|Nov\w*|Dec\w*)\b/gi;

/** Letters that a text of the catalogue has no longer, in the language for tests. */
const PLAIN = /[aeiou]/;

/** The texts that are in plain letters: neither of the catalogue, nor the domain's, nor the backend's, nor of `Intl`. */
export function plain(shown: Shown[], known: readonly string[]): string[] {
  const whole = new Set(known);
  const names = [...whole].filter((name) => name.length > 2).sort((a, b) => b.length - a.length);
  const all = [...whole].join('\n').toLowerCase();
  const isPlain = ({ text, where }: Shown): boolean => {
    // Of a name, what was searched for is marked; an address may be one that was just typed.
    if (whole.has(text.trim()) || (/^<(bdi|mark) /.test(where) && all.includes(text.trim().toLowerCase())))
      return false;
    let rest = text.replace(/\S+@\S+/g, ' ');
    for (const name of names) if (PLAIN.test(rest) && rest.includes(name)) rest = rest.replaceAll(name, ' ');
    return PLAIN.test(rest.replace(OF_INTL, ' '));
  };
  const defects = shown.filter((one) => PLAIN.test(one.text) && isPlain(one));
  return [...new Set(defects.map(({ text, where }) => `“${text.trim()}” in ${where}`))];
}
