import type { RxJsonSchema } from 'rxdb';
import type { FactBody, FactKind } from '#shared/protocol/fact.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { instantField, seqField, textField } from './fields.ts';

/** A fact as it lies in the journal (F1: never changed; only its place may move, see `beginEpoch`). */
export interface JournalDocument {
  /** Idempotency key. */
  key: string;
  epoch: number;
  seq: number;
  kind: FactKind;
  at: number;
  offsetMs: number;
  correlationId: string;
  source: string;
  digest: string;
  body: FactBody;
}

export const journalSchema: RxJsonSchema<JournalDocument> = {
  title: 'journal',
  version: 0,
  primaryKey: 'key',
  type: 'object',
  properties: {
    key: textField(LIMITS.keyChars),
    epoch: instantField,
    seq: seqField,
    kind: textField(32),
    at: instantField,
    offsetMs: { type: 'integer' },
    correlationId: { type: 'string' },
    source: { type: 'string' },
    digest: { type: 'string' },
    body: { type: 'object' },
  },
  required: ['key', 'epoch', 'seq', 'kind', 'at', 'offsetMs', 'correlationId', 'source', 'digest', 'body'],
  indexes: [['epoch', 'seq'], ['kind', 'at'], ['at']],
};
