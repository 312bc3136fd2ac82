import type { Report, ReportLine } from './report.ts';

const HEAD = ['POLICY', 'CHANNEL', 'PUBLISHED', 'WITHHELD', 'SOLD', 'OVERSOLD', 'CANCELLED', 'IN VAIN'] as const;

/** The report as a table of at most `columns`; names give way, numbers do not. */
export function reportTable(report: Report, columns = 80): string {
  const rows = report.lines.map((line) => cells(line));
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const over = widths.reduce((sum, width) => sum + width + 2, -2) - columns;
  widths[0] = Math.max(8, (widths[0] ?? 0) - Math.max(0, over));
  const text = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < 2 ? fit(cell, width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const silent = `${(report.silentShare * 100).toFixed(1)} %`;
  const period = `${new Date(report.from).toISOString().slice(0, 16)} to ${new Date(report.to).toISOString().slice(0, 16)}`;
  return [
    `${period} UTC, ${report.locations} stores, ${grouped(report.positions)} positions, silent ${silent} of the time`,
    '',
    text(HEAD),
    ...rows.map(text),
    '',
    'Published, withheld: units, on the mean of the period. Sold, oversold: units of channel orders. Cancelled: share of',
    'accepted orders. In vain: orders turned away that the store could have shipped.',
    '',
  ].join('\n');
}

function cells(line: ReportLine): string[] {
  return [
    line.policy,
    line.channel ?? 'all',
    grouped(line.publishedUnits),
    grouped(line.withheldUnits),
    grouped(line.soldUnits),
    grouped(line.oversoldUnits),
    line.cancelledShare === null ? '-' : `${(line.cancelledShare * 100).toFixed(2)} %`,
    grouped(line.refusedInVain),
  ];
}

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

const grouped = (value: number): string => Math.round(value).toLocaleString('en-GB');
