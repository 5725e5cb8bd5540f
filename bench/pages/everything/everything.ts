import { csvParseRows } from 'd3-dsv';
import type { Source } from '../floor/table.ts';
import { FIRST_LIST, type List, type Status, type User } from '../shared/api.ts';

/** A line of the export, which is the one call that answers with all users. */
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

/** All rows, in memory. */
export class Everything implements Source {
  total = { value: 0, exact: true };
  #lines: Line[] = [];
  /** What a search looks into, of each line. */
  #texts: string[] = [];
  #sort = '';
  #found: Line[] = [];
  #onRows: (isOtherList: boolean) => void;

  constructor(onRows: (isOtherList: boolean) => void) {
    this.#onRows = onRows;
  }

  row(index: number): User | undefined {
    const line = this.#found[index];
    return line && userOf(line);
  }

  show(list: List): void {
    if (this.#sort) this.#find(list);
    else void this.#load().then(() => this.#find(list));
  }

  need(): void {
    // All of them are here.
  }

  async #load(): Promise<void> {
    const answer = await fetch(`/api/v1/users.csv?sort=${FIRST_LIST.sort}`);
    if (!answer.ok) throw new Error(`users.csv: ${answer.status}`);
    const [, ...lines] = csvParseRows(await answer.text());
    this.#order(lines as Line[], FIRST_LIST.sort);
  }

  #find({ search, sort }: List): void {
    if (sort !== this.#sort) {
      const [key, sign] = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1];
      const column = COLUMNS[key] ?? 0;
      const compare = (a: string, b: string): number => (a < b ? -sign : a > b ? sign : 0);
      this.#order(
        this.#lines.toSorted((a, b) => compare(a[column]!, b[column]!)),
        sort,
      );
    }
    const text = search.trim().toLowerCase();
    this.#found = text ? this.#lines.filter((_, at) => this.#texts[at]!.includes(text)) : this.#lines;
    this.total = { value: this.#found.length, exact: true };
    this.#onRows(true);
  }

  #order(lines: Line[], sort: string): void {
    this.#lines = lines;
    this.#texts = lines.map(([name, email]) => `${name}\n${email}`.toLowerCase());
    this.#sort = sort;
  }
}

/** The users in view, as objects that stay the same. */
const users = new WeakMap<Line, User>();

function userOf(line: Line): User {
  const known = users.get(line);
  if (known) return known;
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
