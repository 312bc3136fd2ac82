import { ShelfwireError } from '#shared/protocol/errors.ts';
import { key, text } from '#shared/protocol/fields.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { dismissUntaken, listUntaken, retryUntaken, type ShownUntaken } from '#hub/connectors/orders/list-untaken.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { HubCli } from '#hub/options.ts';
import { accountName } from './account-name.ts';
import { commandLogger, readText } from './command-input.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';

type Handlers = CommandHandlers<HubCli>;
type ChannelCommand = Extract<keyof Handlers, `channels ${string}`>;

const LISTED_MAX = 1_000;
const SHOWN_CHARS = 80;

/** Orders of channels that could not be taken. */
export const channelCommands: Pick<Handlers, ChannelCommand> = {
  'channels orders': async ({ options }, terminal) => {
    const { account, state } = options;
    const from = { after: [0, ''], limit: LISTED_MAX } as const;
    const orders = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => listUntaken(client, { account, state }, from)),
    );
    terminal.out(options.json ? `${JSON.stringify(orders)}\n` : ordersTable(orders));
    return 0;
  },

  'channels retry': async ({ options, args }, terminal) => {
    const [account, order] = [accountOf(args.account), readText(key, args.order, 'ORDER')];
    await withDatabase(options, commandLogger(options), (pool) => retryUntaken(pool, account, order));
    terminal.out(`Order ${order} is read at its channel by the hub that runs.\n`);
    return 0;
  },

  'channels dismiss': async ({ options, args }, terminal) => {
    const [account, order] = [accountOf(args.account), readText(key, args.order, 'ORDER')];
    const decided = { by: `cli:${accountName()}`, note: readText(text, options.note, '--note') };
    await withDatabase(options, commandLogger(options), (pool) => dismissUntaken(pool, account, order, decided));
    terminal.out(`Order ${order} is dismissed.\n`);
    return 0;
  },
};

function accountOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ShelfwireError('OPTION_INVALID', `ACCOUNT: "${text}" is not the number of an account.`);
}

function ordersTable(orders: readonly ShownUntaken[]): string {
  if (orders.length === 0) return 'There are no such orders.\n';
  const rows = orders.map(({ account, channel, order, state, tries, lines, held, error }) => {
    const why = `${error.code}: ${error.detail}`.slice(0, SHOWN_CHARS);
    return [String(account), channel, order, state, String(tries), unitsOf(lines), heldOf(held), why];
  });
  return table([['ACCOUNT', 'CHANNEL', 'ORDER', 'STATE', 'TRIES', 'UNITS', 'HELD', 'WHY'], ...rows]);
}

const sum = (numbers: readonly number[]): string => String(numbers.reduce((total, one) => total + one, 0));
/** Of lines that could not be read nobody knows how many there are. */
const unitsOf = (lines: ShownUntaken['lines']): string => (lines === null ? '?' : sum(lines.map(({ units }) => units)));
const heldOf = (held: ShownUntaken['held']): string => (held === null ? '0' : sum(held.map((one) => one.held)));
