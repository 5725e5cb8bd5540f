import { common, type Page } from './page.ts';

export const solid: Page = { ...common, name: 'solid', title: 'Solid + TanStack', path: '/bench/solid/index.html' };
