import { common, type Page } from './page.ts';

/** Downloads a million rows, which are 120 MB. */
export const everything: Page = {
  ...common,
  name: 'everything',
  title: 'all rows loaded',
  path: '/bench/everything/index.html',
  timeout: 120_000,
};
