import { common, type Page } from './page.ts';

/** A million rows are a download of 120 MB. */
export const everything: Page = {
  ...common,
  name: 'everything',
  title: 'all rows loaded',
  path: '/bench/everything/index.html',
  patience: 120_000,
};
