import { agGrid } from './ag-grid.ts';
import { baseline } from './baseline.ts';
import { everything } from './everything.ts';
import { ours } from './ours.ts';
import type { Page } from './page.ts';
import { react } from './react.ts';
import { solid } from './solid.ts';

export type { Page };

/** Our page, the baseline page, and the peers. */
export const PAGES: readonly Page[] = [ours, baseline, react, solid, agGrid];
/** Our page and the page that loads all rows. That one is not a peer, because it takes half a minute to open. */
export const EVERYTHING_PAGES: readonly Page[] = [ours, everything];
/** All measured pages. */
export const ALL_PAGES: readonly Page[] = [...PAGES, everything];
/** The names of the pages that ours is compared with. */
export const PEERS: readonly string[] = [react.name, solid.name, agGrid.name];

/** Returns the title of a page. */
export const titleOf = (name: string | undefined): string => ALL_PAGES.find((page) => page.name === name)?.title ?? '';
