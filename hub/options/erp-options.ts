import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** ERPs: how they fare, their documents and mappings. */
export const erpOptions = {
  'erp list': { summary: 'Lists the ERPs: what waits for each, and what failed.', options: { json } },
  'erp documents': {
    summary: 'Lists documents for ERPs, the oldest first; dead letters unless told otherwise.',
    options: {
      erp: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this ERP only.' },
      state: {
        type: 'enum',
        values: ['dead', 'waiting', 'posted', 'skipped'],
        default: 'dead',
        placeholder: 'STATE',
        help: 'dead, waiting, posted or skipped.',
      },
      key: {
        type: 'string',
        maxLength: 256,
        placeholder: 'KEY',
        help: 'With this key, such as STORE/KEY-OF-THE-FACT.',
      },
      rejected: { type: 'boolean', help: 'Only what the partner says it did not take (X12 997), in any state.' },
      json,
    },
  },
  'erp compare': {
    summary: 'Says by day, kind and store what each of two ERPs has; with --documents each that differs.',
    arguments: { erp: 'code of an ERP', other: 'code of the other' },
    options: {
      from: {
        type: 'string',
        maxLength: 10,
        required: true,
        placeholder: 'DAY',
        help: 'From this day on, like 2026-01-31.',
      },
      until: { type: 'string', maxLength: 10, required: true, placeholder: 'DAY', help: 'Up to this day, it too.' },
      documents: { type: 'boolean', help: 'Lists up to 1,000 documents that are not in the same state at both.' },
      json,
    },
  },
  'erp replay': {
    summary: 'Posts a dead letter again under its key, or up to 1,000 of an ERP.',
    arguments: { document: 'number of a document, or code of an ERP' },
  },
  'erp skip': {
    summary: 'Ends a dead letter without posting it.',
    arguments: { document: 'number of a document' },
    options: {
      reason: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
    },
  },
  'erp mapping': {
    summary: 'Tries a mapping on documents and puts it live when it stands that.',
    arguments: { file: 'file of the mapping, YAML or JSON' },
    options: {
      erp: { type: 'string', maxLength: 32, required: true, placeholder: 'CODE', help: 'Of this ERP.' },
      dryRun: { type: 'boolean', help: 'Only shows what it makes of documents.' },
      note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why, kept with the version.' },
      json,
    },
  },
} as const satisfies Record<string, Command>;
