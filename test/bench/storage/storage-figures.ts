import { median, printTable, round } from '../print.ts';
import { ENGINES, type BenchEngine, type EngineName } from './engines.ts';

/** What one run of one engine measured; undefined: it has no such thing. */
export interface Figures {
  readonly insertMs: number;
  /** The disk's limit at the same time. */
  readonly rawMs: number;
  readonly bulkS: number;
  readonly findMs: number;
  readonly dayMs: number;
  readonly pushS: number;
  readonly reopenMs: number | undefined;
  readonly afterKillMs: number | undefined;
  readonly rssMb: number;
  readonly fileMb: number | undefined;
}

const mid = (figures: readonly Figures[], of: (figures: Figures) => number | undefined): number =>
  median(figures.flatMap((one) => of(one) ?? []));

export function printSize(size: number, byEngine: ReadonlyMap<EngineName, Figures[]>): void {
  const rawMs = mid([...byEngine.values()].flat(), (one) => one.rawMs);
  const text = (value: number, digits: number) => (Number.isNaN(value) ? '-' : round(value, digits));
  printTable(
    [
      `${round(size)} sales`,
      'insert ms',
      '/s',
      'bulk s',
      'find ms',
      'day ms',
      'push s',
      'reopen ms',
      'after kill',
      'RSS MB',
      'file MB',
    ],
    [
      ...[...byEngine].map(([name, figures]) => [
        name,
        text(
          mid(figures, (one) => one.insertMs),
          3,
        ),
        text(1_000 / mid(figures, (one) => one.insertMs), 0),
        text(
          mid(figures, (one) => one.bulkS),
          2,
        ),
        text(
          mid(figures, (one) => one.findMs),
          3,
        ),
        text(
          mid(figures, (one) => one.dayMs),
          3,
        ),
        text(
          mid(figures, (one) => one.pushS),
          2,
        ),
        text(
          mid(figures, (one) => one.reopenMs),
          0,
        ),
        text(
          mid(figures, (one) => one.afterKillMs),
          0,
        ),
        text(
          mid(figures, (one) => one.rssMb),
          0,
        ),
        text(
          mid(figures, (one) => one.fileMb),
          1,
        ),
      ]),
      ['4 KiB append + fsync', round(rawMs, 3), round(1_000 / rawMs)],
    ],
  );
}

export function printTargets(
  bySize: ReadonlyMap<number, ReadonlyMap<EngineName, Figures[]>>,
  small: number,
  large: number,
): void {
  const of = (size: number, name: EngineName) => bySize.get(size)?.get(name) ?? [];
  const ratio = (value: number) => `${round(value, 2)} x`;
  const insertMs = (name: EngineName) => mid([...of(small, name), ...of(large, name)], (one) => one.insertMs);
  const engines = Object.entries(ENGINES) as [EngineName, BenchEngine][];
  for (const [name, { target }] of engines) {
    const rows = target === 'own' ? ownTargets(name) : [];
    if (target === 'share of sqlite') {
      rows.push(['inserts a second / those of sqlite', ratio(insertMs('sqlite') / insertMs(name)), '0.40 x']);
    }
    if (rows.length > 0) printTable([`${name} against its targets`, 'reached', 'target'], rows);
  }

  function ownTargets(name: EngineName): string[][] {
    const growth = mid(of(large, name), (one) => one.rssMb) - mid(of(small, name), (one) => one.rssMb);
    const raw = mid([...of(small, name), ...of(large, name)], (one) => one.insertMs / one.rawMs);
    const bulk = mid(of(small, name), (one) => one.bulkS) / mid(of(small, 'memory'), (one) => one.bulkS);
    return [
      ['insert / append + fsync', ratio(raw), '1.5 x'],
      ['bulk / memory', ratio(bulk), '2.5 x'],
      [`reopen of ${round(large)}`, `${round(mid(of(large, name), (one) => one.reopenMs))} ms`, '100 ms'],
      [`RSS from ${round(small)} to ${round(large)}`, `${round(growth)} MB`, '40 MB'],
    ];
  }
}
