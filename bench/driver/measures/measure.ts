import type { Browser } from 'playwright-core';
import type { Backend } from '../backend.ts';
import type { Profile } from '../browser.ts';
import type { Page } from '../pages/index.ts';
import type { Latency } from '../trace.ts';

/** What one run of a page gives, by the names of what is measured. */
export type Samples = Record<string, number[]>;

/** What is measured of a page in one run, in a new profile. */
export interface Measure {
  name: string;
  /** As people call it. */
  title: string;
  profile: Profile;
  /** How many users there are. */
  sizes: readonly number[];
  /** Whether the short form has it too, with few users. */
  isShort: boolean;
  /** At most so many rounds, and none to warm up: for what hardly varies. */
  rounds?: number;
  /** Which pages, where not all that are compared. */
  pages?: readonly Page[];
  run(browser: Browser, backend: Backend, page: Page, round: number): Promise<Run>;
}

export interface Run {
  samples: Samples;
  /** Where the time of each went. */
  latencies: Record<string, Latency[]>;
  /** What the page cannot do. */
  cannot?: string;
}

/** What is told of each sample. */
export interface Told {
  title: string;
  unit: 'ms' | 'KB' | 'MB' | '' | '%';
  /** At most so many times the best peer, or this one, and the floor. */
  peer?: number;
  against?: string;
  floor?: number;
  /** At most this in absolute terms: of the p95, or where there is one value a run of the median. */
  absolute?: number;
  /** Less than this peer. */
  below?: string;
  /** More is told in the details. */
  isDetail?: boolean;
}
