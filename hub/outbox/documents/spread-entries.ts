import { hash } from 'node:crypto';
import type { FactKind } from '#shared/protocol/fact.ts';
import { documentKey, type DocumentKind, type Urgency } from './document-kinds.ts';

/** A route of an ERP: which documents go there. */
export interface Route {
  readonly erp: number;
  readonly kinds: readonly string[];
  /** Null: of every store, and what is of none. */
  readonly stores: readonly string[] | null;
  readonly fromAt: number;
  readonly untilAt: number;
  /** From this value on, in the smallest unit of money, a sale is of high value; null: none is. */
  readonly highValueMinor: number | null;
}

/** A fact that was taken, as it stands in the ledger. */
export interface TakenFact {
  readonly location: number;
  readonly code: string;
  readonly journal: number;
  readonly seq: number;
  readonly at: number;
  readonly kind: FactKind;
  readonly key: string;
  readonly correlationId: string;
  readonly body: string;
  /** A void named it before it was looked at. */
  readonly isVoided: boolean;
  /** Of a void: the ERPs that have a document of its target already. */
  readonly targetErps: readonly number[];
  /** The ERP that told it, which is not told it again; null: another source, or a store. */
  readonly toldBy: number | null;
}

/** A step of an order. */
export interface OrderEntry {
  readonly order: number;
  readonly kind: DocumentKind;
  readonly step: number;
  readonly content: string;
  readonly correlationId: string;
  readonly at: number;
  readonly lane: string;
  /** The store where it is collected. */
  readonly store: string | null;
  /** The ERPs that have its confirmation. */
  readonly confirmedAt: readonly number[];
}

/** A document that is to be written, for one ERP. */
export interface NewDocument {
  readonly erp: number;
  readonly stream: string;
  readonly key: string;
  readonly kind: DocumentKind;
  readonly location: number | null;
  readonly journal: number | null;
  readonly seq: number | null;
  readonly voids: string | null;
  readonly content: string | null;
  readonly correlationId: string;
  readonly at: number;
  readonly urgency: Urgency;
  /** It was taken back before it was forwarded. */
  readonly isVoided: boolean;
}

interface Body {
  readonly step?: string;
  readonly voids?: string;
  readonly lines?: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor?: number }[];
}

/** Of an order there may be several of these. */
const OFTEN: ReadonlySet<DocumentKind> = new Set(['orderRefunded', 'orderChanged']);

const digest = (text: string): string => hash('sha256', text, 'hex');
export const storeStream = (code: string): string => `store ${code}`;
export const orderStream = (order: number): string => `order ${order}`;

/**
 * The documents of facts, for each ERP that a route leads to, in the facts' order. A void goes where its target went: by
 * `targetErps`, or because the target is among these facts.
 */
export function documentsOfFacts(facts: readonly TakenFact[], routes: readonly Route[]): NewDocument[] {
  const documents: NewDocument[] = [];
  const erpsOf = new Map<string, number[]>();
  for (const fact of facts) {
    const body = JSON.parse(fact.body) as Body;
    const kind = kindOf(fact.kind, body);
    if (kind === undefined) continue;
    const key = documentKey(fact.code, fact.key, digest);
    const voids = kind === 'void' ? documentKey(fact.code, body.voids ?? '', digest) : null;
    const known = voids === null ? [] : [...fact.targetErps, ...(erpsOf.get(voids) ?? [])];
    const value = kind === 'sale' ? valueOf(body) : 0;
    const led = routesTo(routes, { kind, store: fact.code, at: fact.at });
    const all = voids === null ? [...led.keys()] : [...new Set(known)];
    const erps = all.filter((erp) => erp !== fact.toldBy);
    erpsOf.set(key, erps);
    for (const erp of erps) {
      const high = led.get(erp)?.highValueMinor ?? null;
      documents.push({
        erp,
        stream: storeStream(fact.code),
        key,
        kind,
        location: fact.location,
        journal: fact.journal,
        seq: fact.seq,
        voids,
        content: null,
        correlationId: fact.correlationId,
        at: fact.at,
        urgency: high !== null && value >= high ? 1 : 2,
        isVoided: fact.isVoided,
      });
    }
  }
  return documents;
}

