import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../driver/statistics.ts';
import { type Client, failures, type Sample } from './client.ts';
import type { Request } from './requests.ts';

/**
 * Sends requests at a fixed rate, whether or not earlier ones are answered. Latencies count from the scheduled time. So
 * a slow response does not hide the wait of those behind it:
 * https://www.scylladb.com/2021/04/22/on-coordinated-omission/
 */
export async function openLoop(
  client: Client,
  next: () => Request,
  rate: number,
  seconds: number,
): Promise<readonly Sample[]> {
  const running: Promise<Sample>[] = [];
  const start = performance.now();
  for (let index = 0; index < rate * seconds; index += 1) {
    const scheduled = start + (index * 1000) / rate;
    const wait = scheduled - performance.now();
    if (wait > 0) await sleep(wait);
    running.push(client.send(next(), scheduled));
  }
  return Promise.all(running);
}

/** The load of a number of clients. */
export interface ClientLoad {
  /** The number of clients. Each sends its next request after the response to the last one. */
  clients: number;
  throughput: number;
  p50: number;
  p99: number;
  /** The number of failed requests, by status. */
  failed: Readonly<Record<string, number>>;
}

/** Sends requests from a number of clients, each after the response to the last one. */
export async function closedLoop(
  client: Client,
  next: () => Request,
  clients: number,
  seconds: number,
): Promise<ClientLoad> {
  const start = performance.now();
  const end = start + seconds * 1000;
  const samples: Sample[] = [];
  const work = async (): Promise<void> => {
    while (performance.now() < end) samples.push(await client.send(next(), performance.now()));
  };
  await Promise.all(Array.from({ length: clients }, work));
  const latencies = samples.map(({ latency }) => latency);
  return {
    clients,
    throughput: (samples.length * 1000) / (performance.now() - start),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    failed: failures(samples),
  };
}

/** The maximum number of clients of the ramp. */
const MAX_CLIENTS = 512;

/**
 * Doubles the number of clients until the 99th percentile passes the limit in ms. Then narrows the number down to
 * a tenth.
 */
export async function ramp(
  client: Client,
  next: () => Request,
  limit: number,
  seconds: number,
  report: (step: ClientLoad) => void,
): Promise<readonly ClientLoad[]> {
  const steps: ClientLoad[] = [];
  const isWithin = async (clients: number): Promise<boolean> => {
    const step = await closedLoop(client, next, clients, seconds);
    steps.push(step);
    report(step);
    return step.p99 <= limit;
  };
  let within = 0;
  let beyond = 1;
  while (beyond <= MAX_CLIENTS && (await isWithin(beyond))) {
    within = beyond;
    beyond *= 2;
  }
  while (beyond <= MAX_CLIENTS && beyond - within > Math.max(1, within / 10)) {
    const middle = Math.floor((within + beyond) / 2);
    if (await isWithin(middle)) within = middle;
    else beyond = middle;
  }
  return steps.sort((a, b) => a.clients - b.clients);
}
