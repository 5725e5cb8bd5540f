import { earlySearch, earlySort, revisit, withoutWebAssembly } from './early.ts';
import { jump, jumpCpu } from './jump.ts';
import { keystroke, keystrokeCpu, keystrokeEverything, keystrokeSlow } from './keystroke.ts';
import { load, typing } from './load.ts';
import type { Measure, Metric } from './measure.ts';
import { memory, panel, panelCpu, panelRow, panelRowCpu } from './panel.ts';
import { scroll, scrollCpu } from './scroll.ts';
import { select, selectCpu } from './select.ts';
import { sort, sortCpu } from './sort.ts';

export type { Measure, Metric, Run, Samples } from './measure.ts';

export const MEASURES: readonly Measure[] = [
  load,
  typing,
  earlySearch,
  earlySort,
  revisit,
  withoutWebAssembly,
  keystroke,
  keystrokeCpu,
  keystrokeSlow,
  keystrokeEverything,
  sort,
  sortCpu,
  jump,
  jumpCpu,
  panel,
  panelCpu,
  panelRow,
  panelRowCpu,
  select,
  selectCpu,
  scroll,
  scrollCpu,
  memory,
];

/** The metrics with their targets, in the order of the report. */
export const METRICS: Readonly<Record<string, Metric>> = {
  'first-rows': { title: 'first rows painted', unit: 'ms', maxPeerRatio: 0.7, maxBaselineRatio: 1.3 },
  typing: { title: 'ready for typing', unit: 'ms', maxPeerRatio: 1, maxBaselineRatio: 2 },
  'typing-found': { title: 'text typed at once is found', unit: 'ms', maxPeerRatio: 1, maxBaselineRatio: 1 },
  'early-search': { title: 'a search typed at 300 ms is found', unit: 'ms', maxPeerRatio: 1, maxBaselineRatio: 1 },
  'early-sort': { title: 'a sort clicked at 500 ms is shown', unit: 'ms', maxPeerRatio: 1, maxBaselineRatio: 1 },
  revisit: { title: 'first rows painted, second visit', unit: 'ms', maxPeerRatio: 1 },
  'without-wasm': { title: 'first rows painted, WebAssembly switched off', unit: 'ms', maxPeerRatio: 1 },
  'without-wasm-search': {
    title: 'three letters to painted rows, WebAssembly switched off',
    unit: 'ms',
    isDetail: true,
  },
  bytes: {
    title: 'bytes before the first rows, without data',
    unit: 'KB',
    maxPeerRatio: 1.3,
    comparedWith: 'react',
    below: 'ag-grid',
    maxValue: 140,
  },
  'bytes-data': { title: 'data before the first rows', unit: 'KB', isDetail: true },
  requests: { title: 'requests started before the first rows', unit: '', isDetail: true },
  keystroke: { title: 'keystroke to painted rows', unit: 'ms', maxPeerRatio: 0.9, maxBaselineRatio: 1.2, maxValue: 50 },
  'keystroke-cpu': { title: 'keystroke to painted rows, processor 4 times slower', unit: 'ms', maxPeerRatio: 1 },
  'keystroke-everything': {
    title: 'keystroke, beside a page that loads all rows',
    unit: 'ms',
    maxPeerRatio: 0.5,
    comparedWith: 'everything',
  },
  'keystroke-slow': { title: 'keystroke to painted rows, slow', unit: 'ms', isDetail: true },
  sort: {
    title: 'click on a sort header to painted rows',
    unit: 'ms',
    maxPeerRatio: 1,
    maxBaselineRatio: 1.2,
    maxValue: 70,
  },
  'sort-cpu': {
    title: 'click on a sort header to painted rows, processor 4 times slower',
    unit: 'ms',
    maxPeerRatio: 1,
  },
  jump: { title: 'jump to row 900,000', unit: 'ms', maxBaselineRatio: 1.2, maxValue: 100 },
  'jump-cpu': { title: 'jump to row 900,000, processor 4 times slower', unit: 'ms', maxBaselineRatio: 1.2 },
  panel: { title: 'open the side panel', unit: 'ms', maxPeerRatio: 0.9, maxBaselineRatio: 1.25, maxValue: 50 },
  'panel-cpu': { title: 'open the side panel, processor 4 times slower', unit: 'ms', maxPeerRatio: 1 },
  'panel-row': { title: 'the side panel with what the row knows', unit: 'ms', maxPeerRatio: 0.9 },
  'panel-row-cpu': {
    title: 'the side panel with what the row knows, processor 4 times slower',
    unit: 'ms',
    maxPeerRatio: 0.9,
  },
  select: { title: 'select all', unit: 'ms', maxPeerRatio: 0.5, maxBaselineRatio: 1.2, maxValue: 32 },
  'select-cpu': { title: 'select all, processor 4 times slower', unit: 'ms', maxPeerRatio: 1 },
  'dropped-cached': { title: 'frames dropped, scrolling through cached rows', unit: '%', maxValue: 1 },
  'blank-cached': { title: 'frames with a blank row, cached rows', unit: '%', maxValue: 0 },
  'ahead-cached': { title: 'frames that start with a blank row, cached rows', unit: '%', isDetail: true },
  'scroll-busy-cached': {
    title: 'main thread time per scrolled frame, cached rows',
    unit: 'ms',
    maxPeerRatio: 1,
    maxBaselineRatio: 1.1,
  },
  'dropped-new': { title: 'frames dropped, scrolling through new rows', unit: '%', isDetail: true },
  'blank-new': { title: 'frames with a blank row, new rows', unit: '%', isDetail: true },
  'ahead-new': { title: 'frames that start with a blank row, new rows', unit: '%', isDetail: true },
  'scroll-busy-new': { title: 'main thread time per scrolled frame, new rows', unit: 'ms', isDetail: true },
  'scroll-busy-cached-cpu': {
    title: 'main thread time per scrolled frame, cached rows, processor 4 times slower',
    unit: 'ms',
    maxPeerRatio: 1,
  },
  'scroll-busy-new-cpu': {
    title: 'main thread time per scrolled frame, new rows, processor 4 times slower',
    unit: 'ms',
    isDetail: true,
  },
  'dropped-cached-cpu': {
    title: 'frames dropped, scrolling through cached rows, processor 4 times slower',
    unit: '%',
    isDetail: true,
  },
  'blank-cached-cpu': {
    title: 'frames with a blank row, cached rows, processor 4 times slower',
    unit: '%',
    isDetail: true,
  },
  'dropped-new-cpu': {
    title: 'frames dropped, scrolling through new rows, processor 4 times slower',
    unit: '%',
    isDetail: true,
  },
  'blank-new-cpu': { title: 'frames with a blank row, new rows, processor 4 times slower', unit: '%', isDetail: true },
  'ahead-cached-cpu': {
    title: 'frames that start with a blank row, cached rows, processor 4 times slower',
    unit: '%',
    isDetail: true,
  },
  'ahead-new-cpu': {
    title: 'frames that start with a blank row, new rows, processor 4 times slower',
    unit: '%',
    isDetail: true,
  },
  memory: {
    title: 'heap growth after opening and closing the panel 50 times',
    unit: 'MB',
    maxPeerRatio: 1,
    maxValue: 1,
  },
  heap: { title: 'heap after that', unit: 'MB', isDetail: true },
  'wasm-pages': {
    title: 'WebAssembly memory growth after the first 10 times, in pages',
    unit: '',
    maxValue: 0,
    isDetail: true,
  },
  wasm: { title: 'WebAssembly memory after that', unit: 'MB', isDetail: true },
};
