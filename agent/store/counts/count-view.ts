import type { Person } from '#shared/agent-api/answers.ts';
import type { CountLine, CountView, NamedSku, OtherCounter, RecentAct, UnknownCode } from '#shared/agent-api/counts.ts';
import type { Count } from './count.ts';
import type { ActEntry, OwnCount } from './fold-sku.ts';
import type { Tally } from './tally.ts';

const LINES_MAX = 100;
const RECENT_MAX = 20;
const LAST_MAX = 5;

/** What the store knows of skus and codes. */
export interface SkuLore {
  nameOf(sku: string): string | null;
  onHand(sku: string): number;
  isAmbiguous(code: string): boolean;
  /** How many skus are expected that nobody has counted. */
  missingItems(count: Count): number;
}

/** Whether somebody sees what is expected and what others have counted: not a clerk in a blind count (CN6). */
export const seesAll = ({ opening: { opening } }: Count, { role }: Person): boolean =>
  role === 'manager' || !opening.blind;

/** The count as this person sees it. */
export function viewCount(count: Count, person: Person, lore: SkuLore): CountView {
  const { tally, opening } = count;
  const isOpenToSee = seesAll(count, person);
  const all = linesOf(tally);
  const mine = all.filter(({ own }) => own.by === person.name).toSorted((a, b) => b.own.lastAt - a.own.lastAt);
  const lines = mine.slice(0, LINES_MAX).map(({ sku, zone, own }): CountLine => {
    const { quantity, scans, firstAt, lastAt } = own;
    const expected = isOpenToSee ? lore.onHand(sku) : null;
    return { sku, name: lore.nameOf(sku), zone, quantity, scans, firstAt, lastAt, expected };
  });
  const isGuess = opening.opening.expected.kind === 'all' && !isOpenToSee;
  return {
    ...count.header(person.role === 'manager'),
    version: count.version,
    items: mine.length,
    units: mine.reduce((sum, { own }) => sum + own.quantity, 0),
    lines,
    recent: recentOf(count, person, lore),
    others: othersOf(all, person, lore, isOpenToSee),
    unknown: unknownOf(tally, lore, isOpenToSee ? undefined : person.name),
    recount: tally.recounts().map((sku) => named(sku, lore)),
    missing: opening.opening.expected.kind === 'none' || isGuess ? null : lore.missingItems(count),
    zones: [...new Set([opening.opening.zone, ...all.map(({ zone }) => zone)])],
  };
}

export const named = (sku: string, lore: SkuLore): NamedSku => ({ sku, name: lore.nameOf(sku) });

/** @param by only what this person scanned */
export function unknownOf(tally: Tally, lore: SkuLore, by?: string): UnknownCode[] {
  return tally.unknownCodes().flatMap(({ code, scans }) => {
    const seen = by === undefined ? scans : scans.filter((scan) => scan.by === by);
    if (seen.length === 0) return [];
    return {
      code,
      quantity: seen.reduce((sum, scan) => sum + tally.quantityOf(scan), 0),
      by: [...new Set(seen.map((scan) => scan.by))],
      zones: [...new Set(seen.map(zoneOf))],
      lastAt: Math.max(...seen.map(({ at }) => at)),
      isAmbiguous: lore.isAmbiguous(code),
    };
  });
}

interface Line {
  readonly sku: string;
  readonly zone: string;
  readonly own: OwnCount;
}

const linesOf = (tally: Tally): Line[] =>
  tally
    .counts()
    .flatMap(({ sku, zones }) => zones.flatMap(({ zone, counters }) => counters.map((own) => ({ sku, zone, own }))));

const zoneOf = ({ act }: ActEntry): string => ('zone' in act ? act.zone : '');

function recentOf({ tally, state }: Count, { name }: Person, lore: SkuLore): RecentAct[] {
  const recent: RecentAct[] = [];
  if (state !== 'open') return recent;
  for (const entry of tally.standing()) {
    if (entry.by !== name) continue;
    const sku = tally.skuOf(entry) ?? null;
    recent.push({
      entry: entry.key,
      sku,
      name: sku === null ? null : lore.nameOf(sku),
      code: entry.act.do === 'scan' ? entry.act.code : (sku ?? ''),
      zone: zoneOf(entry),
      quantity: tally.quantityOf(entry),
      at: entry.at,
    });
    if (recent.length >= RECENT_MAX) break;
  }
  return recent;
}

function othersOf(all: readonly Line[], person: Person, lore: SkuLore, isOpenToSee: boolean): OtherCounter[] {
  const byName = new Map<string, Line[]>();
  for (const line of all) {
    if (line.own.by !== person.name) byName.set(line.own.by, [...(byName.get(line.own.by) ?? []), line]);
  }
  return [...byName].map(([name, lines]) => {
    const last = lines.toSorted((a, b) => b.own.lastAt - a.own.lastAt).slice(0, isOpenToSee ? LAST_MAX : 0);
    return {
      name,
      zones: [...new Set(lines.map(({ zone }) => zone))],
      items: lines.length,
      units: isOpenToSee ? lines.reduce((sum, { own }) => sum + own.quantity, 0) : null,
      lastAt: Math.max(...lines.map(({ own }) => own.lastAt)),
      last: last.map(({ sku, zone, own }) => ({ sku, name: lore.nameOf(sku), zone, quantity: own.quantity })),
    };
  });
}
