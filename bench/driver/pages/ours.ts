import { common, type Page } from './page.ts';

export const ours: Page = {
  ...common,
  name: 'ours',
  title: 'ours',
  path: '/users',
  prerendered: '#prerendered',
  scroller: '.users-table__body',
  panel: 'section.user-panel',
  sortBy: {
    name: '.users-table__head .users-table__cell--name button',
    status: '.users-table__head .users-table__cell--status button',
    created_at: '.users-table__head .users-table__cell--created button',
  },
};
