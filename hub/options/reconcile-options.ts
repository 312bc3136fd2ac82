import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** Comparisons with what others say, and their differences. */
export const reconcileOptions = {
  'reconcile list': {
    summary: 'Lists the comparisons: who corrects, how many differences are open, when each is run next.',
    options: { json },
  },
  'reconcile run': {
    summary: 'Has a comparison run now by a hub, and says what differs.',
    arguments: { comparison: 'code of a comparison' },
    options: { json },
  },
  'reconcile differences': {
    summary: 'Lists differences, open ones unless told otherwise.',
    options: {
      comparison: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this comparison only.' },
      state: {
        type: 'enum',
        values: ['open', 'explained', 'corrected', 'ignored', 'gone'],
        default: 'open',
        placeholder: 'STATE',
        help: 'open, explained, corrected, ignored or gone.',
      },
      location: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this location only.' },
      sku: { type: 'string', maxLength: 64, placeholder: 'SKU', help: 'Of this sku only.' },
      json,
    },
  },
  'reconcile approve': {
    summary: 'Corrects a difference, once.',
    arguments: { difference: 'number of a difference' },
    options: {
      towards: {
        type: 'enum',
        values: ['ours', 'theirs'],
        placeholder: 'SIDE',
        help: 'ours corrects the other side, theirs our stock; by default as its comparison says.',
      },
      note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why; kept with it.' },
    },
  },
  'reconcile ignore': {
    summary: 'Leaves a difference as it is until it changes.',
    arguments: { difference: 'number of a difference' },
    options: {
      reason: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
    },
  },
  'reconcile settlement': {
    summary: 'Takes a settlement report of Amazon (flat file V2); the same one again changes nothing.',
    arguments: { file: 'file of the report' },
    options: {
      channel: { type: 'string', maxLength: 32, required: true, placeholder: 'CODE', help: 'Of this channel.' },
      json,
    },
  },
} as const satisfies Record<string, Command>;
