import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

const file = 'file of rules, YAML or JSON';

/** By whom and when rules are applied. */
const application = {
  note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why, for the audit.' },
  effectiveFrom: {
    type: 'string',
    maxLength: 40,
    placeholder: 'INSTANT',
    help: 'From when on, such as 2026-12-01T00:00:00Z; by default at once.',
  },
  dryRun: { type: 'boolean', help: 'Only says what would change.' },
  basedOn: {
    type: 'number',
    min: 0,
    max: 2_147_483_647,
    placeholder: 'VERSION',
    help: 'Newest version that you know: refused when there is another by now.',
  },
  json,
} as const;

/** Rules of availability. */
export const rulesOptions = {
  'rules validate': {
    summary: 'Says everything that is wrong with a file of rules.',
    arguments: { file },
    options: {
      offline: { type: 'boolean', help: 'Without a hub: its stores and products are not looked up.' },
      json,
    },
  },
  'rules diff': {
    summary: 'Says what is different between the rules in force and a file, or between two versions.',
    arguments: { file: `${file}, or the number of a version` },
    options: {
      to: {
        type: 'number',
        min: 1,
        max: 2_147_483_647,
        placeholder: 'VERSION',
        help: 'Version to compare with, in place of the one in force.',
      },
      json,
    },
  },
  'rules apply': {
    summary: 'Makes a file the newest version of the rules; all of it or nothing.',
    arguments: { file },
    options: application,
  },
  'rules rollback': {
    summary: 'Brings an older version back, as a new one.',
    arguments: { version: 'number of the version' },
    options: application,
  },
  'rules export': {
    summary: 'Prints the file of the rules in force as it was applied.',
    options: {
      of: {
        type: 'number',
        min: 1,
        max: 2_147_483_647,
        placeholder: 'VERSION',
        help: 'Another version than the one in force.',
      },
      out: { type: 'path', placeholder: 'FILE', help: 'Writes it there.' },
    },
  },
  'rules list': { summary: 'Lists the versions of the rules: who applied what, when.', options: { json } },
} as const satisfies Record<string, Command>;
