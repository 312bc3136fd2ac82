import type { Slip, SlipKind } from '#shared/agent-api/answers.ts';
import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { Products } from './products.ts';

export interface SlipsParts {
  readonly log: Pick<RxdbJournalLog, 'findByKeys' | 'readKind' | 'readLatest'>;
  readonly products: Pick<Products, 'get'>;
  /** Whether a fact was taken back. */
  isVoided(key: string): Promise<boolean>;
  /** Where the journal is, and up to where the hub has it. */
  place(): { readonly epoch: number; readonly ackedSeq: number };
}

export interface AskedSlips {
  readonly kinds: readonly SlipKind[];
  /** Those before this instant, ms since 1970. */
  readonly to: number;
  readonly limit: number;
}

/** What can be printed and handed over: returns, deliveries, transfers that arrived. */
export class Slips {
  readonly #parts: SlipsParts;

  constructor(parts: SlipsParts) {
    this.#parts = parts;
  }

  async get(key: string): Promise<Slip | undefined> {
    const [fact] = await this.#parts.log.findByKeys([key]);
    return fact === undefined ? undefined : this.#slipOf(fact);
  }

  /** The latest first. */
  async list({ kinds, to, limit }: AskedSlips): Promise<Slip[]> {
    const facts: StoredFact[] = [];
    for (const kind of kinds) {
      for await (const page of this.#parts.log.readLatest(kind, { from: 0, to }, limit)) {
        facts.push(...page);
        break;
      }
    }
    const latest = facts.toSorted((a, b) => b.at - a.at || b.seq - a.seq).slice(0, limit);
    const slips = await Promise.all(latest.map((fact) => this.#slipOf(fact)));
    return slips.filter((slip) => slip !== undefined);
  }

  async #slipOf(fact: StoredFact): Promise<Slip | undefined> {
    if (fact.kind !== 'return' && fact.kind !== 'receipt' && fact.kind !== 'transferIn') return undefined;
    const { epoch, ackedSeq } = this.#parts.place();
    const { key, kind, at, source } = fact;
    return {
      key,
      kind,
      at,
      source,
      isVoided: await this.#parts.isVoided(key),
      isSafe: fact.epoch < epoch || fact.seq <= ackedSeq,
      ...headOf(fact),
      lines: fact.body.lines.map((line) => ({
        sku: line.sku,
        name: this.#parts.products.get(line.sku)?.name ?? null,
        quantity: line.quantity,
        condition: ('condition' in line ? line.condition : undefined) ?? 'sellable',
        unitPriceMinor: 'unitPriceMinor' in line ? line.unitPriceMinor : null,
      })),
    };
  }
}

function headOf(
  fact: Extract<StoredFact, { kind: SlipKind }>,
): Omit<Slip, 'key' | 'kind' | 'at' | 'source' | 'isVoided' | 'isSafe' | 'lines'> {
  const none = {
    reference: null,
    partner: null,
    till: null,
    currency: null,
    reason: null,
    hasNoReceipt: false,
    isFinal: false,
  };
  if (fact.kind === 'receipt') {
    return { ...none, reference: fact.body.reference ?? null, partner: fact.body.supplier ?? null };
  }
  if (fact.kind === 'transferIn') {
    return { ...none, reference: fact.body.transfer, partner: fact.body.from, isFinal: fact.body.final === true };
  }
  const { receiptNo, till, currency, reason, noReceipt } = fact.body;
  return {
    ...none,
    reference: receiptNo ?? null,
    till: till ?? null,
    currency,
    reason: reason ?? null,
    hasNoReceipt: noReceipt === true,
  };
}
