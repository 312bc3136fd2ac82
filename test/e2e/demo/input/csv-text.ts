/** One record of a CSV text: its cells, and its text as it stands there. */
export interface CsvRow {
  readonly raw: string;
  readonly cells: readonly string[];
}

/** Reads comma-separated text, quotes and all. The demo's own, so that what it expects does not rest on what it tests. */
export function readCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let start = 0;
  let quoted = false;
  for (let at = 0; at <= text.length; at++) {
    const char = at < text.length ? text[at]! : '\n';
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      const raw = text.slice(start, at).replace(/\r$/, '');
      cells.push(cell.replace(/\r$/, ''));
      if (raw !== '') rows.push({ raw, cells });
      cells = [];
      cell = '';
      start = at + 1;
    } else cell += char;
  }
  return rows;
}
