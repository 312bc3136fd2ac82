import type { MigrationStrategies, RxJsonSchema } from 'rxdb';
import type { QuarantineAct, QuarantineOrigin, QuarantineState } from '#shared/agent-api/quarantine.ts';
import { instantField, textField } from './fields.ts';

/** What could not be taken, as it came (F5), and what became of it. Never leaves this machine by itself. */
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
  /** All of its text is kept; of what was too big only the beginning. */
  isWhole: boolean;
  key: string | null;
  origin: QuarantineOrigin | null;
  state: QuarantineState;
  /** When it was sent or dismissed, ms since 1970; 0 while it is open. */
  closedAt: number;
  acts: QuarantineAct[];
}

export const quarantineSchema: RxJsonSchema<QuarantineDocument> = {
  title: 'quarantine',
  version: 1,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(64),
    source: { type: 'string' },
    at: instantField,
    code: { type: 'string' },
    detail: { type: 'string' },
    verbatim: { type: 'string' },
    isWhole: { type: 'boolean' },
    key: { type: ['string', 'null'] },
    origin: { type: ['object', 'null'] },
    state: { type: 'string' },
    closedAt: instantField,
    acts: { type: 'array' },
  },
  required: ['id', 'source', 'at', 'code', 'detail', 'verbatim', 'isWhole', 'state', 'closedAt', 'acts'],
  indexes: [['closedAt', 'at', 'id']],
};

/** Said at the end of the detail of what was cut, also by version 0. */
export const CUT = / \(the first \d+ of \d+ characters are kept\)$/;

/** Version 0 knew neither keys nor what became of an entry: all of them are open. */
export const quarantineMigrations: MigrationStrategies = {
  1: (old: Pick<QuarantineDocument, 'id' | 'source' | 'at' | 'code' | 'detail' | 'verbatim'>) => ({
    ...old,
    isWhole: !CUT.test(old.detail),
    key: null,
    origin: null,
    state: 'open',
    closedAt: 0,
    acts: [],
  }),
};
