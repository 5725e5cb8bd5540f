import { ALL_PAGES, titleOf } from './pages/index.ts';
import type { Compared, Results } from './results.ts';
import { median, type Ratio } from './statistics.ts';
import type { Latency, Work } from './trace.ts';

/** What was measured on, and how. */
export interface Facts {
  date: string;
  machine: string;
  browser: string;
  versions: Record<string, string>;
  form: string;
  rounds: number;
  warmUps: number;
  load: string;
}

/** The results as Markdown. */
export function markdown(results: Results, facts: Facts): string {
  const compared = results.compared();
  const versions = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    '# Speed, measured side by side',
    `${facts.date}. ${facts.form}: ${facts.rounds} rounds after ${facts.warmUps} to warm up, pages interleaved, a new profile a run.`,
    `Machine: ${facts.machine}. ${facts.browser}. Load when it began: ${facts.load}.`,
    `Pages: ${versions.join(', ')}.`,
    'Medians over rounds; in brackets the 95th percentile of all samples. A ratio is ours divided by theirs, with its 95 % ' +
      'interval: below 1 ours is faster. It is a **win** only where the interval excludes 1.',
    table(compared.filter(({ line }) => !line.told.isDetail)),
    '## Details',
    table(compared.filter(({ line }) => line.told.isDetail)),
    '## Where the time goes',
    'Medians in ms. *To request*: until the call left; *answer*: until its answer was there; *document*: until the rows stood in ' +
      'the document; *painted*: until they were committed. Then what the page’s thread was busy with in all of that time.',
    ...compared.filter(({ line }) => line.told.unit === 'ms').map(breakdown),
  ];
  if (results.cannot.size > 0)
    parts.push('## What a page cannot do', list([...results.cannot].map(([what, why]) => `${what}: ${why}`)));
  if (results.failures.length > 0) parts.push('## Runs that failed', list(results.failures));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const list = (items: string[]): string => items.map((item) => `- ${item}`).join('\n');

function table(compared: Compared[]): string {
  if (compared.length === 0) return '';
  const pages = ALL_PAGES.filter(({ name }) => compared.some(({ medians }) => name in medians));
  const head = ['', ...pages.map(({ title }) => title), 'ours / peer', 'ours / floor', '', 'missed'];
  const rows = compared.map(({ line, medians, p95, best, peer, floor, verdict, missed }) => [
    name(line),
    ...pages.map((page) => value(line.told.unit, medians[page.name], p95[page.name])),
    spell(peer) && `${spell(peer)} (${titleOf(best)})`,
    spell(floor),
    verdict === 'win' ? '**win**' : (verdict ?? ''),
    missed.join(', '),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const name = ({ told, users }: Compared['line']): string => `${told.title}, ${users.toLocaleString('en')} users`;

function value(unit: string, median: number | undefined, p95: number | undefined): string {
  if (median === undefined) return '–';
  const digits = unit === 'KB' || Math.abs(median) >= 100 ? 0 : unit === 'MB' ? 2 : 1;
  const shown = `${median.toFixed(digits)} ${unit}`.trim();
  return unit === 'ms' && p95 !== undefined ? `${shown} (${p95.toFixed(digits)})` : shown;
}

function spell(ratio: Ratio | undefined): string {
  return ratio ? `${ratio.value.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]` : '';
}

const WORK: readonly Work[] = ['all', 'script', 'style', 'layout', 'paint', 'commit'];

function breakdown({ line }: Compared): string {
  const rows = ALL_PAGES.flatMap(({ name, title }) => {
    const latencies = line.pages[name]?.latencies ?? [];
    if (latencies.length === 0) return [];
    const of = (pick: (latency: Latency) => number | undefined): string => {
      const values = latencies.map(pick).filter((value) => value !== undefined);
      return values.length > 0 ? median(values).toFixed(1) : '–';
    };
    return [
      [
        title,
        of(({ toRequest }) => toRequest),
        of(({ answer }) => answer),
        of(({ toDocument }) => toDocument),
        of(({ toCommit }) => toCommit),
      ].concat(WORK.map((work) => of(({ busy }) => busy[work]))),
    ];
  });
  if (rows.length === 0) return '';
  const head = [name(line), 'to request', 'answer', 'document', 'painted', 'busy', ...WORK.slice(1)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
