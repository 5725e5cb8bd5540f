import { fetchUsers, type List, PAGE, type User, type UserPage } from './api.ts';

/** How many pages are kept. Those farthest from view go first. */
const KEPT = 200;

/**
 * The rows that came, for the pages whose framework brings no cache of its own. A newer list replaces an older one when
 * its first rows have come; what was under way for the older one is aborted.
 */
export class Pages {
  /** The list shown; none before the first has come. */
  list: List | undefined;
  total: UserPage['total'] = { value: 0, exact: true };

  #wanted: List | undefined;
  #pages = new Map<number, User[]>();
  #calls = new Map<number, AbortController>();
  #onRows: (isOtherList: boolean) => void;

  /** Tells when rows came, and whether they are another list's. */
  constructor(onRows: (isOtherList: boolean) => void) {
    this.#onRows = onRows;
  }

  row(index: number): User | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Shows another list, from its first row. */
  show(list: List): void {
    this.#abort(() => true);
    this.#wanted = list;
    void this.#fetch(list, 0);
  }

  /** Fetches what is missing of these rows, and gives up what is far from them. */
  need(first: number, end: number): void {
    const list = this.list;
    if (!list || list !== this.#wanted) return;
    const [from, to] = [Math.floor(first / PAGE), Math.ceil(Math.min(end, this.total.value) / PAGE)];
    this.#abort((page) => page < from || page >= to);
    for (let page = from; page < to; page += 1) {
      if (!this.#pages.has(page) && !this.#calls.has(page)) void this.#fetch(list, page);
    }
  }

  async #fetch(list: List, page: number): Promise<void> {
    const call = new AbortController();
    this.#calls.set(page, call);
    try {
      const answer = await fetchUsers(list, page * PAGE, PAGE, call.signal);
      if (call.signal.aborted) return;
      this.#calls.delete(page);
      this.#take(list, page, answer);
    } catch (error) {
      if (call.signal.aborted) return;
      this.#calls.delete(page);
      throw error;
    }
  }

  #take(list: List, page: number, { total, items }: UserPage): void {
    const isOther = list !== this.list;
    if (isOther) {
      this.list = list;
      this.#pages.clear();
    }
    this.total = total;
    this.#pages.set(page, items);
    if (this.#pages.size > KEPT) {
      const farthest = [...this.#pages.keys()].reduce((a, b) => (Math.abs(b - page) > Math.abs(a - page) ? b : a));
      this.#pages.delete(farthest);
    }
    this.#onRows(isOther);
  }

  #abort(which: (page: number) => boolean): void {
    for (const [page, call] of this.#calls) {
      if (!which(page)) continue;
      call.abort();
      this.#calls.delete(page);
    }
  }
}
