import { type Run, TOLD, type Told } from './measures/index.ts';
import { ALL_PAGES, PEERS, titleOf } from './pages/index.ts';
import { median, quantile, type Ratio, ratio } from './statistics.ts';

/** What one page gave in all rounds. */
export interface Measured {
  /** By rounds: what the run's samples came to. None where a run failed. */
  rounds: (number | undefined)[];
  /** All samples. */
  samples: number[];
  latencies: Run['latencies'][string];
}

/** What was measured of all pages with so many users. */
export interface Line {
  key: string;
  users: number;
  told: Told;
  pages: Record<string, Measured>;
}

/** A line, compared. */
export interface Compared {
  line: Line;
  medians: Record<string, number>;
  p95: Record<string, number>;
  /** The peer that ours is compared with: the best, unless it is another that counts. */
  best: string | undefined;
  peer: Ratio | undefined;
  floor: Ratio | undefined;
  verdict: 'win' | 'loss' | 'even' | undefined;
  /** What is aimed at and missed. */
  missed: string[];
}

/** Everything that was measured. */
export class Results {
  readonly lines = new Map<string, Line>();
  /** What a page cannot do, by measure and page. */
  readonly cannot = new Map<string, string>();
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
    const line = this.lines.get(id) ?? { key, users, told: aims(key, users), pages: {} };
    this.lines.set(id, line);
    const measured = line.pages[page] ?? { rounds: [], samples: [], latencies: [] };
    line.pages[page] = measured;
    return measured;
  }

  compared(): Compared[] {
    const order = Object.keys(TOLD);
    const lines = [...this.lines.values()].sort(
      (a, b) => order.indexOf(a.key) - order.indexOf(b.key) || a.users - b.users,
    );
    return lines.map(compare);
  }
}

/** Where there are many users, other things are aimed at. */
function aims(key: string, users: number): Told {
  const told = TOLD[key] ?? { title: key, unit: '' };
  return key === 'keystroke' && users >= 1_000_000 ? { ...told, peer: 1, absolute: 70 } : told;
}

function compare(line: Line): Compared {
  const { told, pages } = line;
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
  const best = told.against && told.against in medians ? told.against : least;
  const against = (name: string | undefined): Ratio | undefined =>
    name && pages.ours && pages[name] ? ratio(pages.ours.rounds, pages[name].rounds) : undefined;
  const [peer, floor] = [against(best), against('floor')];
  const verdict = !peer ? undefined : peer.high < 1 ? 'win' : peer.low > 1 ? 'loss' : 'even';

  const missed: string[] = [];
  if (told.peer !== undefined && peer && peer.value > told.peer)
    missed.push(`${told.peer} of ${titleOf(told.against) || 'the best'}`);
  if (told.floor !== undefined && floor && floor.value > told.floor) missed.push(`${told.floor} of the floor`);
  if (told.below && (medians.ours ?? 0) >= (medians[told.below] ?? Infinity))
    missed.push(`below ${titleOf(told.below)}`);
  const absolute = told.unit === 'ms' ? p95.ours : medians.ours;
  if (told.absolute !== undefined && absolute !== undefined && absolute > told.absolute)
    missed.push(`${told.absolute} ${told.unit}`.trim());
  return { line, medians, p95, best, peer, floor, verdict, missed };
}
