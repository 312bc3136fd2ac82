import type { RxJsonSchema } from 'rxdb';
import { instantField, textField } from './fields.ts';

/** What could not be taken, as it came (F5). Never leaves this machine by itself. */
export interface QuarantineDocument {
  id: string;
  /** By which way it came, like a fact's source; "hub": it was taken here, and the hub has set it aside. */
  source: string;
  /** When it arrived first, ms since 1970. */
  at: number;
  /** Code of the errors' table. */
  code: string;
  detail: string;
  verbatim: string;
}

export const quarantineSchema: RxJsonSchema<QuarantineDocument> = {
  title: 'quarantine',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(64),
    source: { type: 'string' },
    at: instantField,
    code: { type: 'string' },
    detail: { type: 'string' },
    verbatim: { type: 'string' },
  },
  required: ['id', 'source', 'at', 'code', 'detail', 'verbatim'],
  indexes: [['at', 'id']],
};
