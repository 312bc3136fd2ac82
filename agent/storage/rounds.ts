import type { BulkWriteRow } from 'rxdb';

export interface Round<RxDocType> {
  ids: string[];
  rows: BulkWriteRow<RxDocType>[];
}

/** Splits rows so that no id is twice in a round: the second write of an id must meet the first as stored. */
export function roundsOf<RxDocType>(
  rows: BulkWriteRow<RxDocType>[],
  idOf: (document: BulkWriteRow<RxDocType>['document']) => string,
): Round<RxDocType>[] {
  const ids = rows.map((row) => idOf(row.document));
  if (new Set(ids).size === ids.length) return [{ ids, rows }];
  const rounds: (Round<RxDocType> & { seen: Set<string> })[] = [];
  for (const [position, row] of rows.entries()) {
    const id = ids[position] ?? '';
    let round = rounds.find((candidate) => !candidate.seen.has(id));
    if (round === undefined) {
      round = { ids: [], rows: [], seen: new Set() };
      rounds.push(round);
    }
    round.seen.add(id);
    round.ids.push(id);
    round.rows.push(row);
  }
  return rounds;
}
