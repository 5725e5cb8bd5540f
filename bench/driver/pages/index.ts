import { agGrid } from './ag-grid.ts';
import { everything } from './everything.ts';
import { floor } from './floor.ts';
import { ours } from './ours.ts';
import type { Page } from './page.ts';
import { react } from './react.ts';
import { solid } from './solid.ts';

export type { Page };

/** Ours, the floor, and the others. */
export const PAGES: readonly Page[] = [ours, floor, react, solid, agGrid];
/** Ours, and one that is no peer as it needs half a minute to open: it loads all rows, and searches them itself. */
export const BESIDE_EVERYTHING: readonly Page[] = [ours, everything];
/** Whatever is measured. */
export const ALL_PAGES: readonly Page[] = [...PAGES, everything];
/** Those that ours is compared with. */
export const PEERS: readonly string[] = [react.name, solid.name, agGrid.name];

/** As people call a page. */
export const titleOf = (name: string | undefined): string => ALL_PAGES.find((page) => page.name === name)?.title ?? '';
