import type { Command } from '#shared/runtime/command-definition.ts';
import { json } from './json-option.ts';

/** Keys of the API. */
export const keyOptions = {
  'key create': {
    summary: 'Makes a key for the API; printed only once.',
    options: {
      name: { type: 'string', maxLength: 256, required: true, help: 'What the key is for; it is shown in the logs.' },
      scope: {
        type: 'list',
        placeholder: 'SCOPE',
        help: 'What it may, may be repeated: area:read or area:write, which includes it (stock:read, rules:write, ...); read and write alone stand for every area. By default read.',
      },
      perSecond: {
        type: 'number',
        min: 1,
        max: 10_000,
        default: 100,
        help: 'Requests a second that the key may send in the long run, to each hub process; four seconds of them at once.',
      },
      json,
    },
  },
  'key revoke': { summary: 'Ends a key at once.', arguments: { name: 'name of the key' } },
  'key list': { summary: 'Lists the keys of the API.', options: { json } },
} as const satisfies Record<string, Command>;
