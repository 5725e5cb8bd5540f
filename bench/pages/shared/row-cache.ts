import { fetchUsers, type List, PAGE_SIZE, type User, type UserPage } from './api.ts';

/** The maximum number of cached pages. The pages farthest from the viewport are evicted first. */
const MAX_PAGES = 200;

/**
 * A cache of rows, for pages whose framework has none. A new list replaces the old one when its first rows arrive.
 * Requests for the old list are aborted.
 */
export class RowCache {
  /** The list on the screen; undefined until the first one has arrived. */
  list: List | undefined;
  total: UserPage['total'] = { value: 0, exact: true };

  #requested: List | undefined;
  #pages = new Map<number, User[]>();
  #inFlight = new Map<number, AbortController>();
  #onRows: (isNewList: boolean) => void;

  /** Calls `onRows` when rows arrive, with whether they belong to a new list. */
  constructor(onRows: (isNewList: boolean) => void) {
    this.#onRows = onRows;
  }

  row(index: number): User | undefined {
    return this.#pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE];
  }

  /** Loads another list from its first row. */
  load(list: List): void {
    this.#abort(() => true);
    this.#requested = list;
    void this.#fetch(list, 0);
  }

  /** Fetches the missing pages of a range, and aborts requests for other pages. */
  ensureLoaded(first: number, end: number): void {
    const list = this.list;
    if (!list || list !== this.#requested) return;
    const [from, to] = [Math.floor(first / PAGE_SIZE), Math.ceil(Math.min(end, this.total.value) / PAGE_SIZE)];
    this.#abort((page) => page < from || page >= to);
    for (let page = from; page < to; page += 1) {
      if (!this.#pages.has(page) && !this.#inFlight.has(page)) void this.#fetch(list, page);
    }
  }

  async #fetch(list: List, page: number): Promise<void> {
    const abort = new AbortController();
    this.#inFlight.set(page, abort);
    try {
      const response = await fetchUsers(list, page * PAGE_SIZE, PAGE_SIZE, abort.signal);
      if (abort.signal.aborted) return;
      this.#inFlight.delete(page);
      this.#store(list, page, response);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#inFlight.delete(page);
      throw error;
    }
  }

  #store(list: List, page: number, { total, items }: UserPage): void {
    const isNewList = list !== this.list;
    if (isNewList) {
      this.list = list;
      this.#pages.clear();
    }
    this.total = total;
    this.#pages.set(page, items);
    if (this.#pages.size > MAX_PAGES) {
      const farthest = [...this.#pages.keys()].reduce((a, b) => (Math.abs(b - page) > Math.abs(a - page) ? b : a));
      this.#pages.delete(farthest);
    }
    this.#onRows(isNewList);
  }

  #abort(which: (page: number) => boolean): void {
    for (const [page, abort] of this.#inFlight) {
      if (!which(page)) continue;
      abort.abort();
      this.#inFlight.delete(page);
    }
  }
}
