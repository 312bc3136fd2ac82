import type { Fault } from '../live/faults.ts';
import type { StoreTally } from '../live/feeder.ts';
import { drawOutside, type OutsideProgress } from '../channels/draw-channels.ts';
import { STORES, WAYS, type StoreCode } from '../input/rules.ts';
import { clock, dayName, fit, grouped, left, penFor, right, span, type Pen } from './screen.ts';
import type { StoreView } from '../live/watch.ts';

/** Everything that the display shows. */
export interface Progress {
  readonly title: string;
  readonly phase: 'feeding' | 'settling';
  readonly elapsedMs: number;
  /** Trading days that have passed, and all of them. */
  readonly day: number;
  readonly days: readonly string[];
  readonly facts: Readonly<Record<StoreCode, number>>;
  readonly tally: Readonly<Record<StoreCode, StoreTally>>;
  readonly views: Readonly<Record<StoreCode, StoreView>>;
  readonly links: Readonly<Record<StoreCode, string>>;
  readonly isHubUp: boolean;
  readonly isDatabaseUp: boolean;
  readonly faults: readonly Fault[];
  /** Where channels and an ERP were asked for. */
  readonly outside?: OutsideProgress | undefined;
}

const FIXED_LINES = 13;

/** One picture of the run, as lines that fit into `columns` and `rows`. Pure. */
export function drawProgress(progress: Progress, columns: number, rows: number, pen: Pen): string[] {
  const { days, day, elapsedMs, phase } = progress;
  const width = Math.min(columns - 1, 120);
  const part = Math.min(1, day / days.length);
  const today = dayName(days[Math.min(days.length - 1, Math.floor(day))] ?? '');
  const percent = `${right(`${Math.floor(part * 100)} %`, 6)} ${right(clock(elapsedMs), 6)}`;
  const timeBar = bar(width - 19 - percent.length - 1, [[part, 'cyan', '█']], pen);
  const shown = progress.faults.filter(({ state }) => state !== 'planned');
  const outside =
    progress.outside === undefined ? [] : drawOutside(progress.outside, width, (...given) => bar(...given, pen), pen);
  const room = Math.max(1, rows - FIXED_LINES - outside.length);
  const state = (name: string, isUp: boolean) =>
    `${pen('dim', name)} ${isUp ? pen('green', '● up  ') : pen('red', '○ down')}`;
  return [
    ` ${pen('bold', 'Shelfwire demo')}  ${pen('dim', fit(progress.title, width - 18))}`,
    '',
    ` ${pen('bold', left(today, 17))} ${timeBar}${percent}`,
    ` ${pen('dim', phase === 'feeding' ? 'tills hand over their sales' : 'all is handed over; waiting for the rest to arrive')}`,
    '',
    pen(
      'dim',
      ` ${left('store', width - 40)}${right('handed over', 12)}${right('on disk', 8)}${right('at hub', 8)}  line`,
    ),
    ...STORES.map((code) => storeLine(code, progress, width, pen)),
    ` ${' '.repeat(18)}${legend(pen)}`,
    ...outside,
    '',
    ` ${state('hub', progress.isHubUp)}   ${state('PostgreSQL', progress.isDatabaseUp)}   ${pen('dim', 'failures on purpose')} ${shown.length}${pen('dim', ` of ${progress.faults.length}`)}`,
    ...shown.slice(-room).map((fault) => faultLine(fault, width, pen)),
  ];
}

function storeLine(code: StoreCode, { facts, tally, views, links }: Progress, width: number, pen: Pen): string {
  const all = facts[code];
  const { committed, journaled, phase } = views[code];
  const fed = Math.max(tally[code].fed.size, journaled);
  const picture = bar(
    width - 59,
    [
      [committed / all, 'green', '█'],
      [journaled / all, 'yellow', '▓'],
      [fed / all, 'dim', '▒'],
    ],
    pen,
  );
  const number = (count: number, columns: number) => right(grouped(count), columns);
  const link = links[code];
  const line = phase === 'down' ? pen('red', 'agent down') : link === 'open' ? phaseText(phase, pen) : pen('red', link);
  return ` ${pen('bold', left(code, 6))} ${pen('dim', left(WAYS[code], 11))}${picture}${number(fed, 12)}${number(journaled, 8)}${number(committed, 8)}  ${line}`;
}

