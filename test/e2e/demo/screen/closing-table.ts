import type { DelayFigures, Delays } from '../oracle/delays.ts';
import { drawOutsideOutcome, type OutsideOutcome } from '../channels/draw-channels.ts';
import type { Fault } from '../live/faults.ts';
import type { StoreTally } from '../live/feeder.ts';
import type { FileTotals } from '../oracle/reports.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import { grouped, left, right, span, type Pen } from './screen.ts';
import type { StoreVerdict, Verdict } from '../oracle/verify.ts';

/** Everything that the closing table tells. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly tally: Readonly<Record<StoreCode, StoreTally>>;
  readonly files: Readonly<Record<StoreCode, FileTotals>>;
  readonly late: Readonly<Record<StoreCode, number>>;
  readonly delays: Delays;
  readonly faults: readonly Fault[];
  readonly feedMs: number;
  readonly settleMs: number;
  readonly wireBytesUp: number;
  readonly problems: string[];
  readonly outside: OutsideOutcome | undefined;
}

type Cell = (code: StoreCode) => number;
/** `zero`: any other number is bad. `whole`: it must be the number of the line before. */
type Row = readonly [label: string, cell: Cell, must?: 'zero' | 'whole'];

/** The closing table, at most 79 wide. Pure. */
export function drawOutcome(outcome: Outcome, pen: Pen): string[] {
  const { verdict, tally, files } = outcome;
  const of =
    (pick: (store: StoreVerdict) => number): Cell =>
    (code) =>
      pick(verdict.stores[code]);
  const rows: (Row | undefined)[] = [
    ['input rows', of(({ rows }) => rows)],
    ['  in facts, as they are', of((one) => one.rows - one.rowsUnaccounted - one.rowsInQuarantine)],
    ['  in quarantine, with a reason', of((one) => one.rowsInQuarantine)],
    ['  unaccounted for', of((one) => one.rowsUnaccounted), 'zero'],
    undefined,
    ['facts (sales, returns, counts, ...)', of(({ facts }) => facts.expected)],
    ['  at the hub, exactly as they were', of(({ facts }) => facts.right.length), 'whole'],
    ['  lost', of(({ facts }) => facts.lost.length), 'zero'],
    ['  doubled', of(({ facts }) => facts.doubled.length), 'zero'],
    ['  changed, or sent by nobody', of(({ facts }) => facts.different.length + facts.unexpected.length), 'zero'],
    undefined,
    ['facts handed over a day late or more', (code) => outcome.late[code]],
    ['facts handed over again, recognised', (code) => tally[code].duplicates + files[code].duplicates],
    ['files handed over', (code) => files[code].files],
    ['  the very same again, recognised', (code) => files[code].seenBefore],
    ['requests without answer, repeated', (code) => tally[code].retries],
    ['set aside in quarantine', of(({ quarantine }) => quarantine.found.length + quarantine.unexpected.length)],
    [
      '  missing or without reason',
      of(({ quarantine }) => quarantine.missing.length + quarantine.unexpected.length),
      'zero',
    ],
    undefined,
    ['positions', of(({ positions }) => positions.expected)],
    ["  different from the input's fold", of(({ positions }) => positions.wrong.length), 'zero'],
    ["  different in the store's own view", of(({ ownView }) => ownView.wrong.length), 'zero'],
    ['  below zero, shown as such', of((one) => one.negative)],
    ['count lines', of(({ counts }) => counts.expected / 2)],
    ['  with a wrong number or variance', of(({ counts }) => counts.wrong.length), 'zero'],
  ];
  return [
    ` ${pen('bold', left('What came of it', 38))}${[...STORES, 'all'].map((name) => pen('bold', right(name, 10))).join('')}`,
    ...rows.map((row, place) => (row ? drawRow(row, rows[place - 1], pen) : '')),
    '',
    ` ${pen('bold', left('Quarantine', 46))}${[...STORES, 'all'].map((name) => pen('bold', right(name, 8))).join('')}`,
    ...quarantineLines(verdict),
    '',
    ...factsAndFigures(outcome, pen),
    '',
    ...(outcome.outside === undefined ? [] : [...drawOutsideOutcome(outcome.outside, pen), '']),
    ...verdictLines(outcome, pen),
  ];
}

function drawRow([label, cell, must]: Row, before: Row | undefined, pen: Pen): string {
  const numbers = STORES.map(cell);
  const wholes = must === 'whole' && before ? STORES.map(before[1]) : undefined;
  const all = [...numbers, sum(numbers)];
  const goals = wholes ? [...wholes, sum(wholes)] : all.map(() => 0);
  const cells = all.map((number, place) => {
    const text = right(grouped(number), 10);
    if (must === undefined) return text;
    return pen(number === goals[place] ? 'green' : 'red', text);
  });
  return ` ${left(label, 38)}${cells.join('')}`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function quarantineLines(verdict: Verdict): string[] {
  const found = STORES.flatMap((code) => verdict.stores[code].quarantine.found);
  const groups = Map.groupBy(found, ({ code, why }) => `   ${left(code, 18)}${left(why, 26)}`);
  return [...groups].map(([name, list]) => {
    const stores = STORES.map((code) => list.filter(({ store }) => store === code).length);
    return name + [...stores, list.length].map((count) => right(count > 0 ? String(count) : '', 8)).join('');
  });
}

function factsAndFigures({ delays, feedMs, settleMs, wireBytesUp, verdict }: Outcome, pen: Pen): string[] {
  const { all, calm } = delays;
  const facts = sum(STORES.map((code) => verdict.stores[code].facts.expected));
  const line = (name: string, text: string) => ` ${pen('bold', left(name, 14))}${text}`;
  const more = (text: string) => `               ${pen('dim', text)}`;
  return [
    line('Throughput', `${grouped(facts)} facts in ${span(feedMs + settleMs)}, the pace of the tills; no benchmark`),
    more(`most in one second: ${grouped(delays.mostInOneSecond)}; all in place ${span(settleMs)} after the last sale`),
    more(`${grouped(wireBytesUp / Math.max(1, facts))} bytes a fact to the hub, with handshakes and repetition`),
    line('Delay', `median ${span(all.medianMs)}, 95 % ${span(all.p95Ms)}, worst ${span(all.worstMs)}: outages in full`),
    more(calm.facts === 0 ? 'nothing was written while nothing failed' : calmText(calm)),
    more('from the write to the journal, before its fsync, to the first look'),
    more("that finds the fact in the hub's committed state: one look in 20 ms"),
    line(
      'Availability',
      `${grouped(verdict.availability.expected)} skus of channel WEB over the stores, ${grouped(verdict.availability.wrong.length)} different`,
    ),
  ];
}

const calmText = ({ facts, medianMs, p95Ms, worstMs }: DelayFigures): string =>
  `while nothing failed: ${span(medianMs)}, ${span(p95Ms)}, ${span(worstMs)} (${grouped(facts)} facts)`;

function verdictLines({ faults, problems }: Outcome, pen: Pen): string[] {
  const survived = faults.filter(({ state }) => state === 'survived').length;
  const failures = ` ${pen('bold', 'Failures')}      ${survived} of ${faults.length} survived`;
  if (problems.length === 0)
    return [failures, '', ` ${pen('green', '✔ nothing lost, nothing doubled, every number as it must be')}`];
  return [failures, '', ` ${pen('red', '✘ not as it must be:')}`, ...problems.map((problem) => `   ${problem}`)];
}
