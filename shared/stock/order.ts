/** Where a fact stands among all facts: by its clock, then its journal, then its seq (S5, M2). */
export interface FactOrder {
  /** ms since 1970. */
  readonly at: number;
  readonly journal: number;
  readonly seq: number;
}

/** Negative when `a` comes before `b`. Total: two facts are never equal, since (journal, seq) is unique. */
export function compareOrder(a: FactOrder, b: FactOrder): number {
  return a.at - b.at || a.journal - b.journal || a.seq - b.seq;
}

/** The first place in an ordered list whose item comes after `order`. */
export function placeAfter(ordered: readonly { readonly order: FactOrder }[], order: FactOrder): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = ordered[middle];
    if (item && compareOrder(item.order, order) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
