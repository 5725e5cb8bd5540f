import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

/** Returns the source of axe. It accepts messages from all frames, so that it also checks frames of other origins. */
async function axeSource(): Promise<string> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return `${source}; axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] });`;
}

/** The axe tags of WCAG 2.2 AA. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface AxeOptions {
  /** The rules to check. By default all rules of WCAG 2.2 AA are checked. */
  rules?: readonly string[];
  /** Whether to ignore targets that are small only because a modal dialog or a popover covers them. */
  ignoresCovered?: boolean;
}

/** Returns the WCAG 2.2 AA violations that axe finds in a page and in its frames, with their shadow roots. */
export async function axeViolations(page: Page, { rules, ignoresCovered = false }: AxeOptions = {}): Promise<string[]> {
  for (const frame of page.frames()) {
    // Evaluates axe instead of adding a script, so that the content security policy stays in force.
    if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(await axeSource());
  }
  return page.evaluate(
    async ([tags, rules, ignoresCovered]) => {
      interface AxeNode {
        /** Missing in frames. */
        element?: Element;
      }
      interface Result {
        id: string;
        help: string;
        nodes: (AxeNode & { failureSummary: string; html: string; any: { relatedNodes: AxeNode[] }[] })[];
      }
      interface Axe {
        run(context: Document, options: object): Promise<{ violations: Result[]; incomplete: Result[] }>;
      }
      const { axe } = window as unknown as { axe: Axe };
      const { violations, incomplete } = await axe.run(document, {
        runOnly: rules ? { type: 'rule', values: [...rules, 'frame-tested'] } : { type: 'tag', values: tags },
        rules: { 'frame-tested': { enabled: true } },
        resultTypes: ['violations'],
        elementRef: true,
        // A busy machine answers later than after the default of 500 ms.
        pingWaitTime: 20_000,
      });
      const untested = incomplete.filter(({ id }) => id === 'frame-tested');

      const topmost = (root: ParentNode): Element | undefined => {
        const nested = [...root.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot && topmost(shadowRoot));
        return nested.find((element) => !!element) ?? [...root.querySelectorAll(':modal, :popover-open')].at(-1);
      };
      const top = ignoresCovered ? topmost(document) : undefined;
      // axe does not know the top layer. Nothing outside the top layer covers an element in it. Elements that it covers
      // regain their full target size when it closes.
      const isInTop = ({ element }: AxeNode): boolean => !!element && !!top?.contains(element);
      const isReal = (node: Result['nodes'][number]): boolean =>
        !top || !node.element || (isInTop(node) && node.any.some(({ relatedNodes }) => relatedNodes.some(isInTop)));
      return [...violations, ...untested].flatMap(({ id, help, nodes }) => {
        const real = nodes.filter((node) => id !== 'target-size' || isReal(node));
        if (real.length === 0) return [];
        return [`${id}: ${help}: ${real.map((node) => `${node.failureSummary} ${node.html}`).join(' | ')}`];
      });
    },
    [WCAG, rules, ignoresCovered] as const,
  );
}

/**
 * Returns layout overflows: elements that scroll sideways, text that is cut off without an ellipsis, and text that runs
 * out of its box. A focusable region with an accessible name may scroll sideways, such as a table with many columns.
 */
