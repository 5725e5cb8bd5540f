/**
 * Builds the pages to dist/<name>/, with Brotli-compressed copies of their files, the driver to dist/driver/, and the
 * load program to dist/load/. With the argument `load`, builds the load program only.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import solid from 'vite-plugin-solid';

const here = import.meta.dirname;
const PAGES = { baseline: [], everything: [], react: [react()], solid: [solid()], 'ag-grid': [] };

const isLoadOnly = process.argv[2] === 'load';
for (const [name, plugins] of isLoadOnly ? [] : Object.entries(PAGES)) {
  const outDir = join(here, 'dist', name);
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(here, 'pages', name),
    base: `/bench/${name}/`,
    plugins,
    // The pages run only in a current Chromium.
    build: {
      outDir,
      emptyOutDir: true,
      target: 'esnext',
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
    },
  });
  await compress(outDir);
}

for (const name of isLoadOnly ? ['load'] : ['driver', 'load']) {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: here,
    build: { ssr: `${name}/main.ts`, outDir: join(here, 'dist', name), emptyOutDir: true, target: 'node20' },
  });
}

async function compress(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const content = await readFile(file);
    const small = await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    if (small.length < content.length) await writeFile(`${file}.br`, small);
  }
}
