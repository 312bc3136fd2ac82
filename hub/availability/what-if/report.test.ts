import { expect, it } from 'vitest';
import { drawChart } from './chart.ts';
import { reportPage } from './report-page.ts';
import { reportTable } from './report-text.ts';
import type { Report, ReportLine } from './report.ts';

const line = (policy: string, channel: string | null): ReportLine => ({
  policy,
  channel,
  publishedUnits: 1_234_567.8,
  withheldUnits: 12_345.6,
  orders: 40_000,
  soldUnits: 123_456,
  oversoldUnits: 12,
  cancelledOrders: 7,
  cancelledShare: 0.00123,
  refusedInVain: 88,
});
const REPORT: Report = {
  from: Date.UTC(2026, 0, 1),
  to: Date.UTC(2026, 1, 1),
  locations: 8,
  positions: 26_000,
  silentShare: 0.104,
  lines: [line('no buffer <at> all, whatever comes', null), line('no buffer <at> all, whatever comes', 'amazon')],
};

it('the table fits the terminal', () => {
  for (const columns of [80, 100, 140]) {
    const table = reportTable(REPORT, columns).split('\n').slice(2, 5);
    for (const row of table) expect(row.length).toBeLessThanOrEqual(columns);
    expect(table[1]).toContain('0.12 %');
  }
});

it('the page stands alone: no script, no address, names escaped, light and dark', () => {
  const page = reportPage(REPORT);
  expect(page).toContain('no buffer &lt;at&gt; all');
  expect(page).toContain('prefers-color-scheme:dark');
  expect(page).not.toMatch(/<script|<link|@import|url\(/);
  expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
});

it('a chart holds every point within its frame, and nothing but numbers', () => {
  const points = [0, 3_000, 99_000].map((x) => ({ x, y: x / 1e6, label: String(x) }));
  const svg = drawChart([{ name: 'a', points, isOurs: true }], {
    title: 't',
    xTitle: 'x',
    yTitle: 'y',
    formatY: String,
  });
  expect(svg).not.toContain('NaN');
  const placed = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].slice(0, 3);
  expect(placed).toHaveLength(3);
  for (const [, x, y] of placed) {
    expect(Number(x)).toBeLessThanOrEqual(760 - 190);
    expect(Number(y)).toBeGreaterThanOrEqual(44);
  }
});
