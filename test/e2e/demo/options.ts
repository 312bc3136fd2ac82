import { join } from 'node:path';
import { defineCli } from '#shared/runtime/command-line.ts';

const SLICE = join(import.meta.dirname, '../../data/online-retail-2011-08.csv.gz');

/** Everything that can be set of the demo. */
export const demoCli = defineCli({
  name: 'npm run demo --',
  summary: 'Three weeks of real sales through three stores and a hub, with cuts and crashes, and what came of it.',
  version: '1',
  options: {},
  commands: {
    run: {
      summary: 'Runs the demo; exit code 1 when anything is lost, doubled or different.',
      options: {
        data: {
          env: 'SHELFWIRE_DEMO_DATA',
          type: 'path',
          default: SLICE,
          placeholder: 'FILE',
          help: '"Online Retail" as CSV, or gzip of it.',
        },
        from: {
          env: 'SHELFWIRE_DEMO_FROM',
          type: 'string',
          maxLength: 10,
          placeholder: 'DAY',
          help: 'First day to take, like 2011-08-12.',
        },
        days: {
          env: 'SHELFWIRE_DEMO_DAYS',
          type: 'number',
          min: 1,
          max: 10_000,
          help: 'Trading days to take; by default all.',
        },
        seconds: {
          env: 'SHELFWIRE_DEMO_SECONDS',
          type: 'number',
          min: 5,
          max: 3_600,
          default: 60,
          help: 'Time that the tills take to hand all over.',
        },
        seed: {
          env: 'SHELFWIRE_DEMO_SEED',
          type: 'number',
          min: 0,
          max: 2_147_483_647,
          default: 1,
          help: 'Deals invoices and makes counts.',
        },
        channels: {
          env: 'SHELFWIRE_DEMO_CHANNELS',
          type: 'boolean',
          help: 'Also with channels whose customers order, and an ERP that is down for a while; all emulated.',
        },
        keep: { env: 'SHELFWIRE_DEMO_KEEP', type: 'boolean', help: 'Leaves all running at the end, and says where.' },
      },
    },
  },
});

export interface DemoOptions {
  readonly data: string;
  readonly from: string | undefined;
  readonly days: number | undefined;
  readonly seconds: number;
  readonly seed: number;
  readonly channels: boolean;
  /** Only these kinds of them. */
  readonly kinds?: readonly string[];
  readonly keep: boolean;
}

/** The short form, as part of the tests: the two days with the bad debt among them. */
export const SHORT: DemoOptions = {
  data: SLICE,
  from: '2011-08-11',
  days: 2,
  seconds: 12,
  seed: 1,
  channels: true,
  kinds: ['signedWebhook', 'shopify', 'googleLocal'],
  keep: false,
};
