import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The rules of WCAG 2.2 AA. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds wrong with a page: by all of its rules, or by some. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (rules?.length === 0) return [];
  // Evaluated, not added as a script: the content security policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(
    async ([tags, rules]) => {
      interface Found {
        element: Element;
      }
      interface Violation {
        id: string;
        help: string;
        nodes: (Found & { failureSummary: string; html: string; any: { relatedNodes: Found[] }[] })[];
      }
      interface Axe {
        run(context: Document, options: object): Promise<{ violations: Violation[] }>;
      }
      const { axe } = window as unknown as { axe: Axe };
      const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags };
      const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'], elementRef: true });

      const topmost = (root: ParentNode): Element | undefined => {
        const within = [...root.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot && topmost(shadowRoot));
        return within.find((found) => !!found) ?? [...root.querySelectorAll(':modal, :popover-open')].at(-1);
      };
      const top = topmost(document);
      // axe does not know the top layer: what stands in it is covered by nothing and next to nothing outside of it, and
      // what it covers has the size that it has uncovered.
      const isReal = ({ element, any }: Violation['nodes'][number]): boolean =>
        !top ||
        (top.contains(element) &&
          any.some(({ relatedNodes }) => relatedNodes.some((node) => top.contains(node.element))));
      return violations.flatMap(({ id, help, nodes }) => {
        const real = nodes.filter((node) => id !== 'target-size' || isReal(node));
        if (real.length === 0) return [];
        return [`${id}: ${help}: ${real.map((node) => `${node.failureSummary} ${node.html}`).join(' | ')}`];
      });
    },
    [WCAG, rules] as const,
  );
}

/**
 * What does not fit: elements that scroll sideways, and text that is cut off without an ellipsis. A region with a name
 * that the keyboard reaches may scroll sideways: a table of many columns has one.
 */
export async function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const told = (element: Element): string => `<${element.localName} class="${element.getAttribute('class') ?? ''}">`;
    const parentOf = (element: Element): Element | null =>
      element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
    const isOnTop = (element: Element): boolean => element.matches(':modal, :popover-open');
    const clips = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip';
    const scrolls = (overflow: string): boolean => overflow === 'auto' || overflow === 'scroll';
    const isRegion = (element: Element): boolean =>
      element.matches('[tabindex="0"]') &&
      (element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby'));
    // On phones the filters are a strip; on the smallest they are not.
    const mayScroll = (element: Element): boolean =>
      isRegion(element) || (innerWidth > 360 && element.matches('.toolbar__filters'));

    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.add(`the page scrolls sideways by ${scrollWidth - innerWidth} px`);

    const cut = (from: Element, shown: DOMRect): string | null => {
      let rect = shown;
      let isScrolled = false;
      for (let element: Element | null = from; element; element = parentOf(element)) {
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        // Heard, and not seen.
        if (box.width <= 1 && style.overflowX !== 'visible') return null;
        if (style.textOverflow === 'ellipsis' && clips(style.overflowX)) return null;
        if (style.webkitLineClamp !== 'none') return null;
        if (scrolls(style.overflowX) || scrolls(style.overflowY)) {
          // What can be scrolled to is not cut off, but what scrolls may be.
          rect = box;
          isScrolled = true;
        }
        if (clips(style.overflowX) && (rect.left < box.left - 1 || rect.right > box.right + 1)) return told(element);
        const isBeyond = rect.top < box.top - 1 || rect.bottom > box.bottom + 1;
        if (clips(style.overflowY) && isBeyond && !isScrolled) return told(element);
        if (isOnTop(element)) break;
      }
      return rect.left < -1 || rect.right > innerWidth + 1 ? 'the window' : null;
    };

    /** A text that is wider than what it stands in, and shows above what is beside it. */
    const runsOver = (element: Element, rect: DOMRect): boolean => {
      const { display, overflowX, position } = getComputedStyle(element);
      if (display === 'inline' || display === 'contents' || overflowX !== 'visible' || position === 'absolute')
        return false;
      const box = element.getBoundingClientRect();
      return rect.left < box.left - 1 || rect.right > box.right + 1;
    };

    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) look(element.shadowRoot);
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const { overflowX } = getComputedStyle(element);
        const beyond = element.scrollWidth - element.clientWidth;
        if (scrolls(overflowX) && beyond > 1 && !element.matches('input, textarea') && !mayScroll(element)) {
          found.add(`${told(element)} scrolls sideways by ${beyond} px`);
        }
        if (element.matches('button, input, textarea, a[href]')) {
          const by = cut(element, element.getBoundingClientRect());
          if (by) found.add(`${told(element)} is cut off by ${by}`);
        }
        for (const node of element.childNodes) {
          if (!(node instanceof Text) || !/\p{L}|\d/u.test(node.data)) continue;
          const range = document.createRange();
          range.selectNodeContents(node);
          for (const rect of range.getClientRects()) {
            if (rect.width > 0 && runsOver(element, rect))
              found.add(`“${node.data.trim()}” runs over ${told(element)}`);
            const by = rect.width > 0 ? cut(element, rect) : null;
            if (by) found.add(`“${node.data.trim()}” in ${told(element)} is cut off by ${by}`);
          }
        }
      }
    };
    look(document);
    return [...found];
  });
}

/**
 * Waits until what was changed has been laid out and painted, what the page does once it is has been done, and what moves or
 * fades for a while rests.
 */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );
  await page.waitForFunction(() => {
    // Those within a shadow root are not told of by the document.
    const roots = (root: Document | ShadowRoot): (Document | ShadowRoot)[] => [
      root,
      ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : [])),
    ];
    const moves = ({ effect, playState }: Animation): boolean =>
      playState === 'running' &&
      effect instanceof KeyframeEffect &&
      effect.getComputedTiming().endTime !== Infinity &&
      // Within a row that is locked, nothing goes on.
      effect.target?.checkVisibility() === true;
    return !roots(document).some((root) => root.getAnimations().some(moves));
  });
}

/** Writes a page from the right, or from the left again. */
export async function write(page: Page, direction: 'ltr' | 'rtl'): Promise<void> {
  await page.evaluate((direction) => {
    document.documentElement.dir = direction;
    // No user turns a page around while something is open: it is placed anew as if the window had changed.
    window.dispatchEvent(new Event('resize'));
  }, direction);
}
