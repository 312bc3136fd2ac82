/** A place on a chart: what a policy withholds, and what it oversells. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** One rule, at one or several strengths, which are joined by a line. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /** Drawn strong, with its labels. */
  readonly isOurs?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** How a tick of the ordinate reads. */
  readonly formatY: (value: number) => string;
}

const [WIDTH, HEIGHT] = [760, 440];
const FRAME = { left: 74, right: 190, top: 44, bottom: 56 };

/** Colours that stand apart for the colour-blind too, in order (Okabe and Ito), by light and by dark. */
const COLOURS = [
  ['#0072b2', '#56b4e9'],
  ['#b35900', '#e69f00'],
  ['#00795a', '#2fc7a0'],
  ['#9c3f78', '#e08dbd'],
  ['#7a6a00', '#f0e442'],
  ['#a8321e', '#ff8a66'],
  ['#555555', '#b8b8b8'],
  ['#5b3fb0', '#b39cff'],
] as const;

/** A chart as an SVG that needs nothing else: no script, no font, no network; it follows light and dark. */
export function drawChart(series: readonly ChartSeries[], options: ChartOptions): string {
  const all = series.flatMap(({ points }) => points);
  const xTicks = ticks(Math.max(1e-9, ...all.map(({ x }) => x)));
  const yTicks = ticks(Math.max(1e-9, ...all.map(({ y }) => y)));
  const [xMost, yMost] = [xTicks.at(-1) ?? 1, yTicks.at(-1) ?? 1];
  const right = WIDTH - FRAME.right;
  const bottom = HEIGHT - FRAME.bottom;
  const px = (x: number) => round(FRAME.left + (x / xMost) * (right - FRAME.left));
  const py = (y: number) => round(bottom - (y / yMost) * (bottom - FRAME.top));
  const grid = [
    ...xTicks.map((x) => {
      const line = `<line class="grid" x1="${px(x)}" x2="${px(x)}" y1="${FRAME.top}" y2="${bottom}"/>`;
      return `${line}<text class="tick" x="${px(x)}" y="${bottom + 18}" text-anchor="middle">${grouped(x)}</text>`;
    }),
    ...yTicks.map((y) => {
      const line = `<line class="grid" x1="${FRAME.left}" x2="${right}" y1="${py(y)}" y2="${py(y)}"/>`;
      return `${line}<text class="tick" x="${FRAME.left - 8}" y="${py(y) + 4}" text-anchor="end">${escape(options.formatY(y))}</text>`;
    }),
  ];
  const drawn = series.map(({ name, points, isOurs = false }, place) => {
    const colour = `c${place % COLOURS.length}`;
    const ordered = points.toSorted((a, b) => a.x - b.x);
    const path = ordered.map(({ x, y }) => `${px(x)},${py(y)}`).join(' ');
    const line = points.length > 1 ? `<polyline class="${colour}${isOurs ? ' ours' : ''}" points="${path}"/>` : '';
    const dots = ordered.map(({ x, y, label }) => {
      const dot = `<circle class="${colour}" cx="${px(x)}" cy="${py(y)}" r="${isOurs ? 4.5 : 3}">`;
      const shown = isOurs ? `<text class="label" x="${px(x) + 7}" y="${py(y) - 7}">${escape(label)}</text>` : '';
      return `${dot}<title>${escape(`${name}, ${label}: ${grouped(x)}, ${options.formatY(y)}`)}</title></circle>${shown}`;
    });
    const y = FRAME.top + 10 + place * 22;
    const key = `<circle class="${colour}" cx="${right + 20}" cy="${y}" r="4.5"/><text class="key" x="${right + 32}" y="${y + 4}">${escape(name)}</text>`;
    return `<g>${line}${dots.join('')}${key}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(options.title)}">
<style>${CHART_STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${FRAME.left}" y="24">${escape(options.title)}</text>
${grid.join('\n')}
<text class="axis" x="${(FRAME.left + right) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escape(options.xTitle)}</text>
<text class="axis" transform="translate(18 ${(FRAME.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(options.yTitle)}</text>
${drawn.join('\n')}
</svg>
`;
}

const colourRules = (theme: 0 | 1): string =>
  COLOURS.map((pair, place) => `circle.c${place}{fill:${pair[theme]}}polyline.c${place}{stroke:${pair[theme]}}`).join(
    '',
  );

export const CHART_STYLE = `text{font:12px system-ui,sans-serif;fill:#1c1c1c}.title{font-size:15px;font-weight:600}.tick,.axis{fill:#555}
.label{font-size:11px;font-weight:600}.ground{fill:#fff}.grid{stroke:#e2e2e2}polyline{fill:none;stroke-width:1.5}
polyline.ours{stroke-width:3}${colourRules(0)}
@media(prefers-color-scheme:dark){text{fill:#eee}.tick,.axis{fill:#aaa}.ground{fill:#17191c}.grid{stroke:#34373b}${colourRules(1)}}`;

/** From 0 to the first round number at or above the most, in steps of 1, 2 or 5. */
function ticks(most: number): number[] {
  const raw = most / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, place) => place * step);
}

const round = (value: number): number => Math.round(value * 10) / 10;

function grouped(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 2 : 0 });
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
