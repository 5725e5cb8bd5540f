/**
 * Parses CSV into rows of cells, or returns undefined if it is malformed: https://www.rfc-editor.org/rfc/rfc4180
 *
 * @param {string} text
 * @returns {string[][] | undefined}
 */
export function parseCsv(text) {
  /** @type {string[]} */
  let row = [];
  const rows = [row];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) return undefined;
    const [, quoted, plain = '', end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',' && cell.lastIndex < text.length) {
      row = [];
      rows.push(row);
    }
    // The text ends with a comma, so its last cell is empty.
    if (end === ',' && cell.lastIndex === text.length) row.push('');
  }
  return rows;
}
