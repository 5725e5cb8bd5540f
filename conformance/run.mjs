// Checks whether a backend implements the API that the page needs. See README.md.
import * as access from './checks/access.mjs';
import * as cors from './checks/cors.mjs';
import * as events from './checks/events.mjs';
import * as exports from './checks/exports.mjs';
import * as filters from './checks/filters.mjs';
import * as invitations from './checks/invitations.mjs';
import * as notFound from './checks/not-found.mjs';
import * as pagination from './checks/pagination.mjs';
import * as reading from './checks/reading.mjs';
import * as sessions from './checks/sessions.mjs';
import * as sorting from './checks/sorting.mjs';
import * as validation from './checks/validation.mjs';
import * as views from './checks/views.mjs';
import { ApiClient } from './support/client.mjs';
import { Contract } from './support/contract.mjs';
import { discover } from './support/discovery.mjs';
import { Expect } from './support/expect.mjs';
import { parseOptions, USAGE } from './support/options.mjs';
import { Report } from './support/report.mjs';

/** @import { Theme } from './support/types.d.ts' */

/** @type {Record<string, Theme>} */
const THEMES = {
  reading,
  sessions,
  'not-found': notFound,
  validation,
  pagination,
  sorting,
  filters,
  access,
  invitations,
  events,
  exports,
  cors,
  views,
};

/** Runs the checks. Returns the exit code: 0 if all passed, 1 if one failed. */
async function run() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${USAGE}\nThemes: ${Object.keys(THEMES).join(', ')}\n`);
    return 0;
  }
  const themes = options.only ?? Object.keys(THEMES);
  const unknown = themes.filter((theme) => !(theme in THEMES));
  if (unknown.length > 0)
    throw new Error(`Unknown theme: ${unknown.join(', ')}. The themes are ${Object.keys(THEMES).join(', ')}.`);

  const contract = new Contract(options.contract);
  const client = new ApiClient(options.url, options.session);
  const data = await discover(client);
  const report = new Report();
  const context = { client, contract, expect: new Expect(contract), data, options, report };
  process.stdout.write(`${options.url} as ${data.manager.user.name ?? data.manager.user.email}\n`);
  for (const theme of themes) {
    const { summary, run: runChecks } = /** @type {Theme} */ (THEMES[theme]);
    await report.theme(theme, summary, () => runChecks(context));
  }
  return report.printSummary() ? 0 : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
// Exits even if a check left a stream open.
setTimeout(() => process.exit(), 1000).unref();
