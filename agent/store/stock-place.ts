/** Where a fact stands in this store's journals. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
}

/** Negative when `a` was journaled before `b`. */
export function comparePlace(a: Place, b: Place): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

export const later = (a: Place, b: Place): Place => (comparePlace(a, b) > 0 ? a : b);
