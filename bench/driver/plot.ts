import { ALL_PAGES } from './pages/index.ts';
import type { Comparison } from './results.ts';

const [WIDTH, NAMES, RIGHT, BAR, GAP, TOP] = [960, 330, 110, 13, 18, 70] as const;
const COLOURS: Record<string, string> = {
  ours: '#2b5cdb',
  baseline: '#8a92a1',
  react: '#14866d',
  solid: '#b8860b',
  'ag-grid': '#a33b7a',
  everything: '#b3541e',
};

/** Renders an SVG with bars of all pages for each metric. The thin line is the 95th percentile. */
export function plot(comparisons: Comparison[], subtitle: string): string {
  const shown = comparisons.filter(({ line, medians }) => !line.metric.isDetail && (medians.ours ?? 0) > 0);
  const parts: string[] = [];
  let y = TOP;
  for (const { line, medians, p95 } of shown) {
    const pages = ALL_PAGES.filter((page) => page.name in medians);
    const { title, unit } = line.metric;
    const isTime = unit === 'ms';
    const max = Math.max(...pages.map((page) => Math.max(medians[page.name] ?? 0, isTime ? (p95[page.name] ?? 0) : 0)));
    const width = (value: number): number => ((WIDTH - NAMES - RIGHT) * value) / max;
    const middle = y + (pages.length * BAR) / 2;
    parts.push(text(NAMES - 12, middle - 2, title, 'end', 'name'));
    parts.push(text(NAMES - 12, middle + 12, `${line.users.toLocaleString('en')} users`, 'end', 'value'));
    for (const page of pages) {
      const median = medians[page.name] ?? 0;
      const bar = `x="${NAMES}" y="${y}" width="${width(median).toFixed(1)}" height="${BAR - 2}" fill="${COLOURS[page.name]}"`;
      parts.push(`<rect ${bar}><title>${escapeXml(page.title)}: ${median.toFixed(1)} ${unit}</title></rect>`);
      const end = isTime ? width(p95[page.name] ?? median) : 0;
      if (end > width(median))
        parts.push(
          `<path d="M${(NAMES + width(median)).toFixed(1)} ${y + BAR / 2 - 1}H${(NAMES + end).toFixed(1)}" stroke="${COLOURS[page.name]}"/>`,
        );
      parts.push(
        text(
          NAMES + Math.max(end, width(median)) + 6,
          y + BAR - 3,
          `${median.toFixed(median < 100 ? 1 : 0)} ${unit}`,
          'start',
          'value',
        ),
      );
      y += BAR;
    }
    y += GAP;
  }
  const legend = ALL_PAGES.map(({ name, title }, index) => {
    const x = 150 + index * 132;
    return `<rect x="${x}" y="44" width="10" height="10" fill="${COLOURS[name]}"/>${text(x + 15, 53, title, 'start', 'value')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="Medians of all pages">
<style>text{font:11px system-ui,sans-serif;fill:#47505f}.title{font-size:15px;font-weight:600;fill:#14181f}.name{fill:#14181f}</style>
<rect width="100%" height="100%" fill="#fff"/>
${text(NAMES, 22, 'Users table: medians, shorter is better', 'start', 'title')}
${text(NAMES, 37, subtitle, 'start', 'value')}
${legend.join('\n')}
${parts.join('\n')}
</svg>
`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'end', className: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${className}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
