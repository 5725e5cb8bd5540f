import { common, type Page } from './page.ts';

export const agGrid: Page = {
  ...common,
  name: 'ag-grid',
  title: 'AG Grid',
  path: '/bench/ag-grid/index.html',
  scroller: '.ag-grid-viewport',
  sortBy: {
    name: '.ag-header-cell[col-id="name"] .ag-header-cell-label',
    status: '.ag-header-cell[col-id="status"] .ag-header-cell-label',
    created_at: '.ag-header-cell[col-id="created_at"] .ag-header-cell-label',
  },
};
