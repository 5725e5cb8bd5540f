import { quantile } from '../driver/statistics.ts';
import { failures, type Sample } from './client.ts';
import type { ClientLoad } from './loops.ts';
import type { Usage } from './processes.ts';
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
  ramp: readonly ClientLoad[];
  /** The long loads of a fixed number of clients. */
  sustained: readonly SustainedLoad[];
}

/** A load of a fixed number of clients for minutes. */
export interface SustainedLoad extends ClientLoad {
  seconds: number;
  /** The use of each process: at the start, then once a minute, and at the end. */
  usage: readonly { name: string; samples: readonly Usage[] }[];
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
  const failed = failures(samples);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
  return { kind, count: samples.length, p50: p50 ?? NaN, p95: p95 ?? NaN, p99: p99 ?? NaN, target, failed };
}

/** Returns the step with the highest throughput whose 99th percentile is within the limit. */
function bestStep({ ramp, rampLimit }: LoadResults): ClientLoad | undefined {
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
        failedText(failed),
      ]),
    ),
    'A missed target is bold. Memory is the proportional set size without mapped files, so that shared pages count once.',
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
          failedText(failed),
        ]),
      ),
    );
  }
  if (results.sustained.length > 0) {
    parts.push(
      'Clients that send their next request after the response to the last one. Memory and open files of the processes ' +
        'together: at the start, highest, and at the end.',
      table(
        ['clients', 'seconds', 'requests a second', 'p50', 'p99', 'failed', 'memory in MB', 'open files'],
        results.sustained.map(({ clients, seconds: length, throughput, p50, p99, failed, usage }) => [
          String(clients),
          String(length),
          throughput.toFixed(0),
          p50.toFixed(1),
          p99.toFixed(1),
          failedText(failed),
          ...(['memory', 'files'] as const).map((value) =>
            usage.map(({ name, samples }) => `${name}: ${course(samples.map((sample) => sample[value]))}`).join('<br>'),
          ),
        ]),
      ),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** Formats the first, the highest and the last value. */
function course(values: readonly number[]): string {
  return [values[0] ?? 0, Math.max(...values), values.at(-1) ?? 0].map((value) => value.toFixed(0)).join(' – ');
}

const failedText = (failed: ClientLoad['failed']): string =>
  Object.entries(failed)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
