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
    // Links in the prerendered page, and buttons in the live one.
    name: '.users-table__head .users-table__cell--name .users-table__sort',
    status: '.users-table__head .users-table__cell--status .users-table__sort',
    created_at: '.users-table__head .users-table__cell--created .users-table__sort',
  },
};
