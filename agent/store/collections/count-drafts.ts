import type { RxJsonSchema } from 'rxdb';
import { instantField, seqField, textField } from './fields.ts';

/**
 * One entry of a count: that it was begun, an act of somebody who counts, how it ended. Never changed, only removed with its
 * whole count; what was counted is a function of the entries. Local: what is approved goes into the journal.
 */
export interface CountDraftDocument {
  /** Count and key of the entry: the same act is one document. */
  id: string;
  count: string;
  /** From 1, gapless within the count. */
  place: number;
  kind: string;
  at: number;
  /** The entry, checked by `counts/entry.ts` whenever it is read. */
  entry: object;
}

export const countDraftsSchema: RxJsonSchema<CountDraftDocument> = {
  title: 'countDrafts',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(128),
    count: textField(64),
    place: seqField,
    kind: textField(16),
    at: instantField,
    entry: { type: 'object' },
  },
  required: ['id', 'count', 'place', 'kind', 'at', 'entry'],
  indexes: [
    ['count', 'place'],
    ['kind', 'at'],
  ],
};
