import { quantile } from '../driver/statistics.ts';
import { isFailed, type Sample } from './client.ts';
import type { RampStep } from './loops.ts';
import { KINDS } from './requests.ts';

/** What was measured, as `backend.json` holds it. */
export interface LoadResults {
  date: string;
  machine: string;
  database: string;
  users: number;
  backends: number;
  rate: number;
  seconds: number;
  /** How much later than scheduled the load program sent its requests: the 99th percentile, in ms. */
  lag: number;
  kinds: readonly KindResult[];
  processes: readonly ProcessResult[];
  rampLimit: number;
  ramp: readonly RampStep[];
}

/** The latencies of a kind of request, in ms. */
export interface KindResult {
  kind: string;
  count: number;
  p50: number;
  p95: number;
  p99: number;
  target: number | undefined;
  /** The number of failed requests, by status. */
  failed: Readonly<Record<string, number>>;
}

/** The use of a process during the open loop. */
export interface ProcessResult {
  name: string;
  memoryBefore: number;
  memoryAfter: number;
  /** Processor time per request of the load, in ms. */
  cpuPerRequest: number;
}

/** Summarises the samples of each kind, and of all. */
export function summarise(samples: readonly Sample[]): KindResult[] {
  const kinds = KINDS.map(({ kind, target }) =>
    summary(
      kind,
      target,
      samples.filter((sample) => sample.kind === kind),
    ),
  );
  return [...kinds.filter(({ count }) => count > 0), summary('all', undefined, samples)];
}

function summary(kind: string, target: number | undefined, samples: readonly Sample[]): KindResult {
  const latencies = samples.map(({ latency }) => latency);
  const failed: Record<string, number> = {};
  for (const { status } of samples.filter(isFailed)) failed[status] = (failed[status] ?? 0) + 1;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
  return { kind, count: samples.length, p50: p50 ?? NaN, p95: p95 ?? NaN, p99: p99 ?? NaN, target, failed };
}

/** Returns the step with the highest throughput whose 99th percentile is within the limit. */
function bestStep({ ramp, rampLimit }: LoadResults): RampStep | undefined {
  const within = ramp.filter(({ p99 }) => p99 <= rampLimit);
  return within.sort((a, b) => b.throughput - a.throughput)[0];
}

/** Formats the results as Markdown. */
export function markdown(results: LoadResults): string {
  const { users, backends, rate, seconds, ramp, rampLimit } = results;
  const best = bestStep(results);
  const parts = [
    '# Load of the backend',
    `${results.date}. ${users.toLocaleString('en')} users, ${results.database}, ${backends} backend${backends > 1 ? 's' : ''}. ` +
      `Machine: ${results.machine}.`,
    `Open loop: ${rate} requests a second for ${seconds} s, evenly spaced, a tenth of them changes. Times in ms, from the ` +
      `scheduled time to the end of the response. The load program sent 99 % of the requests within ${results.lag.toFixed(1)} ms ` +
      'of their schedule.',
    table(
      ['request', 'number', 'p50', 'p95', 'p99', 'target of p95', 'failed'],
      results.kinds.map(({ kind, count, p50, p95, p99, target, failed }) => [
        kind,
        String(count),
        p50.toFixed(1),
        target !== undefined && p95 > target ? `**${p95.toFixed(1)}**` : p95.toFixed(1),
        p99.toFixed(1),
        target === undefined ? '' : String(target),
        Object.entries(failed)
          .map(([status, count]) => `${count} × ${status}`)
          .join(', '),
      ]),
    ),
    'A missed target is bold. Memory is the proportional set size, so that shared pages count once.',
    table(
      ['process', 'memory before', 'memory after', 'processor time per request'],
      results.processes.map(({ name, memoryBefore, memoryAfter, cpuPerRequest }) => [
        name,
        `${memoryBefore.toFixed(0)} MB`,
        `${memoryAfter.toFixed(0)} MB`,
        `${cpuPerRequest.toFixed(2)} ms`,
      ]),
    ),
  ];
  if (ramp.length > 0) {
    parts.push(
      best
        ? `Throughput at a p99 of at most ${rampLimit} ms: **${best.throughput.toFixed(0)} requests a second**, with ${best.clients} clients.`
        : `The p99 is above ${rampLimit} ms even with one client.`,
      table(
        ['clients', 'requests a second', 'p50', 'p99', 'failed'],
        ramp.map(({ clients, throughput, p50, p99, failed }) => [
          String(clients),
          throughput.toFixed(0),
          p50.toFixed(1),
          p99.toFixed(1),
          String(failed),
        ]),
      ),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
