/**
 * The script that runs in a measured page before the page's own scripts. It marks in the trace when an expectation
 * holds in the document, including open shadow roots, in the same way for all pages.
 */

/** An expectation of the document. All given fields have to hold. */
export interface Expectation {
  /** Rows as pairs of index and name. */
  rows?: readonly (readonly [number, string])[];
  /** Whether the checkboxes of those rows are checked. */
  checked?: boolean;
  /** The selector of an element that is in the document. */
  present?: string;
  /** The selector of an element that is not in the document. */
  absent?: string;
  /** Texts inside the element `present`. */
  texts?: readonly string[];
}

/** What scrolling looked like. Blank areas while scrolling are also known as checkerboarding. */
export interface ScrollStats {
  /** The frames in which the list scrolled. */
  frames: number;
  /** The frames that were painted with a blank row. */
  blank: number;
  /** The frames that started with a blank row, before the page could render. */
  ahead: number;
}

export interface Probe {
  /** Marks `bench:done:ID` when the expectation holds, and `bench:input:ID` at the next input event of the type. */
  expect(id: string, expectation: Expectation, input?: string): void;
  /** Resolves when the expectation holds. */
  reached(id: string): Promise<void>;
  holds(expectation: Expectation): boolean;
  find(selector: string): Element | null;
  /** Starts to inspect every frame in which an element scrolls. */
  trackScrolling(selector: string, rowHeight: number): void;
  scrollStats(): ScrollStats;
  /** Returns the size of all WebAssembly memories, in pages of 64 KiB. */
  wasmPages(): number;
}

declare global {
  interface Window {
    bench: Probe;
  }
}

/** Installs the probe as `window.bench`. It waits for `initial` from the start. */
export function installProbe(initial: Record<string, Expectation>): void {
  const roots: ParentNode[] = [];
  const pending = new Map<string, Expectation>();
  const promises = new Map<string, { promise: Promise<void>; resolve: () => void }>();
  const memories: WebAssembly.Memory[] = [];
  let input: { id: string; type: string } | undefined;
  let tracked: { element: Element; rowHeight: number } | undefined;
  let stats: ScrollStats = { frames: 0, blank: 0, ahead: 0 };

  const find = (selector: string): Element | null => {
    for (const root of roots) {
      const element = root.querySelector(selector);
      if (element) return element;
    }
    return null;
  };
  const nameIn = (row: Element): string => row.querySelector('a')?.textContent ?? '';
  const isVisible = (row: Element): boolean =>
    nameIn(row) !== '' && row.querySelector('a')?.checkVisibility({ visibilityProperty: true }) === true;
  const holds = (expectation: Expectation): boolean => {
    const hasRows = (expectation.rows ?? []).every(([index, name]) => {
      const row = find(`[aria-rowindex="${index + 2}"]`);
      if (!row || nameIn(row) !== name) return false;
      return expectation.checked === undefined || row.querySelector('input')?.checked === expectation.checked;
    });
    if (!hasRows || (expectation.absent && find(expectation.absent))) return false;
    if (!expectation.present) return true;
    const text = find(expectation.present)?.textContent;
    return text != null && (expectation.texts ?? []).every((part) => text.includes(part));
  };
  const checkPending = (): void => {
    for (const [id, expectation] of pending) {
      if (!holds(expectation)) continue;
      pending.delete(id);
      performance.mark(`bench:done:${id}`);
      promises.get(id)?.resolve();
    }
  };
  const expect: Probe['expect'] = (id, expectation, type) => {
    let resolve = (): void => {};
    const promise = new Promise<void>((done) => (resolve = done));
    promises.set(id, { promise, resolve });
    pending.set(id, expectation);
    input = type ? { id, type } : undefined;
  };

  const hasBlankRow = (): boolean => {
    if (!tracked) return false;
    const { element, rowHeight } = tracked;
    const visible = new Set<number>();
    for (const row of element.querySelectorAll('[aria-rowindex]')) {
      if (isVisible(row)) visible.add(Number(row.getAttribute('aria-rowindex')) - 2);
    }
    const [from, to] = [element.scrollTop, element.scrollTop + element.clientHeight];
    for (let index = Math.floor(from / rowHeight); index * rowHeight < to; index += 1)
      if (!visible.has(index)) return true;
    return false;
  };
  const onScroll = (event: Event): void => {
    if (event.target !== tracked?.element) return;
    stats.frames += 1;
    // The page's own listeners have not run yet, so this is what the user saw at the new scroll position.
    if (hasBlankRow()) stats.ahead += 1;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        if (hasBlankRow()) stats.blank += 1;
      };
      port2.postMessage(undefined);
    });
  };

  const observer = new MutationObserver((records) => {
    // Declarative shadow roots do not call `attachShadow`: https://html.spec.whatwg.org/#attr-template-shadowrootmode
    if (document.readyState !== 'complete') {
      for (const { shadowRoot } of records.flatMap(({ addedNodes }) => [...addedNodes] as Partial<Element>[])) {
        if (shadowRoot && !roots.includes(shadowRoot)) observe(shadowRoot);
      }
    }
    checkPending();
  });
  const observe = (root: Document | ShadowRoot): void => {
    roots.push(root);
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    root.addEventListener('scroll', onScroll, { capture: true, passive: true });
  };
  observe(document);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    if (init.mode === 'open') observe(root);
    return root;
  };
  for (const type of ['keydown', 'click']) {
    const mark = ({ timeStamp }: Event): void => {
      if (input?.type !== type) return;
      performance.mark(`bench:input:${input.id}`, { startTime: timeStamp });
      input = undefined;
    };
    addEventListener(type, mark, { capture: true, passive: true });
  }
  for (const name of ['instantiate', 'instantiateStreaming'] as const) {
    const original = WebAssembly[name] as (...args: unknown[]) => Promise<WebAssembly.WebAssemblyInstantiatedSource>;
    const recordMemory = async (...args: unknown[]): Promise<unknown> => {
      const result = await original(...args);
      const { exports } = result.instance ?? (result as unknown as WebAssembly.Instance);
      memories.push(...Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
      return result;
    };
    Object.assign(WebAssembly, { [name]: recordMemory });
  }

  window.bench = {
    expect,
    reached: (id) => promises.get(id)?.promise ?? Promise.reject(new Error(`There is no expectation ${id}.`)),
    holds,
    find,
    trackScrolling(selector, rowHeight) {
      const element = find(selector);
      if (!element) throw new Error(`There is no ${selector}.`);
      tracked = { element, rowHeight };
      stats = { frames: 0, blank: 0, ahead: 0 };
    },
    scrollStats: () => stats,
    wasmPages: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 65_536, 0),
  };
  for (const [id, expectation] of Object.entries(initial)) expect(id, expectation);
}
