import { agGrid } from './ag-grid.ts';
import { floor } from './floor.ts';
import { ours } from './ours.ts';
import { react } from './react.ts';
import { solid } from './solid.ts';

export type { Page } from './page.ts';

/** Ours, the floor, and the others. */
export const PAGES = [ours, floor, react, solid, agGrid] as const;
export const PEERS: readonly string[] = [react.name, solid.name, agGrid.name];
