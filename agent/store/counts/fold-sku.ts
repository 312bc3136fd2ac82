import type { EntryOf } from './entry.ts';

/** What one person counted of a sku in one zone. */
export interface OwnCount {
  readonly by: string;
  readonly quantity: number;
  readonly scans: number;
  /** Of the acts that the quantity comes from. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface ZoneCount {
  readonly zone: string;
  readonly counters: readonly OwnCount[];
  /** What a manager has decided about several counters; null: nothing yet, or only one has counted. */
  readonly choice: 'add' | { readonly take: string } | null;
  /** Null: several have counted here and nobody has decided. */
  readonly quantity: number | null;
}

/** One sku in a count. */
export interface SkuCount {
  readonly sku: string;
  readonly zones: readonly ZoneCount[];
  /** Over all zones; null while a zone is open. */
  readonly quantity: number | null;
  readonly firstAt: number;
  readonly lastAt: number;
  /** A manager has said that there is none. */
  readonly isZeroed: boolean;
}

/** To be counted again, or never counted. */
export type SkuState = SkuCount | 'recount' | undefined;

export type ActEntry = EntryOf<'act'>;

/** What later acts have made of earlier ones. */
export interface Corrections {
  isUndone(key: string): boolean;
  /** Of a scan: what it was amended to. */
  amended(key: string): { readonly quantity: number; readonly at: number } | undefined;
}

interface OpenZone {
  readonly zone: string;
  readonly counters: Map<string, OwnCount>;
  choice: ZoneCount['choice'];
}

/** The same zone, however it is spelled. */
export const zoneKey = (zone: string): string => zone.trim().toLowerCase();

/**
 * What was counted of one sku: its acts in their order (CN2).
 *
 * - each counter has a line in each zone: scans add to it, `set` says it anew
 * - zones are added; two counters in one zone are open until a manager has chosen, and again after any later act there (CN4)
 * - a recount drops what was before it; zero is said only of what nobody has counted
 */
export function foldSku(sku: string, acts: readonly ActEntry[], corrections: Corrections): SkuState {
  const zones = new Map<string, OpenZone>();
  let zeroAt: number | undefined;
  let isRecount = false;
  const at = (zone: string): OpenZone => {
    let found = zones.get(zoneKey(zone));
    if (found === undefined) zones.set(zoneKey(zone), (found = { zone, counters: new Map(), choice: null }));
    return found;
  };
  for (const entry of acts) {
    const { act } = entry;
    if (corrections.isUndone(entry.key)) continue;
    switch (act.do) {
      case 'scan':
      case 'set': {
        const zone = at(act.zone);
        zone.counters.set(entry.by, touched(zone.counters.get(entry.by), entry, corrections));
        zone.choice = null;
        zeroAt = undefined;
        isRecount = false;
        break;
      }
      case 'resolve':
        choose(zones.get(zoneKey(act.zone)), act.choice);
        break;
      case 'recount':
        zones.clear();
        zeroAt = undefined;
        isRecount = true;
        break;
      case 'zero':
        if (zones.size > 0) break;
        zeroAt = entry.at;
        isRecount = false;
        break;
      case 'amend':
      case 'undo':
        // What they change is in the corrections; a choice was made before it.
        for (const zone of zones.values()) zone.choice = null;
        break;
      case 'identify':
        break;
    }
  }
  if (zones.size === 0) return zeroAt === undefined ? (isRecount ? 'recount' : undefined) : zeroed(sku, zeroAt);
  return counted(sku, [...zones.values()].map(closed));
}

/** A choice is between several, of whom the one that is believed is one. */
function choose(zone: OpenZone | undefined, choice: Exclude<ZoneCount['choice'], null>): void {
  if (zone === undefined || zone.counters.size < 2) return;
  if (choice === 'add' || zone.counters.has(choice.take)) zone.choice = choice;
}

function touched(before: OwnCount | undefined, { key, by, at, act }: ActEntry, corrections: Corrections): OwnCount {
  if (act.do === 'set') return { by, quantity: act.quantity, scans: 1, firstAt: at, lastAt: at };
  const amended = corrections.amended(key);
  const quantity = amended?.quantity ?? (act.do === 'scan' ? act.quantity : 0);
  const lastAt = Math.max(at, amended?.at ?? 0, before?.lastAt ?? 0);
  return {
    by,
    quantity: (before?.quantity ?? 0) + quantity,
    scans: (before?.scans ?? 0) + 1,
    firstAt: Math.min(at, before?.firstAt ?? at),
    lastAt,
  };
}

function closed({ zone, counters, choice }: OpenZone): ZoneCount {
  const all = [...counters.values()];
  const chosen = typeof choice === 'object' && choice !== null ? all.filter(({ by }) => by === choice.take) : all;
  const isOpen = all.length > 1 && choice === null;
  return {
    zone,
    counters: all,
    choice,
    quantity: isOpen ? null : chosen.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

const zeroed = (sku: string, at: number): SkuCount => ({
  sku,
  zones: [],
  quantity: 0,
  firstAt: at,
  lastAt: at,
  isZeroed: true,
});

function counted(sku: string, zones: readonly ZoneCount[]): SkuCount {
  // Who was not believed says nothing of the instant either.
  const believed = zones.flatMap(({ counters, choice }) =>
    typeof choice === 'object' && choice !== null ? counters.filter(({ by }) => by === choice.take) : counters,
  );
  const isOpen = zones.some(({ quantity }) => quantity === null);
  return {
    sku,
    zones,
    quantity: isOpen ? null : zones.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0),
    firstAt: believed.reduce((first, one) => Math.min(first, one.firstAt), Infinity),
    lastAt: believed.reduce((last, one) => Math.max(last, one.lastAt), 0),
    isZeroed: false,
  };
}
