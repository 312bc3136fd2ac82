/** Something that happened to one sku, in the order of the journal. */
export interface ItemEvent {
  readonly at: number;
  /** Sellable units that came, or went when below zero; 0 for a count. */
  readonly moved: number;
  /** What a count found; null: no count. */
  readonly counted: number | null;
  /** It was taken back: as if it had never been. */
  readonly isVoided: boolean;
}

/** Where an event left the stock. Null: nobody knows, for nothing says what was there before. */
export interface ItemStep {
  readonly change: number | null;
  readonly after: number | null;
}

export interface ItemSteps {
  /** One for each event, in its place. */
  readonly steps: readonly ItemStep[];
  /** From when on the stock is known, ms since 1970; null: there is no event. */
  readonly knownSince: number | null;
  /** What the stock of now has more (or less) than the events come to: other devices', the hub's own. */
  readonly elsewhere: number;
}

/**
 * The stock after each event. It begins with the first count; without any count what is there now says what was there before all of
 * them. A count's change is its variance: what it found less what should have been there.
 *
 * @param events the oldest first
 */
export function itemSteps(events: readonly ItemEvent[], onHand: number): ItemSteps {
  const inForce = events.filter(({ isVoided }) => !isVoided);
  const firstCount = inForce.find(({ counted }) => counted !== null);
  let stock = firstCount === undefined ? onHand - inForce.reduce((sum, { moved }) => sum + moved, 0) : null;
  const steps = events.map(({ isVoided, counted, moved }): ItemStep => {
    if (isVoided) return { change: 0, after: stock };
    const before = stock;
    if (counted === null) {
      stock = before === null ? null : before + moved;
      return { change: moved, after: stock };
    }
    stock = counted;
    return { change: before === null ? null : counted - before, after: stock };
  });
  return {
    steps,
    knownSince: (firstCount ?? inForce[0])?.at ?? null,
    elsewhere: stock === null ? 0 : onHand - stock,
  };
}
