import type { PoolClient } from 'pg';
import type { FactContent } from '#shared/protocol/fact.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { ledgerCounts, ledgerLines, placeOf, type PlacedContent, type PlacedFact } from './placed-fact.ts';
import type { Moves } from './moves.ts';
import { INSERT_VOIDS } from './statements.ts';
import { applyLines, prepareLines, voidCounts } from './stock.ts';

interface TargetRow {
  location_no: number;
  journal_no: number;
  seq: number;
  at: number;
  kind: string;
  body: string;
}

/**
 * Takes voided facts back, whichever of the two came first, and tells which.
 *
 * @param taken   facts that this transaction has taken
 * @param already those of them that an earlier void has named
 */
export async function applyVoids(
  client: PoolClient,
  taken: readonly PlacedFact[],
  already: readonly PlacedFact[],
  moves: Moves,
): Promise<PlacedContent[]> {
  const targets: PlacedContent[] = already.map((placed) => ({ place: placeOf(placed), content: placed.fact.content }));
  const voids = taken.flatMap((placed) => {
    const { content } = placed.fact;
    const target = content.kind === 'void' ? content.body.voids : undefined;
    return target === undefined ? [] : [{ placed, target }];
  });
  if (voids.length > 0) {
    const { rows } = await client.query<TargetRow>({
      ...INSERT_VOIDS,
      values: [
        literal(voids.map(({ placed }) => placed.location)),
        joined(voids.map(({ target }) => target)),
        literal(voids.map(({ placed }) => placed.journal)),
        literal(voids.map(({ placed }) => placed.fact.seq)),
      ],
    });
    for (const row of rows) {
      const place = { location: row.location_no, journal: row.journal_no, seq: row.seq, at: row.at };
      // Bodies in the ledger were validated when they came in and never change.
      targets.push({ place, content: { kind: row.kind, body: JSON.parse(row.body) } as FactContent });
    }
  }
  if (targets.length === 0) return [];
  const lines = targets.flatMap(({ place, content }) =>
    ledgerLines(place, content).map((line) => ({ ...line, quantity: -line.quantity })),
  );
  await applyLines(client, prepareLines(lines, true), moves);
  await voidCounts(
    client,
    targets.flatMap(({ place, content }) => ledgerCounts(place, content)),
    moves,
  );
  return targets;
}
