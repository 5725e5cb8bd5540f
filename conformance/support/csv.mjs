/**
 * Parses CSV, with or without a byte-order mark, into rows of cells. Returns undefined if it is malformed: https://www.rfc-editor.org/rfc/rfc4180
 *
 * @param {string} file
 * @returns {string[][] | undefined}
 */
export function parseCsv(file) {
  /** @type {string[]} */
  let row = [];
  const rows = [row];
  const text = file.replace(/^\uFEFF/, '');
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
