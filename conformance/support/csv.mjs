/**
 * Reads comma-separated values (RFC 4180): rows of cells.
 *
 * @param {string} text
 * @returns {string[][] | undefined}
 */
export function readCsv(text) {
  /** @type {string[]} */
  let row = [];
  const rows = [row];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) return undefined;
    const [, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',' && cell.lastIndex < text.length) {
      row = [];
      rows.push(row);
    }
    // An empty cell at the very end.
    if (end === ',' && cell.lastIndex === text.length) row.push('');
  }
  return rows;
}
