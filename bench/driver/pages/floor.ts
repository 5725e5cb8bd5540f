import { common, type Page } from './page.ts';

export const floor: Page = { ...common, name: 'floor', title: 'floor', path: '/bench/floor/index.html' };
