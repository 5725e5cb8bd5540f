/**
 * What runs within a measured page, before anything of its own. It says of every page in the same way when what is
 * waited for stands in the document, in open shadow roots too, by marks in the trace.
 */

/** What is waited for. All that is named must hold. */
export interface Wanted {
  /** Rows by their index, with the name that stands in each. */
  rows?: readonly (readonly [number, string])[];
  /** Whether the checkboxes of those rows are checked. */
  checked?: boolean;
  /** An element that is there. */
  there?: string;
  /** An element that is not. */
  gone?: string;
  /** Texts that `there` holds. */
  texts?: readonly string[];
}

/** What scrolling looked like. */
export interface Seen {
  /** Frames in which the list was scrolled. */
  frames: number;
  /** Those that were painted with a row's place blank. */
  blank: number;
  /** Those before which the rows shown had been scrolled past already, to where no rows were. */
  ahead: number;
}

export interface Watch {
  /** Waits, and marks `bench:done:ID`. Input events of the type are marked as `bench:input:ID`. */
  arm(id: string, wanted: Wanted, input?: string): void;
  /** Settles when it has come. */
  done(id: string): Promise<void>;
  holds(wanted: Wanted): boolean;
  find(selector: string): Element | null;
  /** Begins to look at every frame in which an element scrolls. */
  scrolling(selector: string, rowHeight: number): void;
  seen(): Seen;
  /** The pages of all WebAssembly memories. */
  wasmPages(): number;
}

declare global {
  interface Window {
    bench: Watch;
  }
}

/** Puts itself into the page. `first` is waited for from the beginning. */
export function watch(first: Record<string, Wanted>): void {
  const roots: ParentNode[] = [];
  const waiting = new Map<string, Wanted>();
  const settled = new Map<string, { promise: Promise<void>; resolve: () => void }>();
  const memories: WebAssembly.Memory[] = [];
  let input: { id: string; type: string } | undefined;
  let scrolled: { element: Element; rowHeight: number } | undefined;
  let seen: Seen = { frames: 0, blank: 0, ahead: 0 };

  const find = (selector: string): Element | null => {
    for (const root of roots) {
      const found = root.querySelector(selector);
      if (found) return found;
    }
    return null;
  };
  const nameIn = (row: Element): string => row.querySelector('a')?.textContent ?? '';
  const isSeen = (row: Element): boolean =>
    nameIn(row) !== '' && row.querySelector('a')?.checkVisibility({ visibilityProperty: true }) === true;
  const holds = (wanted: Wanted): boolean => {
    const isThere = (wanted.rows ?? []).every(([index, name]) => {
      const row = find(`[aria-rowindex="${index + 2}"]`);
      if (!row || nameIn(row) !== name) return false;
      return wanted.checked === undefined || row.querySelector('input')?.checked === wanted.checked;
    });
    if (!isThere || (wanted.gone && find(wanted.gone))) return false;
    if (!wanted.there) return true;
    const text = find(wanted.there)?.textContent;
    return text != null && (wanted.texts ?? []).every((part) => text.includes(part));
  };
  const look = (): void => {
    for (const [id, wanted] of waiting) {
      if (!holds(wanted)) continue;
      waiting.delete(id);
      performance.mark(`bench:done:${id}`);
      settled.get(id)?.resolve();
    }
  };
  const arm: Watch['arm'] = (id, wanted, type) => {
    let resolve = (): void => {};
    const promise = new Promise<void>((done) => (resolve = done));
    settled.set(id, { promise, resolve });
    waiting.set(id, wanted);
    input = type ? { id, type } : undefined;
  };

  const isBlank = (): boolean => {
    if (!scrolled) return false;
    const { element, rowHeight } = scrolled;
    const shown = new Set<number>();
    for (const row of element.querySelectorAll('[aria-rowindex]')) {
      if (isSeen(row)) shown.add(Number(row.getAttribute('aria-rowindex')) - 2);
    }
    const [from, to] = [element.scrollTop, element.scrollTop + element.clientHeight];
    for (let index = Math.floor(from / rowHeight); index * rowHeight < to; index += 1)
      if (!shown.has(index)) return true;
    return false;
  };
  const onScroll = (event: Event): void => {
    if (event.target !== scrolled?.element) return;
    seen.frames += 1;
    // Nothing of the page has run yet: this is what has been shown where the list is scrolled to by now.
    if (isBlank()) seen.ahead += 1;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        if (isBlank()) seen.blank += 1;
      };
      port2.postMessage(undefined);
    });
  };

  const observer = new MutationObserver((records) => {
    // A shadow root that the HTML declares is attached by nobody.
    if (document.readyState !== 'complete') {
      for (const { shadowRoot } of records.flatMap(({ addedNodes }) => [...addedNodes] as Partial<Element>[])) {
        if (shadowRoot && !roots.includes(shadowRoot)) observe(shadowRoot);
      }
    }
    look();
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
    const keep = async (...args: unknown[]): Promise<unknown> => {
      const made = await original(...args);
      const { exports } = made.instance ?? (made as unknown as WebAssembly.Instance);
      memories.push(...Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
      return made;
    };
    Object.assign(WebAssembly, { [name]: keep });
  }

  window.bench = {
    arm,
    done: (id) => settled.get(id)?.promise ?? Promise.reject(new Error(`nothing is called ${id}`)),
    holds,
    find,
    scrolling(selector, rowHeight) {
      const element = find(selector);
      if (!element) throw new Error(`there is no ${selector}`);
      scrolled = { element, rowHeight };
      seen = { frames: 0, blank: 0, ahead: 0 };
    },
    seen: () => seen,
    wasmPages: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 65_536, 0),
  };
  for (const [id, wanted] of Object.entries(first)) arm(id, wanted);
}
