import type { ItemChange, ItemHistory } from '#shared/agent-api/answers.ts';
import { movementLines } from '#shared/stock/movement.ts';
import type { FactIndex } from '../fact-index.ts';
import type { StoredFact } from '../journal-log.ts';
import type { StockList } from '../stock-list.ts';
import type { HubPosition } from '../sku-view.ts';
import type { StockView } from '../stock-view.ts';
import { itemSteps } from './item-steps.ts';

export interface ItemHistoriesParts {
  readonly index: FactIndex;
  readonly stockList: Pick<StockList, 'get'>;
  readonly stockView: Pick<StockView, 'settled' | 'hubPosition'>;
  /** Where the journal is, and up to where the hub has it. */
  place(): { readonly epoch: number; readonly ackedSeq: number };
}

type Change = Omit<ItemChange, 'change' | 'after'>;

/** Why the store has of one item what it has: what its own journal says, held against the stock of now. */
export class ItemHistories {
  readonly #parts: ItemHistoriesParts;

  constructor(parts: ItemHistoriesParts) {
    this.#parts = parts;
  }

  /** The latest changes, at most `limit`; undefined when neither the products nor any fact know the sku. */
  async read(sku: string, limit: number): Promise<Omit<ItemHistory, 'coming'> | undefined> {
    const { index, stockList, stockView } = this.#parts;
    await Promise.all([index.ready(), stockView.settled()]);
    const { facts, total } = await index.ofSku(sku, limit);
    const item = stockList.get(sku);
    if (item === undefined) return undefined;
    const changes = this.#withHubsCount(
      sku,
      facts.toReversed().map((fact) => this.#changeOf(fact, sku)),
      total > facts.length,
    );
    const { steps, knownSince, elsewhere } = itemSteps(changes, item.onHand);
    return {
      item,
      knownSince,
      elsewhere,
      lastCount: lastCountOf(changes, this.#parts.stockView.hubPosition(sku)),
      isCut: total > facts.length,
      changes: changes
        .map((change, place) => ({ ...change, ...(steps[place] ?? { change: null, after: null }) }))
        .toReversed(),
    };
  }

  /** The count that the hub's position rests on, if another device has made it: what came before is worth no more than that. */
  #withHubsCount(sku: string, changes: readonly Change[], isCut: boolean): Change[] {
    const anchor = this.#parts.stockView.hubPosition(sku)?.state.anchor;
    if (!anchor) return [...changes];
    const { at } = anchor.order;
    const isOwn = changes.some((change) => change.counted === anchor.quantity && change.at === at);
    const isOlder = isCut && at < (changes[0]?.at ?? 0);
    if (isOwn || isOlder) return [...changes];
    const hubs: Change = {
      key: null,
      kind: 'count',
      at,
      source: null,
      till: null,
      reference: null,
      reason: null,
      code: null,
      moved: 0,
      counted: anchor.quantity,
      other: {},
      isVoided: false,
      isSafe: true,
    };
    const place = changes.findIndex((change) => change.at > at);
    return place < 0 ? [...changes, hubs] : changes.toSpliced(place, 0, hubs);
  }

  #changeOf(fact: StoredFact, sku: string): Change {
    const { epoch, ackedSeq } = this.#parts.place();
    const { key, kind, at, source, body } = fact;
    const lines = movementLines(fact).filter((line) => line.sku === sku);
    const other: Record<string, number> = {};
    let moved = 0;
    for (const { condition, quantity } of lines) {
      if (condition === 'sellable') moved += quantity;
      else other[condition] = (other[condition] ?? 0) + quantity;
    }
    return {
      key,
      kind,
      at,
      source,
      till: 'till' in body ? (body.till ?? null) : null,
      reference: referenceOf(fact),
      reason: 'reason' in body ? (body.reason ?? null) : null,
      code: 'code' in body ? (body.code ?? null) : null,
      moved,
      counted: kind === 'count' ? (body.lines.find((line) => line.sku === sku)?.quantity ?? null) : null,
      other,
      isVoided: this.#parts.index.isVoided(key),
      isSafe: fact.epoch < epoch || fact.seq <= ackedSeq,
    };
  }
}

function referenceOf({ kind, body }: StoredFact): string | null {
  switch (kind) {
    case 'sale':
    case 'return':
      return body.receiptNo ?? null;
    case 'receipt':
      return [body.reference, body.supplier].filter(Boolean).join(' · ') || null;
    case 'transferOut':
      return `${body.transfer} → ${body.to}`;
    case 'transferIn':
      return `${body.transfer} ← ${body.from}`;
    case 'count':
      return body.countedBy ?? null;
    case 'task':
      return String(body.task);
    case 'adjustment':
    case 'void':
      return null;
    default:
      return kind satisfies never;
  }
}

/** Of the list, or the older one that the hub's position rests on when the list is cut. */
function lastCountOf(changes: readonly Change[], hub: HubPosition | null): ItemHistory['lastCount'] {
  const own = changes.findLast(({ counted, isVoided }) => counted !== null && !isVoided);
  if (own !== undefined && own.counted !== null) return { at: own.at, units: own.counted };
  const anchor = hub?.state.anchor;
  return anchor ? { at: anchor.order.at, units: anchor.quantity } : null;
}
