import { common, type Page } from './page.ts';

export const baseline: Page = {
  ...common,
  name: 'baseline',
  title: 'baseline',
  path: '/bench/baseline/index.html',
};
