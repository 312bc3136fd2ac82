import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactContent } from '#shared/protocol/fact.ts';
import { toLine, type ReadFact } from '#shared/protocol/frame.ts';
import { isToItself } from '#shared/stock/transfer.ts';
import type { IncomingFrame } from './incoming.ts';
import type { PlacedFact } from './placed-fact.ts';

const CODES = 'SELECT location_no, code FROM locations WHERE location_no = ANY ($1::int[])';

/**
 * Sets transfers aside whose other end is the store that tells of them: their units would leave onHand and hang in transit,
 * or come out of nothing. Only the hub's own code of a store says which it is. Frames without transfers cost nothing here.
 */
export async function setTransfersToItselfAside(
  client: PoolClient,
  frames: readonly IncomingFrame[],
): Promise<readonly IncomingFrame[]> {
  const concerned = frames.filter(({ facts }) => facts.some((fact) => fact.ok && isTransfer(fact.content)));
  if (concerned.length === 0) return frames;
  const codes = await codesOf(
    client,
    concerned.map(({ location }) => location),
  );
  return frames.map((frame) => {
    const store = codes.get(frame.location);
    return store === undefined ? frame : { ...frame, facts: frame.facts.map((fact) => setAside(fact, store)) };
  });
}

/** Throws TRANSFER_TO_ITSELF: such a fact is not released either. */
export async function requireOtherEnd(client: PoolClient, { location, fact }: PlacedFact): Promise<void> {
  if (!isTransfer(fact.content)) return;
  const store = (await codesOf(client, [location])).get(location);
  if (store === undefined || !isToItself(store, fact.content)) return;
  throw new ShelfwireError('TRANSFER_TO_ITSELF', detailOf(store, fact.content));
}

function setAside(fact: ReadFact, store: string): ReadFact {
  if (!fact.ok || !isToItself(store, fact.content)) return fact;
  const verbatim = toLine({ ...fact, kind: fact.content.kind });
  const detail = detailOf(store, fact.content);
  return { ok: false, seq: fact.seq, key: fact.key, code: 'TRANSFER_TO_ITSELF', detail, verbatim };
}

function detailOf(store: string, { kind }: FactContent): string {
  return `${kind === 'transferOut' ? 'to' : 'from'}: "${store}" is the store itself, which the units never left.`;
}

function isTransfer({ kind }: FactContent): boolean {
  return kind === 'transferOut' || kind === 'transferIn';
}

async function codesOf(client: PoolClient, locations: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await client.query<{ location_no: number; code: string }>(CODES, [[...new Set(locations)]]);
  return new Map(rows.map((row) => [row.location_no, row.code]));
}
