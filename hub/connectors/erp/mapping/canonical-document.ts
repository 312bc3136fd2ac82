import type { ClaimedDocument } from '#hub/outbox/documents/claim-batch.ts';
import type { DocumentKind } from '#hub/outbox/documents/document-kinds.ts';

/** What a mapping reads: what the document says, with who says it of what. */
export type CanonicalDocument = Readonly<Record<string, unknown>> & {
  readonly key: string;
  readonly kind: DocumentKind;
  readonly location: string | null;
  /** ms since 1970. */
  readonly at: number;
  readonly correlationId: string;
};

type Known = Pick<ClaimedDocument, 'key' | 'kind' | 'location' | 'at' | 'correlationId' | 'body' | 'target'>;

/**
 * The document that a mapping reads: the fact's body, and what ERPs ask for beside it.
 *
 * - with prices: `totalMinor`, of each line too; `totalDiscountMinor`, what its lines are less than their prices come to
 * - of voids: `voids`, the key of what is taken back, `of`, its kind, and what that said
 * - of adjustments, variances and settled transfers: `direction` (`in`, `out`, `move` from one condition to another, or `mixed`), and of each line
 *   `source` and `destination`, the conditions that units leave and enter, `between`, both of them (`sellable/damaged`, `/sellable`, `damaged/`), and
 *   `change`, by how many what is there changes: 0 where units only change their condition
 */
export function canonicalDocument({ key, kind, location, at, correlationId, body, target }: Known): CanonicalDocument {
  const { body: voided, kind: of } = target ?? {};
  const was = voided == null || of == null ? {} : { ...voided, ...linesOf(of, voided) };
  const taken = target === null ? {} : { voids: target.key, of: target.kind };
  const said = { ...was, ...body, ...linesOf(kind, body), ...taken };
  return { ...said, key, kind, location, at, correlationId };
}

interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor?: number;
  readonly discountMinor?: number;
  readonly condition?: string;
  readonly to?: string;
}

function linesOf(kind: DocumentKind, { lines, currency }: ClaimedDocument['body']): object {
  if (!Array.isArray(lines) || kind.startsWith('order') || kind === 'count') return {};
  const conditioned = (lines as readonly Line[]).map((line) => ({ ...line, condition: line.condition ?? 'sellable' }));
  if (kind === 'adjustment' || kind === 'variance' || kind === 'transferSettled') return directed(conditioned);
  if (typeof currency !== 'string') return { lines: conditioned };
  const priced = conditioned.map((line) => ({ ...line, totalMinor: totalOf(line) }));
  const totalDiscountMinor = conditioned.reduce((sum, { discountMinor = 0 }) => sum + discountMinor, 0);
  return { lines: priced, totalMinor: priced.reduce((sum, line) => sum + line.totalMinor, 0), totalDiscountMinor };
}

function directed(lines: readonly (Line & { readonly condition: string })[]): object {
  const shown = lines.map(({ condition, to, ...line }) => {
    if (to !== undefined) {
      const between = `${condition}/${to}`;
      return { ...line, condition, direction: 'move', source: condition, destination: to, between, change: 0 };
    }
    const said = { ...line, condition, change: line.quantity };
    if (line.quantity > 0) return { ...said, direction: 'in', destination: condition, between: `/${condition}` };
    return { ...said, direction: 'out', source: condition, between: `${condition}/` };
  });
  const directions = new Set(shown.map(({ direction }) => direction));
  const [only] = directions;
  return { lines: shown, direction: directions.size === 1 ? only : 'mixed' };
}

function totalOf({ quantity, unitPriceMinor = 0, discountMinor = 0 }: Line): number {
  return quantity * unitPriceMinor - discountMinor;
}
