/** Reads comma-separated values (RFC 4180): rows of cells. */
export function readCsv(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) return undefined;
    const [, quoted, plain, end] = found;
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',' && cell.lastIndex < text.length) rows.push([]);
    // An empty cell at the very end.
    if (end === ',' && cell.lastIndex === text.length) rows.at(-1).push('');
  }
  return rows;
}
