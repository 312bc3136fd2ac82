import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** What sources tell of stock and products. */
export const inboundOptions = {
  'inbound list': { summary: 'Lists the sources that tell of stock and products.', options: { json } },
  'inbound rejects': {
    summary: 'Lists what could not be read of what sources sent, the newest first.',
    options: {
      source: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this source only.' },
      json,
    },
  },
  'inbound dismiss': {
    summary: 'Closes the case of a reject.',
    arguments: { reject: 'number of a reject' },
    options: {
      note: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
    },
  },
  'inbound files': {
    summary: 'Lists files of a source that were dealt with, the newest first.',
    arguments: { source: 'code of a source' },
    options: { json },
  },
  'products rules': {
    summary: 'Shows whom to believe of products, or makes a file the rules in force; products follow in a running hub.',
    options: {
      apply: { type: 'path', placeholder: 'FILE', help: 'A file of these rules, JSON.' },
      note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why, kept with the version.' },
      json,
    },
  },
  'products conflicts': {
    summary: 'Lists where sources say different things of a product, and what is believed.',
    options: { json },
  },
} as const satisfies Record<string, Command>;
