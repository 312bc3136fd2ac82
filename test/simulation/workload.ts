import { canonicalContent, digestOf } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import { POISON } from './database.ts';
import { BEGIN_AT } from './machine.ts';
import type { Dice } from './world.ts';

/** Something that happened in a store and that a till will tell. */
export interface Act {
  readonly key: string;
  readonly kind: string;
  readonly body: object;
  /**
   * `sound`: the hub can merge it. `poison`: valid, but its database cannot take it. `unreadable`: journaled by an agent
   * that knows more than this hub. `malformed`: refused by the agent.
   */
  readonly quality: 'sound' | 'poison' | 'unreadable' | 'malformed';
}

const SKUS = ['APPLE', 'BRUSH', 'CANDLE', 'DRUM', 'EASEL'] as const;
const CONDITIONS = ['sellable', 'damaged', 'quarantined'] as const;
/** The first two stores, and one that no hub knows: both sides of a transfer are told, sometimes. */
const STORES = ['S1', 'S2', 'S2', 'S1', 'S9'] as const;
const TRANSFERS = ['T1', 'T2', 'T3'] as const;
const KINDS = [
  ...Array<FactKind>(8).fill('sale'),
  'return',
  'return',
  'count',
  'count',
  'receipt',
  'adjustment',
  'transferOut',
  'transferIn',
  'void',
] as readonly FactKind[];

/** The acts of one store, shared by its devices. */
export class StoreWorkload {
  /** A transfer of a store to itself is set aside. */
  readonly #others: readonly string[];
  readonly #dice: Dice;
  readonly #told: Act[][] = [];
  readonly #nowMs: () => number;
  #acts = 0;

  constructor(store: string, dice: Dice, nowMs: () => number) {
    this.#others = STORES.filter((code) => code !== store);
    this.#dice = dice;
    this.#nowMs = nowMs;
  }

  /** What a till tells next: something new, an old file again, or an old key with other content. */
  next(count: number): Act[] {
    const again = this.#told.length > 0 && this.#dice.chance(0.12);
    const acts = again ? this.#dice.pick(this.#told) : Array.from({ length: count }, () => this.#act());
    this.#told.push(acts);
    return acts;
  }

  #act(): Act {
    this.#acts += 1;
    const old = this.#told.length > 0 ? this.#dice.pick(this.#dice.pick(this.#told)) : undefined;
    const key = old?.key.startsWith('act-') && this.#dice.chance(0.05) ? old.key : `act-${this.#acts}`;
    const flaw = this.#dice.next();
    if (flaw < 0.02) return { key, kind: 'sale', body: { currency: 'EUR', lines: [] }, quality: 'malformed' };
    if (flaw < 0.035) return this.#unreadable();
    const kind = this.#dice.pick(KINDS);
    const isPoison = flaw < 0.05 && kind === 'sale';
    const body = this.#body(kind, isPoison ? [`${POISON}-${this.#acts}`] : SKUS);
    return { key, kind, body, quality: isPoison ? 'poison' : 'sound' };
  }

  /** As a newer or a damaged agent may write it: another field, a kind of tomorrow, a broken line. */
  #unreadable(): Act {
    const key = `odd-${this.#acts}`;
    const quality = 'unreadable';
    const shape = this.#dice.int(1, 3);
    const body = this.#body('sale', SKUS);
    if (shape === 1) return { key, kind: 'sale', body: { ...body, loyalty: 7 }, quality };
    if (shape === 2) return { key, kind: 'rental', body, quality };
    return { key: `${key}\tbroken`, kind: 'sale', body, quality };
  }

  /** Units that went, or that are in another condition now. */
  #adjusted(lines: <T extends object>(line: (sku: string) => T) => T[]): object {
    const dice = this.#dice;
    if (dice.chance(0.5)) return { code: 'theft', lines: lines((sku) => ({ sku, quantity: -dice.int(1, 9) })) };
    const way = dice.pick([{ to: 'damaged' }, { to: 'quarantined' }, { condition: 'damaged', to: 'sellable' }]);
    return { code: 'damage', lines: lines((sku) => ({ sku, quantity: dice.int(1, 3), ...way })) };
  }

  #body(kind: FactKind, skus: readonly string[]): object {
    const dice = this.#dice;
    const quantity = () => dice.int(1, 9);
    const lines = <T extends object>(line: (sku: string) => T): T[] =>
      Array.from({ length: dice.int(1, 3) }, () => line(dice.pick(skus)));
    const price = { unitPriceMinor: 100 };
    // Imported: the till's own time, crowded into few ms around this moment or days before.
    const ago = dice.chance(0.5) ? dice.int(-3, 3) : dice.int(0, 90_000);
    const time = dice.chance(0.4) ? { occurredAt: Math.round(BEGIN_AT + this.#nowMs() - ago) } : {};
    switch (kind) {
      case 'sale':
        return { ...time, currency: 'EUR', lines: lines((sku) => ({ sku, quantity: quantity(), ...price })) };
      case 'return': {
        const returned = (sku: string) => ({ sku, quantity: quantity(), ...price, condition: dice.pick(CONDITIONS) });
        return { ...time, currency: 'EUR', lines: lines(returned) };
      }
      case 'count':
        return {
          ...time,
          type: dice.pick(['cycle', 'blind']),
          lines: [{ sku: dice.pick(skus), quantity: dice.int(0, 40) }],
        };
      case 'receipt':
        return { ...time, lines: lines((sku) => ({ sku, quantity: quantity() })) };
      case 'adjustment':
        return { ...time, reason: 'broken', ...this.#adjusted(lines) };
      case 'transferOut': {
        const transfer = dice.pick(TRANSFERS);
        return {
          ...time,
          transfer,
          to: dice.pick(this.#others),
          lines: lines((sku) => ({ sku, quantity: quantity() })),
        };
      }
      case 'transferIn': {
        const transfer = dice.pick(TRANSFERS);
        const final = dice.chance(0.3) ? { final: true } : {};
        const arrived = lines((sku) => ({ sku, quantity: quantity() }));
        return { ...time, transfer, from: dice.pick(this.#others), ...final, lines: arrived };
      }
      case 'task':
        return {
          task: dice.int(1, 9),
          step: dice.pick(['picked', 'handedOver']),
          lines: lines((sku) => ({ line: 'a', sku, quantity: quantity() })),
        };
      case 'void':
        // Of something before, or of what comes later, or of nothing.
        return { voids: `act-${Math.max(1, this.#acts + dice.int(-20, 5))}`, reason: 'mistake' };
      default:
        return kind satisfies never;
    }
  }
}

/** The digest by which an act is known; an unreadable one has no canonical spelling. */
export function digestOfAct({ kind, body, quality }: Act): string {
  return quality === 'unreadable' ? digestOf(kind, JSON.stringify(body)) : canonicalContent(kind, body).digest;
}