/** The documents of orders: a confirmation where a route leads, what follows it wherever that went. */
export function documentsOfOrders(orders: readonly OrderEntry[], routes: readonly Route[]): NewDocument[] {
  const documents: NewDocument[] = [];
  const confirmedAt = new Map<number, readonly number[]>();
  for (const { order, kind, step, content, correlationId, at, lane, store, ...entry } of orders) {
    const isFirst = kind === 'orderConfirmed';
    const known = confirmedAt.get(order) ?? entry.confirmedAt;
    const led = routesTo(routes, { kind, store, at });
    // Where the order is known: what it becomes is told there whatever the dates are by now.
    const follows = new Set(routes.filter((route) => route.kinds.includes(kind)).map(({ erp }) => erp));
    const erps = isFirst ? [...led.keys()] : known.filter((erp) => follows.has(erp));
    if (isFirst) confirmedAt.set(order, erps);
    for (const erp of erps) {
      documents.push({
        erp,
        stream: orderStream(order),
        key: OFTEN.has(kind) ? `order/${order}/${kind}/${step}` : `order/${order}/${kind}`,
        kind,
        location: null,
        journal: null,
        seq: null,
        voids: null,
        content,
        correlationId,
        at,
        urgency: lane === 'sameDay' ? 0 : 2,
        isVoided: false,
      });
    }
  }
  return documents;
}

/** By how much the counts of a store found more or less than was told before. */
export interface VarianceChange {
  readonly location: number;
  readonly code: string;
  readonly lines: readonly VarianceLine[];
}

export interface VarianceLine {
  readonly sku: string;
  readonly quantity: number;
  /** The ERPs whose own count, or its void, changed it: that is what they have already. */
  readonly toldBy: readonly number[];
}

/** What was found and what is missing are documents of their own: to many ERPs goods that come and goods that go are two things. */
export function documentsOfVariances(
  changes: readonly VarianceChange[],
  routes: readonly Route[],
  { at, newId }: { readonly at: number; readonly newId: () => string },
): NewDocument[] {
  return changes.flatMap(({ location, code, lines }) => {
    const erps = [...routesTo(routes, { kind: 'variance', store: code, at }).keys()];
    const ways = [lines.filter(({ quantity }) => quantity > 0), lines.filter(({ quantity }) => quantity < 0)];
    return ways.flatMap((oneWay) => {
      const id = newId();
      return erps.flatMap((erp): NewDocument[] => {
        const news = oneWay.filter(({ toldBy }) => !toldBy.includes(erp));
        if (news.length === 0) return [];
        const content = JSON.stringify({ lines: news.map(({ sku, quantity }) => ({ sku, quantity })) });
        return [
          {
            erp,
            stream: storeStream(code),
            key: `${code}/variance/${id}`,
            kind: 'variance',
            location,
            journal: null,
            seq: null,
            voids: null,
            content,
            correlationId: id,
            at,
            urgency: 2,
            isVoided: false,
          },
        ];
      });
    });
  });
}

/** Undefined: it is not for ERPs. */
function kindOf(kind: FactKind, body: Body): DocumentKind | undefined {
  if (kind === 'task') return body.step === 'handedOver' || body.step === 'shipped' ? 'handOver' : undefined;
  if (kind === 'void') return body.voids === undefined ? undefined : 'void';
  return kind;
}

function valueOf({ lines = [] }: Body): number {
  return lines.reduce((sum, { quantity, unitPriceMinor = 0 }) => sum + quantity * unitPriceMinor, 0);
}

/** By ERP, its first route that takes such a document. */
export function routesTo(
  routes: readonly Route[],
  { kind, store, at }: { readonly kind: DocumentKind; readonly store: string | null; readonly at: number },
): Map<number, Route> {
  const led = new Map<number, Route>();
  for (const route of routes) {
    const { erp, kinds, stores, fromAt, untilAt } = route;
    const leads = kinds.includes(kind) && at >= fromAt && at < untilAt;
    if (leads && (stores === null || (store !== null && stores.includes(store))) && !led.has(erp)) led.set(erp, route);
  }
  return led;
}
