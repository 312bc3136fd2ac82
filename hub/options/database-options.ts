import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** The database, and what is worked out from it. */
export const databaseOptions = {
  migrate: { summary: 'Brings the database to the schema of this version; `run` does it too.' },
  schema: { summary: 'Writes hub/db/schema.sql anew from the migrations, by an empty database of its own.' },
  partition: {
    summary: 'Cuts the tables of the ledger into partitions by store, for very many movements. Stop the hub first.',
    options: {
      into: { type: 'number', min: 2, max: 256, default: 16, help: 'Partitions of each table.' },
    },
  },
  recompute: {
    summary: 'Makes what every channel may sell anew, from positions and rules; a running hub goes on selling.',
  },
  drift: {
    summary: 'Holds what every channel may sell against positions and rules; says what differs.',
    options: { json },
  },
} as const satisfies Record<string, Command>;
