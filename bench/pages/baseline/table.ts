import '../shared/page.css';
import { ariaSort, FIRST_LIST, type List, OVERSCAN, ROW_HEIGHT, toggleSort, type User } from '../shared/api.ts';
import { COLUMNS, number, total } from '../shared/format.ts';
import { Panel } from '../shared/panel.ts';
import { Row } from './row.ts';
import { MAX_HEIGHT, ScrollPosition } from './scroll-position.ts';

/** A source of rows. */
export interface RowSource {
  readonly total: { value: number; exact: boolean };
  row(index: number): User | undefined;
  /** Loads another list from its first row. */
  load(list: List): void;
  /** Loads the rows of a range. */
  ensureLoaded(first: number, end: number): void;
}

/**
 * Renders the table of the baseline page without a framework. Row elements are reused and updated in place. The source
 * calls `onRows` when rows arrive, with whether they belong to a new list.
 */
export function renderTable(createSource: (onRows: (isNewList: boolean) => void) => RowSource): void {
  document.getElementById('root')!.innerHTML = `
    <main class="list">
      <header><h1>Users</h1><span></span></header>
      <input class="search" type="search" aria-label="Search users" placeholder="Search name or e-mail" autocomplete="off">
      <table class="users" role="table" aria-label="Users">
        <thead role="rowgroup"><tr class="row" role="row" aria-rowindex="1">
          <td role="cell"><input type="checkbox" aria-label="Select all users"></td>
          ${COLUMNS.map(({ name, className, sort }) => {
            const content = sort ? `<button type="button" data-sort="${sort}">${name}</button>` : name;
            return `<th class="${className}" role="columnheader" scope="col" data-key="${sort ?? ''}">${content}</th>`;
          }).join('')}
          <th role="columnheader"></th>
        </tr></thead>
        <tbody class="scroller" role="rowgroup" tabindex="0" aria-label="Users"><tr class="sizer"></tr></tbody>
      </table>
      <footer class="foot"></footer>
    </main>`;

  const find = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;
  const root = find<HTMLElement>('#root');
  const count = find<HTMLElement>('h1 + span');
  const search = find<HTMLInputElement>('.search');
  const head = find<HTMLElement>('thead');
  const selectAll = find<HTMLInputElement>('thead input');
  const body = find<HTMLElement>('.scroller');
  const sizer = find<HTMLElement>('.sizer');
  const foot = find<HTMLElement>('.foot');

  let list: List = FIRST_LIST;
  const selection = { all: false, some: new Set<string>() };
  let open: string | undefined;
  const rows: Row[] = [];
  const scroll = new ScrollPosition();
  const source = createSource((isNewList) => {
    if (isNewList) {
      scroll.count = source.total.value;
      body.scrollTop = 0;
      scroll.jumpTo(0);
      sizer.style.height = `${Math.min(scroll.totalHeight, MAX_HEIGHT)}px`;
      count.textContent = total(source.total);
      showSort();
    }
    render();
  });

  const isSelected = (user: User): boolean => selection.all || selection.some.has(user.id);

  function render(): void {
    const { first, end } = scroll.visibleRange();
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(scroll.count, end + OVERSCAN);
    source.ensureLoaded(from, to);

    const free: Row[] = [];
    const kept = new Map<number, Row>();
    for (const row of rows) {
      if (row.index >= from && row.index < to) kept.set(row.index, row);
      else free.push(row);
    }
    for (let index = from; index < to; index += 1) {
      let row = kept.get(index) ?? free.pop();
      if (!row) {
        row = new Row();
        rows.push(row);
        body.append(row.element);
      }
      row.place(index, index * ROW_HEIGHT + scroll.rowShift);
      const user = source.row(index);
      row.show(user);
      row.mark(!!user && isSelected(user), !!user && user.id === open);
    }
    for (const row of free) row.hide();
    foot.textContent = scroll.count ? `${number(first + 1)}–${number(end)} of ${total(source.total)}` : '';
  }

  function showSort(): void {
    for (const header of head.querySelectorAll<HTMLElement>('[data-key]')) {
      header.ariaSort = header.dataset.key ? ariaSort(list.sort, header.dataset.key) : null;
    }
  }

  function load(next: List): void {
    list = next;
    source.load(list);
  }

  search.addEventListener('input', () => load({ ...list, search: search.value }));
  head.addEventListener('click', ({ target }) => {
    const key = (target as HTMLElement).dataset.sort;
    if (key) load({ ...list, sort: toggleSort(list.sort, key) });
  });
  selectAll.addEventListener('change', () => {
    selection.all = selectAll.checked;
    selection.some.clear();
    render();
  });
  body.addEventListener('scroll', () => {
    scroll.onScroll(body.scrollTop);
    render();
  });
  body.addEventListener('scrollend', () => {
    const top = scroll.realign();
    if (top !== undefined) {
      body.scrollTop = top;
      render();
    }
  });
  new ResizeObserver(() => {
    scroll.viewport = body.clientHeight;
    render();
  }).observe(body);
  body.addEventListener('click', (event) => {
    const target = event.target as HTMLElement;
    const row = rows.find(({ element }) => element.contains(target));
    if (!row?.user) return;
    if (target.closest('a')) {
      event.preventDefault();
      panel.open(row.user);
    } else if (target instanceof HTMLInputElement) {
      if (target.checked) selection.some.add(row.user.id);
      else selection.some.delete(row.user.id);
      render();
    }
  });

  const panel = new Panel(root, (user) => {
    open = user?.id;
    render();
  });

  showSort();
  load(list);
}
