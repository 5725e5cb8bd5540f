import { jump } from './jump.ts';
import { keystroke, keystrokeEverything, keystrokeSlow } from './keystroke.ts';
import { load, typing } from './load.ts';
import type { Measure, Told } from './measure.ts';
import { memory, panel } from './panel.ts';
import { scroll } from './scroll.ts';
import { select } from './select.ts';
import { sort } from './sort.ts';

export type { Measure, Run, Samples, Told } from './measure.ts';

export const MEASURES: readonly Measure[] = [
  load,
  typing,
  keystroke,
  keystrokeSlow,
  keystrokeEverything,
  sort,
  jump,
  panel,
  select,
  scroll,
  memory,
];

/** What is told of what was measured, with what is aimed at, in the order in which it is told. */
export const TOLD: Readonly<Record<string, Told>> = {
  'first-rows': { title: 'first rows painted', unit: 'ms', peer: 0.7, floor: 1.3 },
  typing: { title: 'ready for typing', unit: 'ms', peer: 1, floor: 2 },
  'typing-found': { title: 'what was typed at once is found', unit: 'ms', isDetail: true },
  bytes: {
    title: 'bytes before the first rows, without data',
    unit: 'KB',
    peer: 1.3,
    against: 'react',
    below: 'ag-grid',
    absolute: 140,
  },
  'bytes-data': { title: 'data before the first rows', unit: 'KB', isDetail: true },
  requests: { title: 'requests begun before the first rows', unit: '', isDetail: true },
  keystroke: { title: 'keystroke to painted rows', unit: 'ms', peer: 0.9, floor: 1.2, absolute: 50 },
  'keystroke-everything': {
    title: 'keystroke, beside a page that loads all rows',
    unit: 'ms',
    peer: 0.5,
    against: 'everything',
  },
  'keystroke-slow': { title: 'keystroke to painted rows, slow', unit: 'ms', isDetail: true },
  sort: { title: 'click on a sort header to painted rows', unit: 'ms', peer: 1, floor: 1.2, absolute: 70 },
  jump: { title: 'jump to row 900,000', unit: 'ms', floor: 1.2, absolute: 100 },
  panel: { title: 'open the side panel', unit: 'ms', peer: 0.9, floor: 1.25, absolute: 50 },
  select: { title: 'select all', unit: 'ms', peer: 0.5, floor: 1.2, absolute: 32 },
  'dropped-cached': { title: 'frames dropped, scrolling through cached rows', unit: '%', absolute: 1 },
  'blank-cached': { title: 'frames with a blank row, cached rows', unit: '%', absolute: 0 },
  'ahead-cached': { title: 'frames scrolled past the rows shown, cached rows', unit: '%', isDetail: true },
  'scroll-busy-cached': { title: 'busy for each frame of scrolling, cached rows', unit: 'ms', peer: 1, floor: 1.1 },
  'dropped-new': { title: 'frames dropped, scrolling through new rows', unit: '%', isDetail: true },
  'blank-new': { title: 'frames with a blank row, new rows', unit: '%', isDetail: true },
  'ahead-new': { title: 'frames scrolled past the rows shown, new rows', unit: '%', isDetail: true },
  'scroll-busy-new': { title: 'busy for each frame of scrolling, new rows', unit: 'ms', isDetail: true },
  memory: { title: 'heap grown by opening and closing the panel 50 times', unit: 'MB', peer: 1, absolute: 1 },
  heap: { title: 'heap after that', unit: 'MB', isDetail: true },
  'wasm-pages': { title: 'WebAssembly pages grown after the first 10', unit: '', absolute: 0, isDetail: true },
  wasm: { title: 'WebAssembly memory after that', unit: 'MB', isDetail: true },
};
