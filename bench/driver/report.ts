import { ALL_PAGES, titleOf } from './pages/index.ts';
import type { Comparison, Results } from './results.ts';
import { median, type Ratio } from './statistics.ts';
import type { Latency, Work } from './trace.ts';

/** The circumstances of the measurement. */
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

/** Formats the results as Markdown. */
export function markdown(results: Results, facts: Facts): string {
  const comparisons = results.compare();
  const versions = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    '# Speed, measured side by side',
    `${facts.date}. ${facts.form}: ${facts.rounds} rounds after ${facts.warmUps} warm-up, pages interleaved, a new browser profile for each run.`,
    `Machine: ${facts.machine}. ${facts.browser}. Load average at the start: ${facts.load}.`,
    `Pages: ${versions.join(', ')}.`,
    'Medians over rounds, with the 95th percentile of all samples in brackets. A ratio is ours divided by theirs, with its ' +
      '95 % interval: below 1, ours is faster. It counts as a **win** only if the interval excludes 1.',
    table(comparisons.filter(({ line }) => !line.metric.isDetail)),
    '## Details',
    table(comparisons.filter(({ line }) => line.metric.isDetail)),
    '## Where the time goes',
    'Medians in ms. *To request*: until the request was sent; *response*: until it finished; *document*: until the rows were ' +
      'in the document; *painted*: until they were committed. Then the main thread time of the whole span, by kind of work.',
    ...comparisons.filter(({ line }) => line.metric.unit === 'ms').map(breakdown),
  ];
  if (results.unsupported.size > 0)
    parts.push('## Unsupported', list([...results.unsupported].map(([id, reason]) => `${id}: ${reason}`)));
  if (results.failures.length > 0) parts.push('## Failed runs', list(results.failures));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const list = (items: string[]): string => items.map((item) => `- ${item}`).join('\n');

function table(comparisons: Comparison[]): string {
  if (comparisons.length === 0) return '';
  const pages = ALL_PAGES.filter(({ name }) => comparisons.some(({ medians }) => name in medians));
  const head = ['', ...pages.map(({ title }) => title), 'ours / peer', 'ours / baseline', '', 'missed'];
  const rows = comparisons.map(({ line, medians, p95, best, peer, baseline, verdict, missed }) => [
    name(line),
    ...pages.map((page) => formatValue(line.metric.unit, medians[page.name], p95[page.name])),
    formatRatio(peer) && `${formatRatio(peer)} (${titleOf(best)})`,
    formatRatio(baseline),
    verdict === 'win' ? '**win**' : (verdict ?? ''),
    missed.join(', '),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const name = ({ metric, users }: Comparison['line']): string => `${metric.title}, ${users.toLocaleString('en')} users`;

function formatValue(unit: string, median: number | undefined, p95: number | undefined): string {
  if (median === undefined) return '–';
  const digits = unit === 'KB' || Math.abs(median) >= 100 ? 0 : unit === 'MB' ? 2 : 1;
  const shown = `${median.toFixed(digits)} ${unit}`.trim();
  return unit === 'ms' && p95 !== undefined ? `${shown} (${p95.toFixed(digits)})` : shown;
}

function formatRatio(ratio: Ratio | undefined): string {
  return ratio ? `${ratio.value.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]` : '';
}

const WORK: readonly Work[] = ['all', 'script', 'style', 'layout', 'paint', 'commit'];

function breakdown({ line }: Comparison): string {
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
        of(({ response }) => response),
        of(({ toDocument }) => toDocument),
        of(({ toCommit }) => toCommit),
      ].concat(WORK.map((work) => of(({ busy }) => busy[work]))),
    ];
  });
  if (rows.length === 0) return '';
  const head = [name(line), 'to request', 'response', 'document', 'painted', 'main thread', ...WORK.slice(1)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
