import { parseArgs } from 'node:util';

/** What the benchmarks can be told; each takes what concerns it. */
export interface BenchOptions {
  /** A run of seconds that shows everything works; its figures mean nothing. */
  readonly short: boolean;
  readonly rounds: number | undefined;
  readonly sales: number | undefined;
  readonly stores: number | undefined;
  /** Facts a second of the whole fleet. */
  readonly rate: number | undefined;
  readonly seconds: number | undefined;
  /** Also with each table of the ledger in so many partitions. */
  readonly partitions: number | undefined;
  /** publish: the channels of these codes; absent: all. */
  readonly channels: readonly string[] | undefined;
  /** Leave the peer out. */
  readonly withoutPeer: boolean;
  /** what-if: an "Online Retail" file, CSV or gzip of it; absent: the slice that comes with the tests. */
  readonly data: string | undefined;
  /** what-if: folder for the pictures. */
  readonly out: string | undefined;
  /** Folder for CPU profiles of hub and agents. */
  readonly profile: string | undefined;
}

export const USAGE = `Usage: npm run bench -- NAME... [options]
  --short          seconds in place of minutes: shows that it works, the figures mean nothing
  --rounds N       app, availability, drain, relay, reserve, storage: rounds, of which the median is shown; what-if: dealings of the sales to stores
  --sales N        drain: sales in the store's journal; relay: documents of each round
  --without-peer   drain, reserve: leave PouchDB, or Medusa, out
  --stores N       fleet, till-to-channel: connected stores; relay: stores that sell
  --rate N         fleet, till-to-channel: facts a second of all stores together
  --seconds N      fleet, reserve, till-to-channel: length of each phase
  --channels CODES publish: only these, with commas between: signed, shopify, amazon, walmart, ebay, adobe, google
  --partitions N   merge: also with the tables of the ledger in so many partitions
  --data FILE      what-if: all of "Online Retail" in place of its short slice
  --out FOLDER     what-if: pictures of the curves, written there
  --profile FOLDER write CPU profiles of hub and agents there
  --help           this text`;

export interface BenchCommand {
  readonly names: readonly string[];
  /** The usage was asked for. */
  readonly help: boolean;
  readonly options: BenchOptions;
}

/** Reads the command line; when it cannot be understood, a text that says why. */
export function readOptions(argv: readonly string[]): BenchCommand | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        short: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        sales: { type: 'string' },
        stores: { type: 'string' },
        rate: { type: 'string' },
        seconds: { type: 'string' },
        partitions: { type: 'string' },
        channels: { type: 'string' },
        'without-peer': { type: 'boolean', default: false },
        data: { type: 'string' },
        out: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const options: BenchOptions = {
      short: values.short,
      rounds: wholeNumber('rounds', values.rounds),
      sales: wholeNumber('sales', values.sales),
      stores: wholeNumber('stores', values.stores),
      rate: wholeNumber('rate', values.rate),
      seconds: wholeNumber('seconds', values.seconds),
      partitions: wholeNumber('partitions', values.partitions),
      channels: values.channels?.split(','),
      withoutPeer: values['without-peer'],
      data: values.data,
      out: values.out,
      profile: values.profile,
    };
    return { names: positionals, help: values.help, options };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name}: "${text}" is not a whole number above zero`);
  return value;
}
