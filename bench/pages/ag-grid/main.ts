/** AG Grid Community with its infinite row model. Its styles are files, because the policy blocks inline styles. */

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
import { FIRST_LIST, fetchUsers, OVERSCAN, PAGE_SIZE, ROW_HEIGHT, type User } from '../shared/api.ts';
import { number, total } from '../shared/format.ts';
import { Panel } from '../shared/panel.ts';
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
let searchText = FIRST_LIST.search;
let requests = new AbortController();

const source: IDatasource = {
  async getRows({ startRow, endRow, sortModel, successCallback, failCallback }) {
    const [by] = sortModel;
    const sort = by ? `${by.sort === 'desc' ? '-' : ''}${by.colId}` : FIRST_LIST.sort;
    try {
      const response = await fetchUsers({ search: searchText, sort }, startRow, endRow - startRow, requests.signal);
      count.textContent = total(response.total);
      successCallback(response.items, response.total.value);
    } catch {
      failCallback();
    }
  },
};

const grid = createGrid<User>(find<HTMLElement>('.grid'), {
  theme: 'legacy',
  rowModelType: 'infinite',
  datasource: source,
  cacheBlockSize: PAGE_SIZE,
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
  // Requests for the old sort order are outdated.
  onSortChanged: abortRequests,
  onGridSizeChanged({ api, clientWidth }) {
    api.setColumnsVisible(['last_active_at'], clientWidth > 1100);
  },
  onViewportChanged({ firstRow, lastRow }) {
    foot.textContent = `${number(firstRow + 1)}–${number(lastRow + 1)} of ${count.textContent}`;
  },
});
const panel = new Panel(find<HTMLElement>('#root'), () => {});

function abortRequests(): void {
  requests.abort();
  requests = new AbortController();
}

search.addEventListener('input', () => {
  searchText = search.value;
  abortRequests();
  // Scrolls to the first row, as the other pages do. The old rows stay until the new ones arrive: purging is slower.
  grid.ensureIndexVisible(0, 'top');
  grid.refreshInfiniteCache();
});
