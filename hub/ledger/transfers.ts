import type { PoolClient } from 'pg';
import type { FactContent } from '#shared/protocol/fact.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { InboundChange, Moves } from './moves.ts';
import { placeOf, type Place, type PlacedContent, type PlacedFact } from './placed-fact.ts';
import { INSERT_TRANSFER_ENTRIES, LOCK_TRANSFERS, SUM_TRANSFERS, VOID_TRANSFER_ENTRIES } from './statements.ts';

/** A fact of a transfer, as the ledger enters it. `other` is the code of the store at the other end. */
interface PlacedTransfer {
  readonly place: Place;
  readonly incoming: boolean;
  readonly other: string;
  readonly transfer: string;
  readonly final: boolean;
  readonly expectedAt: number | undefined;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/**
 * Brings transfers up to date with the facts taken and those taken back (M7). Sender and receiver are merged under locks of
 * different locations, perhaps at once: so all rows of the transfers that are concerned are locked by one statement in one
 * order, and only then summed, by a statement that sees whatever was committed before the lock was given. A merge without
 * transfers does nothing here.
 */
export async function applyTransfers(
  client: PoolClient,
  taken: readonly PlacedFact[],
  takenBack: readonly PlacedContent[],
  moves: Moves,
): Promise<void> {
  const fresh = taken.flatMap((fact) => transferOf(placeOf(fact), fact.fact.content));
  const voided = takenBack.flatMap(({ place, content }) => transferOf(place, content));
  const concerned = [...fresh, ...voided];
  if (concerned.length === 0) return;
  const { rows } = await client.query<{ transfer_no: number }>({
    ...LOCK_TRANSFERS,
    values: [
      literal(concerned.map(({ place }) => place.location)),
      literal(concerned.map(({ incoming }) => incoming)),
      joined(concerned.map(({ other }) => other)),
      joined(concerned.map(({ transfer }) => transfer)),
    ],
  });
  await insertEntries(client, fresh);
  if (voided.length > 0) {
    await client.query({
      ...VOID_TRANSFER_ENTRIES,
      values: [
        literal(voided.map(({ place }) => place.location)),
        literal(voided.map(({ place }) => place.journal)),
        literal(voided.map(({ place }) => place.seq)),
      ],
    });
  }
  await sumTransfers(
    client,
    rows.map((row) => row.transfer_no),
    moves,
  );
}

/** Makes the lines of transfers anew; their rows must be locked. */
export async function sumTransfers(client: PoolClient, transfers: readonly number[], moves: Moves): Promise<void> {
  const { rows } = await client.query<InboundChange>({ ...SUM_TRANSFERS, values: [literal(transfers)] });
  for (const row of rows) moves.addInbound(row);
}

async function insertEntries(client: PoolClient, transfers: readonly PlacedTransfer[]): Promise<void> {
  const entries = transfers.flatMap((transfer) => {
    const lines = transfer.lines.length > 0 ? transfer.lines : [{ sku: '', quantity: 0 }];
    return lines.map(({ sku, quantity }, line) => ({ ...transfer, ...transfer.place, line, sku, quantity }));
  });
  if (entries.length === 0) return;
  await client.query({
    ...INSERT_TRANSFER_ENTRIES,
    values: [
      literal(entries.map(({ location }) => location)),
      literal(entries.map(({ journal }) => journal)),
      literal(entries.map(({ seq }) => seq)),
      literal(entries.map(({ at }) => at)),
      literal(entries.map(({ incoming }) => incoming)),
      joined(entries.map(({ other }) => other)),
      joined(entries.map(({ transfer }) => transfer)),
      literal(entries.map(({ final }) => final)),
      literal(entries.map(({ expectedAt = 'NULL' }) => expectedAt)),
      literal(entries.map(({ line }) => line)),
      joined(entries.map(({ sku }) => sku)),
      literal(entries.map(({ quantity }) => quantity)),
    ],
  });
}

function transferOf(place: Place, { kind, body }: FactContent): PlacedTransfer[] {
  if (kind === 'transferOut') {
    const { transfer, to: other, expectedAt, lines } = body;
    return [{ place, incoming: false, other, transfer, final: false, expectedAt, lines }];
  }
  if (kind !== 'transferIn') return [];
  const { transfer, from: other, final = false, lines } = body;
  return [{ place, incoming: true, other, transfer, final, expectedAt: undefined, lines }];
}
