import { csvParseRows } from 'd3-dsv';
import type { RowSource } from '../baseline/table.ts';
import { FIRST_LIST, type List, type Status, type User } from '../shared/api.ts';

/** A line of the CSV export, which is the only request that returns all users. */
type Line = [
  name: string,
  email: string,
  status: Status,
  roles: string,
  environments: string,
  lastActive: string,
  created: string,
];

const COLUMNS: Record<string, number> = { name: 0, status: 2, last_active_at: 5, created_at: 6 };

/** A source that keeps all rows in memory, and searches and sorts them itself. */
export class Everything implements RowSource {
  total = { value: 0, exact: true };
  #lines: Line[] = [];
  /** The searched text of each line. */
  #searchTexts: string[] = [];
  #sort = '';
  #matches: Line[] = [];
  #onRows: (isNewList: boolean) => void;

  constructor(onRows: (isNewList: boolean) => void) {
    this.#onRows = onRows;
  }

  row(index: number): User | undefined {
    const line = this.#matches[index];
    return line && userOf(line);
  }

  load(list: List): void {
    if (this.#sort) this.#search(list);
    else void this.#download().then(() => this.#search(list));
  }

  ensureLoaded(): void {
    // All rows are in memory.
  }

  async #download(): Promise<void> {
    const response = await fetch(`/api/v1/users.csv?sort=${FIRST_LIST.sort}`);
    if (!response.ok) throw new Error(`users.csv: ${response.status}`);
    const [, ...lines] = csvParseRows(await response.text());
    this.#setLines(lines as Line[], FIRST_LIST.sort);
  }

  #search({ search, sort }: List): void {
    if (sort !== this.#sort) {
      const [key, sign] = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1];
      const column = COLUMNS[key] ?? 0;
      const compare = (a: string, b: string): number => (a < b ? -sign : a > b ? sign : 0);
      this.#setLines(
        this.#lines.toSorted((a, b) => compare(a[column]!, b[column]!)),
        sort,
      );
    }
    const text = search.trim().toLowerCase();
    this.#matches = text ? this.#lines.filter((_, index) => this.#searchTexts[index]!.includes(text)) : this.#lines;
    this.total = { value: this.#matches.length, exact: true };
    this.#onRows(true);
  }

  #setLines(lines: Line[], sort: string): void {
    this.#lines = lines;
    this.#searchTexts = lines.map(([name, email]) => `${name}\n${email}`.toLowerCase());
    this.#sort = sort;
  }
}

/** Caches the user objects, so that a line always returns the same object. */
const users = new WeakMap<Line, User>();

function userOf(line: Line): User {
  const cached = users.get(line);
  if (cached) return cached;
  const [name, email, status, roles, environments, lastActive, created] = line;
  const [total, named] = environments.split(': ');
  const user = {
    id: email,
    name: name || null,
    email,
    status,
    created_at: created,
    last_active_at: lastActive || null,
    roles: roles.split(', ').map((role) => ({ role, inherited: false })),
    environments: {
      total: Number(total),
      first: (named ?? '')
        .split(', ')
        .slice(0, 2)
        .map((name) => ({ id: name, name })),
    },
    allowed: { copy_link: null, view_as: null, remove: null },
  };
  users.set(line, user);
  return user;
}
