import { snapshot } from '#hub/db/snapshot.ts';
import { normalText } from '#hub/rules/read-text.ts';
import type { Holds } from '../holds.ts';
import type { OrderParts } from '../act-on-order.ts';
import { ORDER_COLUMNS, toStoredOrder } from '../store/stored-order.ts';
import type { Candidate, Wanted } from './candidate.ts';
import { toCandidates } from './read-candidates.ts';
import { readSourcing } from './read-sourcing.ts';
import { source, type Sourced } from './source.ts';
import type { SourcingDocument } from './sourcing-document.ts';
import { readKnownPlaces, rulesInForce } from './sourcing-versions.ts';
import { toWanted } from './wanted.ts';

/** What the hub needs to look at stock. */
type Parts = OrderParts & { readonly holds: Holds };

/** What other rules would do with the orders of the last days, each by itself, by the stock of this moment. */
export interface SourcingPreview {
  /** Orders that were looked at: the youngest whose products are known. */
  readonly orders: number;
  /** How many would be taken from elsewhere, or otherwise split. */
  readonly changed: number;
  readonly inForce: SourcingFigures;
  readonly proposed: SourcingFigures;
  readonly examples: readonly { readonly order: number; readonly from: string; readonly to: string }[];
}

export interface SourcingFigures {
  readonly parcels: number;
  readonly units: number;
  /** Nowhere to be had. */
  readonly missing: number;
  /** Orders for which a limit would be given up. */
  readonly gaveUp: number;
  /** Mean over parcels whose distance is known; null: of none. */
  readonly meanKm: number | null;
}

const ORDERS_MAX = 200;
const EXAMPLES_MAX = 20;
const RECENT = `SELECT ${ORDER_COLUMNS} FROM orders WHERE state <> 'received' ORDER BY order_no DESC LIMIT ${ORDERS_MAX}`;

/** Where the rules in force would take units from at this moment, and what becomes of each location. Nothing is held. */
export async function explainSourcing(parts: Parts, wanted: Wanted): Promise<Sourced> {
  const candidates = await readCandidates(parts, wanted.channel, [wanted]);
  return source(wanted, candidates, await snapshot(parts.pool, rulesInForce));
}

/** Throws RULES_INVALID with every problem. */
export async function previewSourcing(parts: Parts, text: string): Promise<SourcingPreview> {
  const { proposed, inForce, recent } = await snapshot(parts.pool, async (client) => ({
    proposed: readSourcing(normalText(text), await readKnownPlaces(client)),
    inForce: await rulesInForce(client),
    recent: (await client.query(RECENT)).rows.map(toStoredOrder),
  }));
  const orders = recent.map(({ number, order }) => ({
    number,
    wanted: toWanted({ ...order, avoid: [] }, order.content.lines),
  }));
  const candidates = new Map<string, Candidate[]>();
  for (const [channel, own] of Map.groupBy(orders, ({ wanted }) => wanted.channel)) {
    candidates.set(
      channel,
      await readCandidates(
        parts,
        channel,
        own.map(({ wanted }) => wanted),
      ),
    );
  }
  const by = (rules: SourcingDocument) =>
    orders.map(({ wanted }) => source(wanted, candidates.get(wanted.channel) ?? [], rules));
  const [before, after] = [by(inForce), by(proposed)];
  const examples = orders.flatMap(({ number }, place) => {
    const [from, to] = [shown(before[place]), shown(after[place])];
    return from === to ? [] : [{ order: number, from, to }];
  });
  return {
    orders: orders.length,
    changed: examples.length,
    inForce: figures(before),
    proposed: figures(after),
    examples: examples.slice(0, EXAMPLES_MAX),
  };
}

async function readCandidates(parts: Parts, channel: string, wanted: readonly Wanted[]): Promise<Candidate[]> {
  const skus = new Set(wanted.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
  const units = await parts.holds.candidates(channel, [...skus]);
  return snapshot(parts.pool, (client) => toCandidates(client, units, parts.now()));
}

/** `S1: a 2, b 1; S2: b 1`. */
function shown(sourced: Sourced | undefined): string {
  const parts = sourced?.parts.toSorted((a, b) => (a.location < b.location ? -1 : 1)) ?? [];
  const byLocation = [...Map.groupBy(parts, ({ location }) => location)];
  const texts = byLocation.map(([location, own]) => {
    return `${location}: ${own.map(({ line, units }) => `${line} ${units}`).join(', ')}`;
  });
  return texts.length === 0 ? 'nowhere' : texts.join('; ');
}

function figures(all: readonly Sourced[]): SourcingFigures {
  const parcels = all.flatMap(({ candidates }) => candidates.filter(({ chosen }) => chosen.length > 0));
  const kilometres = parcels.flatMap(({ distanceKm }) => (distanceKm === null ? [] : [distanceKm]));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return {
    parcels: parcels.length,
    units: sum(all.flatMap(({ parts }) => parts.map(({ units }) => units))),
    missing: sum(all.flatMap(({ missing }) => missing.map(({ units }) => units))),
    gaveUp: all.filter(({ gaveUp }) => gaveUp.length > 0).length,
    meanKm: kilometres.length === 0 ? null : sum(kilometres) / kilometres.length,
  };
}
