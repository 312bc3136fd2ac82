import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** Orders of channels that could not be taken. */
export const channelOptions = {
  'channels orders': {
    summary: 'Lists orders of channels that could not be taken; those that are for people unless told otherwise.',
    options: {
      account: { type: 'number', min: 1, max: 999_999_999, placeholder: 'NUMBER', help: 'Of this account only.' },
      state: {
        type: 'enum',
        values: ['aside', 'waiting', 'dismissed'],
        default: 'aside',
        placeholder: 'STATE',
        help: 'aside (for people), waiting (tried again) or dismissed.',
      },
      json,
    },
  },
  'channels retry': {
    summary: 'Has such an order read at its channel and taken, by a running hub.',
    arguments: { account: 'number of an account', order: 'what the channel calls it' },
  },
  'channels dismiss': {
    summary: 'Closes the case of such an order; what is held for it is given back.',
    arguments: { account: 'number of an account', order: 'what the channel calls it' },
    options: {
      note: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
    },
  },
} as const satisfies Record<string, Command>;
