import { foldSku, type ActEntry, type SkuCount, type SkuState } from './fold-sku.ts';

/** A code that no product has, with what was scanned of it. */
export interface CodeCount {
  readonly code: string;
  readonly quantity: number;
  readonly scans: readonly ActEntry[];
}

/**
 * What a count has come to: a function of its acts in their order (CN2). It is kept as they come; only what an act touches is
 * made anew.
 */
export class Tally {
  readonly #acts: ActEntry[] = [];
  readonly #byKey = new Map<string, ActEntry>();
  readonly #undone = new Set<string>();
  readonly #amends = new Map<string, ActEntry[]>();
  readonly #bySku = new Map<string, ActEntry[]>();
  readonly #byCode = new Map<string, ActEntry[]>();
  /** What codes were said to be; the last word counts, null: nothing that is counted. */
  readonly #identified = new Map<string, string | null>();
  readonly #folded = new Map<string, SkuState>();
  readonly #corrections = {
    isUndone: (key: string) => this.#undone.has(key),
    amended: (key: string) => {
      const last = this.#amends.get(key)?.findLast((amend) => !this.#undone.has(amend.key));
      return last?.act.do === 'amend' ? { quantity: last.act.quantity, at: last.at } : undefined;
    },
  };

  get(key: string): ActEntry | undefined {
    return this.#byKey.get(key);
  }

  isUndone(key: string): boolean {
    return this.#undone.has(key);
  }

  add(entry: ActEntry): void {
    this.#acts.push(entry);
    this.#byKey.set(entry.key, entry);
    const { act } = entry;
    if (act.do === 'undo') this.#undone.add(act.entry);
    if (act.do === 'amend') this.#amends.set(act.entry, [...(this.#amends.get(act.entry) ?? []), entry]);
    const target = act.do === 'undo' ? this.#byKey.get(act.entry) : undefined;
    if (act.do === 'identify' || target?.act.do === 'identify') this.#placeAnew();
    else this.#place(entry);
  }

  /** Every sku that was counted, in the order of first being named. */
  counts(): SkuCount[] {
    return [...this.#bySku.keys()].flatMap((sku) => this.sku(sku) ?? []);
  }

  sku(sku: string): SkuCount | undefined {
    const state = this.#state(sku);
    return state === 'recount' ? undefined : state;
  }

  /** Skus that are to be counted again and were not since. */
  recounts(): string[] {
    return [...this.#bySku.keys()].filter((sku) => this.#state(sku) === 'recount');
  }

  /** Codes that nobody has said anything about. */
  unknownCodes(): CodeCount[] {
    return [...this.#byCode].flatMap(([code, scans]) => {
      if (this.#identified.has(code)) return [];
      const left = scans.filter(({ key }) => !this.#undone.has(key));
      const quantity = left.reduce((sum, scan) => sum + this.quantityOf(scan), 0);
      return left.length === 0 ? [] : [{ code, quantity, scans: left }];
    });
  }

  /** The sku that an act speaks of by now. */
  skuOf({ act, sku }: ActEntry): string | undefined {
    if (act.do === 'set') return act.sku;
    if (act.do !== 'scan') return undefined;
    return sku ?? this.#identified.get(act.code) ?? undefined;
  }

  /** Units of a scan or set, as amended. */
  quantityOf({ key, act }: ActEntry): number {
    return this.#corrections.amended(key)?.quantity ?? ('quantity' in act ? act.quantity : 0);
  }

  /** Scans and sets that stand, the last first. */
  *standing(): Iterable<ActEntry> {
    for (let place = this.#acts.length - 1; place >= 0; place--) {
      const entry = this.#acts[place];
      if (entry === undefined || this.#undone.has(entry.key)) continue;
      if (entry.act.do === 'scan' || entry.act.do === 'set') yield entry;
    }
  }

  #state(sku: string): SkuState {
    if (!this.#folded.has(sku)) {
      this.#folded.set(sku, foldSku(sku, this.#bySku.get(sku) ?? [], this.#corrections));
    }
    return this.#folded.get(sku);
  }

  #place(entry: ActEntry): void {
    const { act } = entry;
    if (act.do === 'scan' && entry.sku === null) this.#push(this.#byCode, act.code, entry);
    for (const sku of this.#skusOf(entry)) {
      this.#push(this.#bySku, sku, entry);
      this.#folded.delete(sku);
    }
  }

  #skusOf(entry: ActEntry): readonly string[] {
    const { act } = entry;
    switch (act.do) {
      case 'scan':
      case 'set': {
        const sku = this.skuOf(entry);
        return sku === undefined ? [] : [sku];
      }
      case 'amend':
      case 'undo': {
        const target = this.#byKey.get(act.entry);
        return target === undefined ? [] : this.#skusOf(target);
      }
      case 'resolve':
        return [act.sku];
      case 'recount':
      case 'zero':
        return act.skus;
      case 'identify':
        break;
    }
    return [];
  }

  /** A code has become another sku: its scans move. */
  #placeAnew(): void {
    this.#identified.clear();
    for (const { key, act } of this.#acts) {
      if (act.do === 'identify' && !this.#undone.has(key)) this.#identified.set(act.code, act.sku);
    }
    this.#bySku.clear();
    this.#byCode.clear();
    this.#folded.clear();
    for (const entry of this.#acts) this.#place(entry);
  }

  #push(lists: Map<string, ActEntry[]>, name: string, entry: ActEntry): void {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [entry]);
    else list.push(entry);
  }
}
