import { common, type Page } from './page.ts';

export const react: Page = { ...common, name: 'react', title: 'React + TanStack', path: '/bench/react/index.html' };
