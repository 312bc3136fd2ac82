import { hash } from 'node:crypto';
import type { StoredFact } from '../store/journal-log.ts';

/** A fact as a document of a CouchDB: its fields as they are, and its place as the id. */
export type ArchivedFact = StoredFact & {
  readonly _id: string;
  readonly _rev: string;
  readonly _revisions: { readonly start: 1; readonly ids: readonly [string] };
};

const SEQ_DIGITS = 12;

/** `epoch:seq`: sorted by id, the database is in the journal's order, and a range of ids is a stretch of it. */
export const archiveId = (place: { epoch: number; seq: number }): string =>
  `${place.epoch}:${String(place.seq).padStart(SEQ_DIGITS, '0')}`;

export function placeOfId(id: string): { epoch: number; seq: number } {
  const [epoch = '', seq = ''] = id.split(':');
  return { epoch: Number(epoch), seq: Number(seq) };
}

/**
 * The one revision of an archived fact. It depends on what the fact is (F1: that never changes), not on how this version
 * of the agent writes it down: archived again, it is there already.
 */
export const archiveRevision = (fact: { key: string; digest: string }): string =>
  `1-${hash('sha256', JSON.stringify([fact.key, fact.digest]), 'hex').slice(0, 32)}`;

export function toArchived(fact: StoredFact): ArchivedFact {
  const rev = archiveRevision(fact);
  return { _id: archiveId(fact), _rev: rev, _revisions: { start: 1, ids: [rev.slice(2)] }, ...fact };
}
