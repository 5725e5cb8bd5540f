// Tells whether a backend does what the page relies on. See README.md.
import * as access from './checks/access.mjs';
import * as events from './checks/events.mjs';
import * as exports from './checks/exports.mjs';
import * as filters from './checks/filters.mjs';
import * as invitations from './checks/invitations.mjs';
import * as missing from './checks/missing.mjs';
import * as order from './checks/order.mjs';
import * as origins from './checks/origins.mjs';
import * as reading from './checks/reading.mjs';
import * as refusals from './checks/refusals.mjs';
import * as sessions from './checks/sessions.mjs';
import * as views from './checks/views.mjs';
import * as windows from './checks/windows.mjs';
import { Caller } from './support/caller.mjs';
import { Contract } from './support/contract.mjs';
import { discover } from './support/discovery.mjs';
import { Expect } from './support/expect.mjs';
import { readOptions, USAGE } from './support/options.mjs';
import { Report } from './support/report.mjs';

/** @import { Theme } from './support/types.d.ts' */

/** @type {Record<string, Theme>} */
const THEMES = {
  reading,
  sessions,
  missing,
  refusals,
  windows,
  order,
  filters,
  access,
  invitations,
  events,
  exports,
  origins,
  views,
};

/** Answers the code that the program ends with: 0 for a backend that conforms, 1 for one that does not, 2 for none. */
async function run() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${USAGE}\nThemes: ${Object.keys(THEMES).join(', ')}\n`);
    return 0;
  }
  const themes = options.only ?? Object.keys(THEMES);
  const unknown = themes.filter((theme) => !(theme in THEMES));
  if (unknown.length > 0)
    throw new Error(`There is no theme ${unknown.join(', ')}; there are ${Object.keys(THEMES).join(', ')}.`);

  const contract = new Contract(options.contract);
  const caller = new Caller(options.url, options.session);
  const found = await discover(caller);
  const report = new Report();
  const context = { caller, contract, expect: new Expect(contract), found, options, report };
  process.stdout.write(`${options.url} as ${found.manager.user.name ?? found.manager.user.email}\n`);
  for (const theme of themes) {
    const { what, run: check } = /** @type {Theme} */ (THEMES[theme]);
    await report.theme(theme, what, () => check(context));
  }
  return report.summarise() ? 0 : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
// Streams that a check left open keep nobody waiting.
setTimeout(() => process.exit(), 1000).unref();