const phaseText = (phase: string, pen: Pen): string =>
  phase === 'online' ? pen('green', 'online') : pen('yellow', phase.slice(0, 10));

const legend = (pen: Pen): string =>
  `${pen('green', '█')}${pen('dim', ' at the hub  ')}${pen('yellow', '▓')}${pen('dim', ' on disk, waiting  ▒ handed over')}`;

/** Parts of a whole, each reaching from the left as far as its number (0 to 1) says; the first is on top. */
function bar(columns: number, parts: readonly [number, Parameters<Pen>[0], string][], pen: Pen): string {
  let drawn = 0;
  let text = '';
  for (const [part, style, char] of parts) {
    const until = Math.round(Math.min(1, part) * columns);
    if (until > drawn) text += pen(style, char.repeat(until - drawn));
    drawn = Math.max(drawn, until);
  }
  return text + pen('dim', '·'.repeat(Math.max(0, columns - drawn)));
}

function faultLine(fault: Fault, width: number, pen: Pen): string {
  const end = outcome(fault);
  const colour = fault.state === 'survived' ? 'green' : fault.state === 'not survived' ? 'red' : 'yellow';
  return ` ${pen('dim', right(clock(fault.beganMs), 5))}  ${fit(fault.what, width - 38)} ${pen(colour, fit(end, 29))}`;
}

/** What became of a failure, in words. */
export function outcome({ state, lastedMs, recoveredMs }: Fault): string {
  if (state === 'survived') return `${span(lastedMs)}, in step ${span(recoveredMs)} later`;
  return state === 'recovering' ? `${span(lastedMs)}, catching up` : state;
}

const REDRAW_MS = 150;
const LINE_EVERY_MS = 5_000;

/** Columns and rows that the picture needs; on a smaller terminal lines are told, as where there is none. */
const LEAST = { columns: 80, rows: 20, rowsWithChannels: 24 };

/** Shows the run while it goes on: redrawn in place on a terminal, else a line now and then. */
export class Display {
  readonly #out: NodeJS.WriteStream;
  readonly #isPicture: boolean;
  readonly #read: () => Progress;
  readonly #pen: Pen;
  #timer: NodeJS.Timeout | undefined;
  #height = 0;
  #told = new Set<Fault>();

  constructor(out: NodeJS.WriteStream, read: () => Progress) {
    this.#out = out;
    this.#read = read;
    this.#isPicture =
      out.isTTY &&
      out.columns >= LEAST.columns &&
      out.rows >= (read().outside === undefined ? LEAST.rows : LEAST.rowsWithChannels);
    this.#pen = penFor(out.isTTY && process.env['NO_COLOR'] === undefined);
  }

  start(): void {
    if (this.#isPicture) this.#out.write('\u001B[?25l');
    const every = this.#isPicture ? REDRAW_MS : LINE_EVERY_MS;
    this.#timer = setInterval(() => this.#show(), every);
    this.#show();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#show();
    if (this.#isPicture) this.#out.write('\u001B[?25h\n');
  }

  #show(): void {
    if (this.#isPicture) this.#redraw();
    else this.#tell();
  }

  #redraw(): void {
    const { columns, rows } = this.#out;
    const lines = drawProgress(this.#read(), columns, rows - 1, this.#pen);
    const up = this.#height > 0 ? `\u001B[${this.#height}A` : '';
    this.#out.write(`${up}\r${lines.map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`);
    this.#height = lines.length;
  }

  #tell(): void {
    const { elapsedMs, day, days, views, tally, faults } = this.#read();
    for (const fault of faults) {
      if (this.#told.has(fault) || !(fault.state === 'survived' || fault.state === 'not survived')) continue;
      this.#told.add(fault);
      this.#out.write(`${right(clock(fault.beganMs), 5)}  ${fault.what}: ${outcome(fault)}\n`);
    }
    const stores = STORES.map((code) => {
      const { committed, journaled } = views[code];
      return `${code} ${Math.max(tally[code].fed.size, journaled)}/${journaled}/${committed}`;
    });
    const today = days[Math.min(days.length - 1, Math.floor(day))];
    this.#out.write(`${right(clock(elapsedMs), 5)}  ${today}  ${stores.join('  ')}  (handed over/on disk/at hub)\n`);
  }
}
