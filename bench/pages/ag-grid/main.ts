/** AG Grid Community with its infinite row model, whose styles come as files: the policy allows no others. */

import 'ag-grid-community/styles/ag-grid.css';
import 'ag-grid-community/styles/ag-theme-quartz-no-font.css';
import '../shared/page.css';
import './grid.css';
import {
  CellStyleModule,
  ColumnApiModule,
  createGrid,
  EventApiModule,
  type IDatasource,
  InfiniteRowModelModule,
  ModuleRegistry,
  RenderApiModule,
  ScrollApiModule,
} from 'ag-grid-community';
import { FIRST_LIST, fetchUsers, OVERSCAN, PAGE, ROW_HEIGHT, type User } from '../shared/api.ts';
import { Panel } from '../shared/panel.ts';
import { number, total } from '../shared/words.ts';
import { columns } from './columns.ts';

ModuleRegistry.registerModules([
  CellStyleModule,
  ColumnApiModule,
  EventApiModule,
  InfiniteRowModelModule,
  RenderApiModule,
  ScrollApiModule,
]);

document.getElementById('root')!.innerHTML = `
  <main class="list">
    <header><h1>Users</h1><span></span></header>
    <input class="search" type="search" aria-label="Search users" placeholder="Search name or e-mail" autocomplete="off">
    <div class="ag-theme-quartz grid"></div>
    <footer class="foot"></footer>
  </main>`;

const find = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;
const count = find<HTMLElement>('h1 + span');
const foot = find<HTMLElement>('.foot');
const search = find<HTMLInputElement>('.search');

const selection = { all: false, some: new Set<string>() };
let words = FIRST_LIST.search;
let calls = new AbortController();

const source: IDatasource = {
  async getRows({ startRow, endRow, sortModel, successCallback, failCallback }) {
    const [by] = sortModel;
    const sort = by ? `${by.sort === 'desc' ? '-' : ''}${by.colId}` : FIRST_LIST.sort;
    try {
      const answer = await fetchUsers({ search: words, sort }, startRow, endRow - startRow, calls.signal);
      count.textContent = total(answer.total);
      successCallback(answer.items, answer.total.value);
    } catch {
      failCallback();
    }
  },
};

const grid = createGrid<User>(find<HTMLElement>('.grid'), {
  theme: 'legacy',
  rowModelType: 'infinite',
  datasource: source,
  cacheBlockSize: PAGE,
  maxBlocksInCache: 200,
  rowBuffer: OVERSCAN,
  rowHeight: ROW_HEIGHT,
  headerHeight: 36,
  columnDefs: columns(
    selection,
    () => grid.refreshCells({ columns: ['select'], force: true }),
    (user) => panel.open(user),
  ),
  defaultColDef: { resizable: false, sortable: false, suppressMovable: true },
  suppressCellFocus: true,
  // What was under way for the other order is worth nothing now.
  onSortChanged: abort,
  onGridSizeChanged({ api, clientWidth }) {
    api.setColumnsVisible(['last_active_at'], clientWidth > 1100);
  },
  onViewportChanged({ firstRow, lastRow }) {
    foot.textContent = `${number(firstRow + 1)}–${number(lastRow + 1)} of ${count.textContent}`;
  },
});
const panel = new Panel(find<HTMLElement>('#root'), () => {});

function abort(): void {
  calls.abort();
  calls = new AbortController();
}

search.addEventListener('input', () => {
  words = search.value;
  abort();
  // Shown from the first row, as by the other pages. The rows stay until the new ones have come: a purge takes longer.
  grid.ensureIndexVisible(0, 'top');
  grid.refreshInfiniteCache();
});
