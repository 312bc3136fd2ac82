import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** Past periods under other policies. */
export const whatIfOptions = {
  'what-if': {
    summary: 'Replays a past period under other policies: what would have been published, withheld and oversold.',
    options: {
      from: {
        type: 'string',
        required: true,
        maxLength: 40,
        placeholder: 'DAY',
        help: 'Begin, a day or an instant, UTC.',
      },
      to: { type: 'string', required: true, maxLength: 40, placeholder: 'DAY', help: 'End, not included.' },
      policy: {
        type: 'list',
        placeholder: 'FILE',
        help: 'JSON file with a policy or a list of them, may be repeated; hub/availability/what-if/README.md shows them.',
      },
      out: {
        type: 'path',
        placeholder: 'FILE',
        help: 'Writes a page with picture and table there (.html), or the picture (.svg).',
      },
      outages: {
        type: 'enum',
        values: ['recorded', 'random', 'nightly', 'weekend'],
        default: 'recorded',
        placeholder: 'KIND',
        help: 'Silences of stores: as facts were received, or simulated: random, nightly or weekend.',
      },
      stock: {
        type: 'enum',
        values: ['ledger', 'simulated'],
        default: 'ledger',
        placeholder: 'KIND',
        help: "Units on the shelves: the ledger's, or simulated by orders to suppliers when it knows sales only.",
      },
      channelShare: {
        type: 'number',
        min: 0,
        max: 1,
        fraction: true,
        default: 0,
        help: 'Share of the sales that are taken for orders of channels, chosen by their key; without it there are no orders.',
      },
      learnDays: {
        type: 'number',
        min: 0,
        max: 730,
        default: 56,
        help: 'Days before the begin from which demand is learnt, and nothing is counted.',
      },
      seed: { type: 'number', min: 0, max: 1_000_000, default: 1, help: 'Another one simulates others.' },
      json,
    },
  },
} as const satisfies Record<string, Command>;
