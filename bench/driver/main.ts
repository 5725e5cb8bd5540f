/** Measures the pages side by side: see ../README.md. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Backend } from './backend.ts';
import { launch } from './browser.ts';
import { MEASURES, type Measure } from './measures/index.ts';
import { PAGES, type Page } from './pages/index.ts';
import { plot } from './plot.ts';
import { type Facts, markdown } from './report.ts';
import { Results } from './results.ts';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    site: { type: 'string' },
    data: { type: 'string', default: 'target/bench-data' },
    out: { type: 'string', default: 'target/bench' },
    listen: { type: 'string', default: '127.0.0.1:0' },
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    pages: { type: 'string' },
    rounds: { type: 'string' },
    'warm-ups': { type: 'string' },
  },
});
const { server, site, only, short } = options;
if (!server || !site) throw new Error('Pass --server and --site.');
if (only && !MEASURES.some(({ name }) => name === only)) {
  throw new Error(`Unknown measure ${only}. The measures are ${MEASURES.map(({ name }) => name).join(', ')}.`);
}
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const rounds = Number(options.rounds ?? (short ? 3 : 15));
const warmUps = Number(options['warm-ups'] ?? 1);
const pagesOf = ({ pages = PAGES }: Measure): readonly Page[] =>
  pages.filter(({ name }) => !options.pages || options.pages.split(',').includes(name));
/** The number of users in the short form. */
const SHORT_SIZE = 10_000;

const chosen = MEASURES.filter(({ name, isShort }) => (only ? name === only : !short || isShort));
const sizesOf = ({ sizes }: Measure): readonly number[] => (short ? [SHORT_SIZE] : sizes);
const sizes = [...new Set(chosen.flatMap(sizesOf))].sort((a, b) => a - b);
const results = new Results();
const load = loadavg()
  .map((load) => load.toFixed(2))
  .join(' ');
const startedAt = Date.now();

const steps = sizes.flatMap((users) =>
  chosen.filter((measure) => sizesOf(measure).includes(users)).map(() => users),
).length;
let step = 0;
let version = '';
for (const users of sizes) {
  const data = resolve(options.data, String(users));
  await mkdir(data, { recursive: true });
  log(`${users.toLocaleString('en')} users`);
  const backend = await Backend.start(resolve(server), users, data, resolve(site), options.listen);
  try {
    for (const measure of chosen.filter((measure) => sizesOf(measure).includes(users))) {
      step += 1;
      await measureAll(backend, measure);
    }
  } finally {
    await backend.stop();
  }
}
await writeReport();

async function measureAll(backend: Backend, measure: Measure): Promise<void> {
  const counted = Math.min(rounds, measure.rounds ?? rounds);
  const pages = pagesOf(measure);
  const startedAt = Date.now();
  let browser = await launch(chromium);
  version = browser.version();
  for (let round = measure.rounds ? 0 : -warmUps; round < counted; round += 1) {
    // Rotates the order in every round, so that no page always follows the same one.
    const start = (round + warmUps) % pages.length;
    for (const page of [...pages.slice(start), ...pages.slice(0, start)]) {
      const id = `${measure.title}, ${page.title}`;
      if (results.unsupported.has(id)) continue;
      try {
        const run = await measure.run(browser, backend, page, round);
        if (run.unsupported) results.unsupported.set(id, run.unsupported);
        else if (round >= 0) results.add(backend.users, page.name, round, run);
      } catch (error) {
        // Reports a failed run and continues with the others.
        results.failures.push(
          `${id}, ${backend.users.toLocaleString('en')} users, round ${round}: ${(error as Error).message.split('\n')[0]}`,
        );
        await browser.close();
        browser = await launch(chromium);
      }
    }
  }
  await browser.close();
  log(
    `[${step}/${steps}] ${measure.title}, ${backend.users.toLocaleString('en')} users: ${((Date.now() - startedAt) / 1000).toFixed(0)} s`,
  );
}

async function writeReport(): Promise<void> {
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  const facts = await collectFacts();
  const comparisons = results.compare();
  await writeFile(join(out, 'results.md'), markdown(results, facts));
  await writeFile(
    join(out, 'results.svg'),
    plot(comparisons, `${facts.machine}, ${facts.browser}, ${facts.rounds} rounds`),
  );
  await writeFile(
    join(out, 'results.json'),
    `${JSON.stringify({ facts, lines: [...results.lines.values()], unsupported: [...results.unsupported], failures: results.failures }, null, 1)}\n`,
  );
  for (const { line, peer, baseline, medians } of comparisons) {
    if (line.metric.isDetail) continue;
    const ratios = [
      peer && `${peer.value.toFixed(2)} of the best peer`,
      baseline && `${baseline.value.toFixed(2)} of the baseline`,
    ].filter(Boolean);
    log(
      `  ${line.metric.title}, ${line.users.toLocaleString('en')}: ${medians.ours?.toFixed(1) ?? '–'} ${line.metric.unit} ${ratios.join(', ')}`,
    );
  }
  log(
    `${results.failures.length} runs failed; ${((Date.now() - startedAt) / 60_000).toFixed(1)} min in total; see ${join(out, 'results.md')}`,
  );
}

async function collectFacts(): Promise<Facts> {
  const [first] = cpus();
  const lock = JSON.parse(await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  const named = [
    'react',
    '@tanstack/react-table',
    '@tanstack/react-virtual',
    '@tanstack/react-query',
    'solid-js',
    '@tanstack/solid-virtual',
    'ag-grid-community',
    'd3-dsv',
  ];
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${type()} ${release()}`,
    browser: `Chromium ${version}`,
    versions: Object.fromEntries(named.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? '?'])),
    form: short ? 'The short form' : 'The whole form',
    rounds,
    warmUps,
    load,
  };
}

function log(text: string): void {
  console.log(`      ${text}`);
}
