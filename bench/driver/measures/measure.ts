import type { Browser } from 'playwright-core';
import type { Backend } from '../backend.ts';
import type { Profile } from '../browser.ts';
import type { Page } from '../pages/index.ts';
import type { Latency } from '../trace.ts';

/** The samples of one run of a page, by metric. */
export type Samples = Record<string, number[]>;

/** A measurement of a page. Each run uses a new browser profile. */
export interface Measure {
  name: string;
  /** The name in reports. */
  title: string;
  profile: Profile;
  /** The numbers of users to measure with. */
  sizes: readonly number[];
  /** Whether the short form includes it, with few users. */
  isShort: boolean;
  /** The maximum number of rounds, without warm-ups: for results that hardly vary. */
  rounds?: number;
  /** The pages to measure. By default all compared pages. */
  pages?: readonly Page[];
  run(browser: Browser, backend: Backend, page: Page, round: number): Promise<Run>;
}

/** The same measure with a processor four times slower. `run` makes its function from the profile and the name. */
export function withSlowProcessor(measure: Measure, run: (profile: Profile, name: string) => Measure['run']): Measure {
  const name = `${measure.name}-cpu`;
  const title = `${measure.title}, processor 4 times slower`;
  return { ...measure, name, title, profile: 'cpu', sizes: [10_000], run: run('cpu', name) };
}

export interface Run {
  samples: Samples;
  /** The time breakdown of each sample. */
  latencies: Record<string, Latency[]>;
  /** The reason if the page does not support the measured action. */
  unsupported?: string;
}

/** How a metric is reported, and its targets. */
export interface Metric {
  title: string;
  unit: 'ms' | 'KB' | 'MB' | '' | '%';
  /** The maximum ratio to the best peer, or to the page `comparedWith`. */
  maxPeerRatio?: number;
  comparedWith?: string;
  /** The maximum ratio to the baseline page. */
  maxBaselineRatio?: number;
  /** The maximum value: of the 95th percentile for times, otherwise of the median. */
  maxValue?: number;
  /** The peer whose median has to be higher. */
  below?: string;
  /** Whether the metric is listed in the details only. */
  isDetail?: boolean;
}
