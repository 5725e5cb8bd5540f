import { METRICS, type Metric, type Run } from './measures/index.ts';
import { ALL_PAGES, PEERS, titleOf } from './pages/index.ts';
import { median, quantile, type Ratio, ratio } from './statistics.ts';

/** The samples of one page in all rounds. */
export interface Measured {
  /** The median of each round; undefined if the run failed. */
  rounds: (number | undefined)[];
  /** All samples. */
  samples: number[];
  latencies: Run['latencies'][string];
}

/** The results of a metric for a number of users, for all pages. */
export interface Line {
  key: string;
  users: number;
  metric: Metric;
  pages: Record<string, Measured>;
}

/** The comparison of a line's pages. */
export interface Comparison {
  line: Line;
  medians: Record<string, number>;
  p95: Record<string, number>;
  /** The peer that ours is compared with: `comparedWith` of the metric, or else the best one. */
  best: string | undefined;
  peer: Ratio | undefined;
  baseline: Ratio | undefined;
  verdict: 'win' | 'loss' | 'even' | undefined;
  /** The missed targets. */
  missed: string[];
}

/** All measurements. */
export class Results {
  readonly lines = new Map<string, Line>();
  /** The reasons why a page does not support a measure, by measure and page. */
  readonly unsupported = new Map<string, string>();
  readonly failures: string[] = [];

  add(users: number, page: string, round: number, run: Run): void {
    for (const [key, samples] of Object.entries(run.samples)) {
      if (samples.length === 0) continue;
      const { rounds, ...measured } = this.#measured(key, users, page);
      rounds[round] = median(samples);
      measured.samples.push(...samples);
      measured.latencies.push(...(run.latencies[key] ?? []));
    }
  }

  #measured(key: string, users: number, page: string): Measured {
    const id = `${key} ${users}`;
    const line = this.lines.get(id) ?? { key, users, metric: metricFor(key, users), pages: {} };
    this.lines.set(id, line);
    const measured = line.pages[page] ?? { rounds: [], samples: [], latencies: [] };
    line.pages[page] = measured;
    return measured;
  }

  compare(): Comparison[] {
    const order = Object.keys(METRICS);
    const lines = [...this.lines.values()].sort(
      (a, b) => order.indexOf(a.key) - order.indexOf(b.key) || a.users - b.users,
    );
    return lines.map(compare);
  }
}

/** Returns the metric with its targets, which differ for a million users. */
function metricFor(key: string, users: number): Metric {
  const metric = METRICS[key] ?? { title: key, unit: '' };
  return key === 'keystroke' && users >= 1_000_000 ? { ...metric, maxPeerRatio: 1, maxValue: 70 } : metric;
}

function compare(line: Line): Comparison {
  const { metric, pages } = line;
  const medians: Record<string, number> = {};
  const p95: Record<string, number> = {};
  for (const { name } of ALL_PAGES) {
    const measured = pages[name];
    if (!measured) continue;
    medians[name] = median(measured.rounds.filter((value) => value !== undefined));
    p95[name] = quantile(measured.samples, 0.95);
  }
  const peers = PEERS.filter((name) => name in medians);
  const least = peers.reduce<string | undefined>(
    (best, name) => (best && (medians[best] ?? Infinity) <= (medians[name] ?? Infinity) ? best : name),
    undefined,
  );
  const best = metric.comparedWith && metric.comparedWith in medians ? metric.comparedWith : least;
  const ratioTo = (name: string | undefined): Ratio | undefined =>
    name && pages.ours && pages[name] ? ratio(pages.ours.rounds, pages[name].rounds) : undefined;
  const [peer, baseline] = [ratioTo(best), ratioTo('baseline')];
  const verdict = !peer ? undefined : peer.high < 1 ? 'win' : peer.low > 1 ? 'loss' : 'even';

  const missed: string[] = [];
  const { maxPeerRatio, maxBaselineRatio, maxValue, below, unit } = metric;
  if (maxPeerRatio !== undefined && peer && peer.value > maxPeerRatio)
    missed.push(`${maxPeerRatio} of ${titleOf(metric.comparedWith) || 'the best'}`);
  if (maxBaselineRatio !== undefined && baseline && baseline.value > maxBaselineRatio)
    missed.push(`${maxBaselineRatio} of the baseline`);
  if (below && (medians.ours ?? 0) >= (medians[below] ?? Infinity)) missed.push(`below ${titleOf(below)}`);
  const value = unit === 'ms' ? p95.ours : medians.ours;
  if (maxValue !== undefined && value !== undefined && value > maxValue) missed.push(`${maxValue} ${unit}`.trim());
  return { line, medians, p95, best, peer, baseline, verdict, missed };
}
