/** Measures the backend under load: see ../README.md. */

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Backend } from '../driver/backend.ts';
import { quantile } from '../driver/statistics.ts';
import { Client } from './client.ts';
import { closedLoop, openLoop, ramp } from './loops.ts';
import { type Measured, measuredProcesses, postmasterOf, type Usage, usageOf } from './processes.ts';
import { type LoadResults, markdown, type SustainedLoad, summarise } from './report.ts';
import { createRequests, type Request } from './requests.ts';
import { loadWorld } from './world.ts';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    users: { type: 'string', default: '1000000' },
    backends: { type: 'string', default: '1' },
    data: { type: 'string', default: 'target/bench-data' },
    url: { type: 'string', multiple: true },
    pid: { type: 'string', multiple: true },
    'postgres-pid': { type: 'string' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    'warm-up': { type: 'string', default: '45' },
    'ramp-seconds': { type: 'string', default: '10' },
    clients: { type: 'string', multiple: true },
    'client-seconds': { type: 'string', default: '600' },
    out: { type: 'string', default: 'target/bench' },
  },
});
/** The URL of the PostgreSQL database. The backends read the same variable. */
const database = process.env.STUDIO_USERS_DATABASE;
const users = Number(options.users);
const [rate, seconds, warmUp] = [Number(options.rate), Number(options.seconds), Number(options['warm-up'])];
const rampSeconds = Number(options['ramp-seconds']);
const clientSeconds = Number(options['client-seconds']);
/** The time within which a window in the middle of the list responds from memory, in ms. From the database it takes 18. */
const FROM_MEMORY = 12;
/** The limit of the ramp: the 99th percentile, in ms. */
const RAMP_LIMIT = 100;

const backends = options.url ? await connect(options.url) : await start();
try {
  await measure();
} finally {
  for (const backend of backends) await backend.stop();
}

/** Signs in at backends that run already. */
async function connect(urls: readonly string[]): Promise<Backend[]> {
  const pids = options.pid?.map(Number) ?? [];
  return Promise.all(urls.map((url, index) => Backend.connect(url, users, pids[index])));
}

/** Starts the backends. The first one creates the demo data. */
async function start(): Promise<Backend[]> {
  const { server } = options;
  if (!server) throw new Error('Pass --server or --url.');
  const count = Number(options.backends);
  if (count > 1 && !database) throw new Error('Several backends need STUDIO_USERS_DATABASE.');
  // The backend keeps the files of the page in memory, and the load asks for none.
  const page = resolve(options.data, 'no-page');
  await mkdir(page, { recursive: true });
  const folderOf = (index: number): string =>
    resolve(options.data, database ? `postgres-${users}-${index + 1}` : String(users));
  const started: Backend[] = [];
  for (let index = 0; index < count; index += 1) {
    const data = folderOf(index);
    await mkdir(data, { recursive: true });
    log(`starting backend ${index + 1} with ${users.toLocaleString('en')} users`);
    // The load invites more people than a manager may in a day.
    const limits = ['--mails-per-administrator', '1000000'];
    // All backends sign the audit log with the same key.
    const key = index > 0 ? ['--audit-key', join(folderOf(0), 'audit.key')] : [];
    try {
      started.push(await Backend.start(resolve(server), users, data, page, '127.0.0.1:0', [...limits, ...key]));
    } catch (error) {
      for (const backend of started) await backend.stop();
      throw error;
    }
  }
  return started;
}

async function measure(): Promise<void> {
  const [first] = backends;
  if (!first) throw new Error('There is no backend.');
  const world = await loadWorld(first);
  log(`${world.total.toLocaleString('en')} users, ${world.environments.length} environments`);
  for (const backend of backends) await directoryInMemory(backend, world.total);
  const client = new Client(backends);
  const next = createRequests(world, 1);
  await openLoop(client, next, rate, warmUp);

  const processes = measuredProcesses(
    backends.map(({ pid }) => pid),
    postmaster(),
  );
  const before = processes.map(usageOf);
  const samples = await openLoop(client, next, rate, seconds);
  const after = processes.map(usageOf);
  const steps = rampSeconds
    ? await ramp(client, next, RAMP_LIMIT, rampSeconds, ({ clients, throughput, p99 }) =>
        log(`${clients} clients: ${throughput.toFixed(0)} requests a second, p99 ${p99.toFixed(0)} ms`),
      )
    : [];
  const sustained: SustainedLoad[] = [];
  for (const clients of options.clients?.map(Number) ?? []) {
    log(`${clients} clients for ${clientSeconds} s`);
    sustained.push(await sustain(client, next, clients, processes));
  }
  client.close();

  const [processor] = cpus();
  const results: LoadResults = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${processor?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${type()} ${release()}`,
    database: database ? 'PostgreSQL' : 'SQLite',
    users: world.total,
    backends: backends.length,
    rate,
    seconds,
    lag: quantile(
      samples.map(({ lag }) => lag),
      0.99,
    ),
    kinds: summarise(samples),
    processes: processes.map(({ name }, index) => {
      const [from, to] = [before[index], after[index]];
      return {
        name,
        memoryBefore: from?.memory ?? 0,
        memoryAfter: to?.memory ?? 0,
        cpuPerRequest: ((to?.cpu ?? 0) - (from?.cpu ?? 0)) / samples.length,
      };
    }),
    rampLimit: RAMP_LIMIT,
    ramp: steps,
    sustained,
  };
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'backend.md'), markdown(results));
  await writeFile(join(out, 'backend.json'), `${JSON.stringify(results, null, 1)}\n`);
  console.log(markdown(results));
  log(`see ${join(out, 'backend.md')}`);
}

/**
 * Waits until a backend has loaded the directory into memory. Until then, lists come from the database. The load takes
 * longer under load.
 */
async function directoryInMemory(backend: Backend, total: number): Promise<void> {
  const end = performance.now() + 120_000;
  for (let fast = 0; fast < 5 && performance.now() < end; ) {
    const start = performance.now();
    await backend.get(`users?sort=email&offset=${Math.floor(total / 2)}&limit=50`);
    fast = performance.now() - start < FROM_MEMORY ? fast + 1 : 0;
    await sleep(200);
  }
}

/** Keeps up the load of a number of clients, and records the use of the processes once a minute. */
async function sustain(
  client: Client,
  next: () => Request,
  clients: number,
  processes: readonly Measured[],
): Promise<SustainedLoad> {
  const usage = processes.map(({ name }) => ({ name, samples: [] as Usage[] }));
  const record = (): void => processes.forEach((process, index) => usage[index]?.samples.push(usageOf(process)));
  record();
  const timer = setInterval(record, 60_000);
  const load = await closedLoop(client, next, clients, clientSeconds);
  clearInterval(timer);
  record();
  return { ...load, seconds: clientSeconds, usage };
}

/** Returns the main process of PostgreSQL: the given one, or that of the socket in the URL of the database. */
function postmaster(): number | undefined {
  if (options['postgres-pid']) return Number(options['postgres-pid']);
  const folder = database ? new URL(database).searchParams.get('host') : undefined;
  return folder?.startsWith('/') ? postmasterOf(folder) : undefined;
}

function log(text: string): void {
  console.log(`      ${text}`);
}