export async function findOverflows(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const overflows = new Set<string>();
    const tagOf = (element: Element): string => `<${element.localName} class="${element.getAttribute('class') ?? ''}">`;
    const parentOf = (element: Element): Element | null =>
      element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
    const isOnTop = (element: Element): boolean => element.matches(':modal, :popover-open');
    const clips = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip';
    const scrolls = (overflow: string): boolean => overflow === 'auto' || overflow === 'scroll';
    const isRegion = (element: Element): boolean =>
      element.matches('[tabindex="0"]') &&
      (element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby'));
    // On phones the filters are a scrolling strip, except on the narrowest ones.
    const mayScroll = (element: Element): boolean =>
      isRegion(element) || (innerWidth > 360 && element.matches('.toolbar__filters'));

    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) overflows.add(`the page scrolls sideways by ${scrollWidth - innerWidth} px`);

    /** Returns the element that clips the rectangle, walking up from `start`. */
    const clippedBy = (start: Element, startRect: DOMRect): string | null => {
      let rect = startRect;
      let isScrolled = false;
      for (let element: Element | null = start; element; element = parentOf(element)) {
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        // The element is visually hidden: screen readers read it, and it is not painted.
        if (box.width <= 1 && style.overflowX !== 'visible') return null;
        if (style.textOverflow === 'ellipsis' && clips(style.overflowX)) return null;
        if (style.webkitLineClamp !== 'none') return null;
        if (scrolls(style.overflowX) || scrolls(style.overflowY)) {
          // Content that can be scrolled into view is not cut off. The scroll container itself may be.
          rect = box;
          isScrolled = true;
        }
        if (clips(style.overflowX) && (rect.left < box.left - 1 || rect.right > box.right + 1)) return tagOf(element);
        const isBeyond = rect.top < box.top - 1 || rect.bottom > box.bottom + 1;
        if (clips(style.overflowY) && isBeyond && !isScrolled) return tagOf(element);
        if (isOnTop(element)) break;
      }
      return rect.left < -1 || rect.right > innerWidth + 1 ? 'the window' : null;
    };

    /** Whether a text is wider than its box and paints over the neighbouring elements. */
    const runsOver = (element: Element, rect: DOMRect): boolean => {
      const { display, overflowX, position } = getComputedStyle(element);
      if (display === 'inline' || display === 'contents' || overflowX !== 'visible' || position === 'absolute')
        return false;
      const box = element.getBoundingClientRect();
      return rect.left < box.left - 1 || rect.right > box.right + 1;
    };

    const inspect = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) inspect(element.shadowRoot);
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const { overflowX } = getComputedStyle(element);
        const beyond = element.scrollWidth - element.clientWidth;
        if (scrolls(overflowX) && beyond > 1 && !element.matches('input, textarea') && !mayScroll(element)) {
          overflows.add(`${tagOf(element)} scrolls sideways by ${beyond} px`);
        }
        if (element.matches('button, input, textarea, a[href]')) {
          const by = clippedBy(element, element.getBoundingClientRect());
          if (by) overflows.add(`${tagOf(element)} is cut off by ${by}`);
        }
        for (const node of element.childNodes) {
          if (!(node instanceof Text) || !/\p{L}|\d/u.test(node.data)) continue;
          const range = document.createRange();
          range.selectNodeContents(node);
          for (const rect of range.getClientRects()) {
            if (rect.width > 0 && runsOver(element, rect))
              overflows.add(`“${node.data.trim()}” runs over ${tagOf(element)}`);
            const by = rect.width > 0 ? clippedBy(element, rect) : null;
            if (by) overflows.add(`“${node.data.trim()}” in ${tagOf(element)} is cut off by ${by}`);
          }
        }
      }
    };
    inspect(document);
    return [...overflows];
  });
}

/**
 * Waits until pending changes are laid out and painted, work that the page runs after painting is done, and finite
 * animations and transitions have finished.
 */
export async function waitForRendering(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
  await page.waitForFunction(() => {
    // `document.getAnimations()` leaves out animations inside shadow roots.
    const roots = (root: Document | ShadowRoot): (Document | ShadowRoot)[] => [
      root,
      ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : [])),
    ];
    const isMoving = ({ effect, playState }: Animation): boolean =>
      playState === 'running' &&
      effect instanceof KeyframeEffect &&
      effect.getComputedTiming().endTime !== Infinity &&
      // Animations do not advance inside a row that is locked by `content-visibility`.
      effect.target?.checkVisibility() === true;
    return !roots(document).some((root) => root.getAnimations().some(isMoving));
  });
}

/** Sets the writing direction of a page. */
export async function setDirection(page: Page, direction: 'ltr' | 'rtl'): Promise<void> {
  await page.evaluate((direction) => {
    document.documentElement.dir = direction;
    // The page does not expect a change of direction while a popover is open. A resize event makes it reposition them.
    window.dispatchEvent(new Event('resize'));
  }, direction);
}
