import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

const store = {
  type: 'string',
  maxLength: 32,
  required: true,
  placeholder: 'CODE',
  help: 'Code of the store: letters, digits, - and _.',
} as const;

/** Stores and their devices. */
export const storeOptions = {
  'store create': {
    summary: 'Creates a store, or gives it another name.',
    options: { store, name: { type: 'string', maxLength: 256, help: 'Name of the store; by default its code.' } },
  },
  'token create': {
    summary: 'Makes a one-time token that enrols one device of a store; printed only once.',
    options: {
      store,
      name: { type: 'string', maxLength: 256, help: 'Creates the store under this name when it is missing.' },
      ttlHours: { type: 'number', min: 1, max: 720, default: 24, help: 'Hours that the token is valid.' },
      json,
    },
  },
} as const satisfies Record<string, Command>;
