import { CHART_STYLE, drawChart, escape } from './chart.ts';
import type { Report } from './report.ts';
import { reportTable } from './report-text.ts';

const PAGE_STYLE = `body{font:16px system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:#fff;color:#1c1c1c}
pre{overflow-x:auto;font-size:13px;line-height:1.5}svg{width:100%;height:auto}
@media(prefers-color-scheme:dark){body{background:#17191c;color:#eee}}`;

/** The style sheets of page and picture: all that either needs beside its own text. */
export const REPORT_STYLES = [PAGE_STYLE, CHART_STYLE];

/** The report's picture: what each policy withholds and oversells, one point a policy, all channels together. */
export function reportChart(report: Report): string {
  const series = report.lines
    .filter(({ channel }) => channel === null)
    .map(({ policy, withheldUnits, cancelledShare }) => {
      return { name: policy, points: [{ x: withheldUnits, y: cancelledShare ?? 0, label: policy }] };
    });
  return drawChart(series, {
    title: 'Withheld and oversold',
    xTitle: 'units withheld, on the mean of the period',
    yTitle: 'channel orders cancelled',
    formatY: (share) => `${Number((share * 100).toPrecision(3))} %`,
  });
}

/** One file with picture and table that needs no network. */
export function reportPage(report: Report): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>What if</title>
<style>${PAGE_STYLE}</style>
<h1>What if</h1>
${reportChart(report)}
<pre>${escape(reportTable(report, 120))}</pre>
</html>
`;
}
