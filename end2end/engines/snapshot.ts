import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from '@playwright/test';
import type { Engine } from './driver/launch.ts';
import type { ElementReference } from './driver/protocol.ts';
import type { Session } from './driver/session.ts';

/** What the engines are compared by, in one state of the page. */
export interface Snapshot {
  /** The table's cells: of the header and of the first row. Empty without a table. */
  header: Box[];
  row: Box[];
  /** The width of the scrollbar beside the rows, in px. */
  scrollbar: number;
  /** The first elements that Tab focuses after a given one. */
  focusOrder: string[];
  /** The computed roles and names of the headings and controls, except those of later rows. */
  names: string[];
}

/** The left edge and the width of a cell, in px. */
export interface Box {
  /** The value of `aria-colindex`. */
  column: string;
  left: number;
  width: number;
}

const FOLDER = resolve(import.meta.dirname, '../test-results/engines/snapshots');
/** The folder for screenshots, if they are wanted. */
const SCREENSHOTS = process.env.STUDIO_USERS_SCREENSHOTS;
/** The longest recorded focus order. */
const TABS = 12;

const file = (engine: Engine, name: string): string => join(FOLDER, engine, `${name.replaceAll(' ', '-')}.json`);

/**
 * Records a snapshot. Expects that the header is aligned with the columns, and that nothing scrolls by a pixel. The focus
 * order starts at the element that matches the selector `focusFrom`.
 */
export async function recordSnapshot(session: Session, name: string, focusFrom?: string): Promise<void> {
  await waitForRendering(session);
  const table = await tableBoxes(session);
  const title = `${session.engine}, ${name}`;
  expect(table.header, `the header (${title})`).toEqual(table.row.map((box) => closeTo(box, 0.5)));
  expect(await slightOverflows(session), `elements that scroll by a pixel (${title})`).toEqual([]);
  if (SCREENSHOTS) {
    await mkdir(SCREENSHOTS, { recursive: true });
    await session.screenshot(join(SCREENSHOTS, `${name.replaceAll(' ', '-')}-${session.engine}.png`));
  }
  const names = await computedNames(session);
  const focusOrder = focusFrom ? await recordFocusOrder(session, focusFrom) : [];
  const snapshot: Snapshot = { ...table, focusOrder, names };
  await mkdir(join(FOLDER, session.engine), { recursive: true });
  await writeFile(file(session.engine, name), JSON.stringify(snapshot, null, 2));
}

/** Returns the snapshot of an engine, or `undefined` if its flows did not run. */
export async function readSnapshot(engine: Engine, name: string): Promise<Snapshot | undefined> {
  try {
    return JSON.parse(await readFile(file(engine, name), 'utf8')) as Snapshot;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Matches a box that is at most `by` px off. */
export function closeTo(box: Box, by: number): object {
  // `closeTo` takes the number of decimals: the difference is below half of a unit of the last one.
  const near = (value: number): unknown => expect.closeTo(value, -Math.log10(2 * by));
  return { ...box, left: near(box.left), width: near(box.width) };
}

async function tableBoxes(session: Session): Promise<Pick<Snapshot, 'header' | 'row' | 'scrollbar'>> {
  return session.evaluate(({ find, findAll, isVisible }) => {
    const boxes = (row: Element | undefined) =>
      [...(row?.children ?? [])].filter(isVisible).map((cell) => {
        const { left, width } = cell.getBoundingClientRect();
        return { column: cell.getAttribute('aria-colindex') ?? '', left, width };
      });
    const [header, ...rows] = findAll({ selector: '.users-table [role=row]' });
    const first = rows.find((row) => row.querySelector('[role=rowheader]'));
    const body = find({ selector: '.users-table__body' }) as HTMLElement | undefined;
    // On phones the rows are cards, which have no columns.
    const hasColumns = !!first && getComputedStyle(first).gridTemplateAreas === 'none';
    return {
      header: hasColumns ? boxes(header) : [],
      row: hasColumns ? boxes(first) : [],
      scrollbar: body ? body.offsetWidth - body.clientWidth : 0,
    };
  });
}

/** Returns the scroll containers whose content is larger by a pixel or two. They show a scrollbar for nothing. */
async function slightOverflows(session: Session): Promise<string[]> {
  return session.evaluate(({ all, isVisible }) => {
    const isSlight = (size: number, content: number): boolean => content > size && content <= size + 2;
    const overflowing = all('*').filter((element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      const { clientWidth, scrollWidth, clientHeight, scrollHeight } = element;
      const scrolls = (overflow: string): boolean => overflow === 'auto' || overflow === 'scroll';
      return (
        isVisible(element) &&
        ((scrolls(overflowX) && isSlight(clientWidth, scrollWidth)) ||
          (scrolls(overflowY) && isSlight(clientHeight, scrollHeight)))
      );
    });
    return overflowing.map((element) => `<${element.localName} class="${element.getAttribute('class')}">`);
  });
}

async function computedNames(session: Session): Promise<string[]> {
  const elements = await session.evaluate(({ all, isVisible, isWithin }) => {
    const controls = 'a[href], button, input, textarea, [role=tab], [role=columnheader], [role=rowheader], h1, h2, h3';
    const modal = all(':modal').at(-1);
    return all(controls).filter((element) => {
      const row = element.closest('[aria-rowindex]');
      const isLaterRow = !!row && Number(row.getAttribute('aria-rowindex')) > 3;
      // Without a role for browsers that make it inert.
      return isVisible(element) && !isLaterRow && (!modal || isWithin(element, modal));
    });
  });
  const names = await session.accessibility(elements as unknown as ElementReference[]);
  return names.map((name) =>
    name
      // WebKit's driver computes no names for cells. Screen readers read their content.
      .replace(/^((?:column|row)header) .*/, '$1')
      // The flows run at different times, and the engines have different versions of the language data.
      .replace(/\d\d:\d\d/g, 'time')
      .replace(/(day),/g, '$1')
      // Chromium keeps the isolates around names: https://www.w3.org/International/articles/inline-bidi-markup/
      .replace(/[\u2068\u2069]/g, ''),
  );
}

/** Presses Tab until the focus leaves the page at its end. */
async function recordFocusOrder(session: Session, from: string): Promise<string[]> {
  let last = await session.evaluate(({ all, find }, selector) => {
    const start = find({ selector }) as HTMLElement;
    start.focus();
    return all('*').indexOf(start);
  }, from);
  const order: string[] = [];
  while (order.length < TABS) {
    await session.press('Tab');
    const [index, label] = await session.evaluate(({ all, focused, nameOf }) => {
      const element = focused();
      if (!element || element === document.body) return [-1, ''] as const;
      return [all('*').indexOf(element), `${element.localName} “${nameOf(element)}”`] as const;
    });
    if (index <= last) break;
    last = index;
    order.push(label);
  }
  return order;
}

/** Waits until changes are painted and no finite animation runs. */
async function waitForRendering(session: Session): Promise<void> {
  await session.waitForPaint();
  await session.waitFor('the animations to end', () =>
    session.evaluate(({ all }) => {
      const roots = [document, ...all('*').flatMap(({ shadowRoot }) => shadowRoot ?? [])];
      const isMoving = ({ effect, playState }: Animation) =>
        playState === 'running' &&
        effect instanceof KeyframeEffect &&
        effect.getComputedTiming().endTime !== Infinity &&
        effect.target?.checkVisibility() === true;
      return !roots.some((root) => root.getAnimations().some(isMoving));
    }),
  );
}
