/** Measures the backend under load: see ../README.md. */

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Backend } from '../driver/backend.ts';
import { quantile } from '../driver/statistics.ts';
import { Client } from './client.ts';
import { openLoop, ramp } from './loops.ts';
import { measuredProcesses, postmasterOf, usageOf } from './processes.ts';
import { type LoadResults, markdown, summarise } from './report.ts';
import { createRequests } from './requests.ts';
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
    'warm-up': { type: 'string', default: '10' },
    'ramp-seconds': { type: 'string', default: '10' },
    out: { type: 'string', default: 'target/bench' },
  },
});
/** The URL of the PostgreSQL database. The backends read the same variable. */
const database = process.env.STUDIO_USERS_DATABASE;
const users = Number(options.users);
const [rate, seconds, warmUp] = [Number(options.rate), Number(options.seconds), Number(options['warm-up'])];
const rampSeconds = Number(options['ramp-seconds']);
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
  const started: Backend[] = [];
  for (let index = 0; index < count; index += 1) {
    const data = resolve(options.data, database ? `postgres-${users}-${index + 1}` : String(users));
    await mkdir(data, { recursive: true });
    log(`starting backend ${index + 1} with ${users.toLocaleString('en')} users`);
    // The load invites more people than a manager may in a day.
    const limits = ['--mails-per-administrator', '1000000'];
    try {
      started.push(await Backend.start(resolve(server), users, data, page, '127.0.0.1:0', limits));
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
  };
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'backend.md'), markdown(results));
  await writeFile(join(out, 'backend.json'), `${JSON.stringify(results, null, 1)}\n`);
  console.log(markdown(results));
  log(`see ${join(out, 'backend.md')}`);
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
