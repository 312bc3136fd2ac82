/**
 * Protocol 1, still read (S6): a fact was one flat object, its lines said `qty` and `price`. When protocol 3 comes,
 * this file goes and the one for protocol 2 takes its place.
 */
export type FlatFactV1 = Readonly<Record<string, unknown>>;

/** A flat fact of protocol 1 as head, kind and body of protocol 2. Validates nothing: the current schemas do. */
export function upgradeV1(flat: FlatFactV1): { head: Record<string, unknown>; kind: string; body: unknown } {
  const { at, offsetMs, key, correlationId = key, source, kind, lines, ...rest } = flat;
  const body = Array.isArray(lines) ? { ...rest, lines: lines.map(upgradeLine) } : rest;
  return { head: { at, offsetMs, key, correlationId, source }, kind: String(kind), body };
}

function upgradeLine(line: unknown): unknown {
  if (typeof line !== 'object' || line === null) return line;
  const { qty, price, ...rest } = line as Record<string, unknown>;
  return {
    ...rest,
    ...(qty === undefined ? {} : { quantity: qty }),
    ...(price === undefined ? {} : { unitPriceMinor: price }),
  };
}
