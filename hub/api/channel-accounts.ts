import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { PRINTABLE, storeCode, text } from '#shared/protocol/fields.ts';
import type { ChannelAccount, ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import { CHANNEL_KINDS } from '#hub/connectors/registry.ts';
import { URL_CHARS_MAX } from '#hub/outbox/target.ts';
import { accountShown } from './answers/channel-accounts.ts';
import { pageAnswer } from './answers/fields.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

/** In an address. */
export const accountNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of an account')
  .transform(Number);
const one = z.strictObject({ account: accountNumber });
const kind = z.enum(CHANNEL_KINDS.map((one) => one.kind)).describe('GET /v1/channel-kinds says what each is.');
const byName = z.record(z.string().max(64), z.unknown());

const request = z.strictObject({
  channel: storeCode.describe('Of the rules; a channel has one account.'),
  kind,
  name: text.describe('What it is for.'),
  baseUrl: z.string().min(1).max(URL_CHARS_MAX).regex(PRINTABLE, 'must be printable text'),
  settings: byName.default({}),
  credentials: byName.describe('Kept sealed, and never shown.'),
  dryRun: z.boolean().default(false).describe('Reads what the channel says, and sends nothing.'),
  sameShop: z
    .boolean()
    .default(false)
    .describe('It is the shop of the account before, at another address: its orders are those that are known.'),
});

/** /v1/channel-accounts: where numbers are published, and how that goes. */
export function channelAccountRoutes(accounts: ChannelAccounts): Route[] {
  const act = (name: 'pause' | 'resume' | 'end', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/channel-accounts/:account/${name}`,
      access: 'channels:write',
      summary,
      params: one,
      body: z.strictObject({}),
      answer: accountShown,
      problems: name === 'end' ? ['NOT_FOUND'] : ['NOT_FOUND', 'CHANNEL_ACCOUNT_ENDED'],
      async handle({ params: { account }, caller, log }) {
        const changed = await accounts[name](account);
        log.info({ account, by: caller?.name, act: name }, 'a channel account was changed');
        return { body: toShown(changed) };
      },
    });
  return [
    route({
      method: 'get',
      path: '/v1/channel-kinds',
      access: 'channels:read',
      summary: 'The kinds of channels that can be spoken with.',
      answer: z.strictObject({ items: z.array(z.strictObject({ kind: z.string(), summary: z.string() })) }),
      handle: async () => ({ body: { items: CHANNEL_KINDS.map(({ kind, summary }) => ({ kind, summary })) } }),
    }),
    route({
      method: 'post',
      path: '/v1/channel-accounts',
      access: 'channels:write',
      idempotencyKey: 'required',
      summary: 'Begins to speak with a channel: its listings are published there from then on.',
      body: request,
      answer: accountShown,
      statuses: [201],
      problems: [
        'NOT_FOUND',
        'CHANNEL_ACCOUNT_LIVE',
        'CHANNEL_SHOP_DIFFERS',
        'CHANNEL_KEY_MISSING',
        'WEBHOOK_URL_FORBIDDEN',
      ],
      async handle({ body, caller, keep, log }) {
        const answer = (account: ChannelAccount) => ({
          status: 201,
          headers: { Location: `/v1/channel-accounts/${account.account}` },
          body: toShown(account),
        });
        const made = await accounts.create(body, caller?.name ?? 'nobody', (client, account) =>
          keep(client, answer(account)),
        );
        log.info({ account: made.account, channel: made.channel, kind: made.kind }, 'a channel account was made');
        return answer(made);
      },
    }),
    route({
      method: 'get',
      path: '/v1/channel-accounts',
      access: 'channels:read',
      summary: 'All accounts at channels, those that were ended too: how each of them fares.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(accountShown),
      async handle({ query }) {
        const after = readCursor(query.cursor, z.int32()) ?? 0;
        const rows = await accounts.list(after, query.limit + 1);
        return { body: pageOf(rows, query.limit, toShown, (row) => row.account) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/channel-accounts/:account',
      access: 'channels:read',
      summary: 'One account.',
      params: one,
      answer: accountShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({ body: toShown(await accounts.find(params.account)) }),
    }),
    route({
      method: 'post',
      path: '/v1/channel-accounts/:account/credentials',
      access: 'channels:write',
      summary: 'Other credentials, from the next call on; nothing has to be restarted.',
      params: one,
      body: z.strictObject({
        kind: kind.describe('Of the account: whose credentials these are.'),
        credentials: byName,
      }),
      answer: accountShown,
      problems: ['NOT_FOUND', 'CONFLICT', 'CHANNEL_ACCOUNT_ENDED', 'CHANNEL_KEY_MISSING'],
      async handle({ params: { account }, body, caller, log }) {
        const changed = await accounts.setCredentials(account, body.kind, body.credentials);
        log.info({ account, by: caller?.name }, 'a channel account has other credentials');
        return { body: toShown(changed) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/channel-accounts/:account/dry-run',
      access: 'channels:write',
      summary:
        'Begins or ends a dry run: what would be sent is shown by GET /v1/publications?state=differs, and is not sent.',
      params: one,
      body: z.strictObject({ dryRun: z.boolean() }),
      answer: accountShown,
      problems: ['NOT_FOUND', 'CHANNEL_ACCOUNT_ENDED'],
      async handle({ params: { account }, body, caller, log }) {
        const changed = await accounts.setDryRun(account, body.dryRun);
        log.info({ account, by: caller?.name, dryRun: body.dryRun }, 'a channel account was changed');
        return { body: toShown(changed) };
      },
    }),
    act('pause', 'Nothing is sent or asked for until it is resumed; what changes meanwhile waits.'),
    act('resume', 'Goes on at once, also when it was waiting after failures.'),
    act(
      'end',
      'Ends it for good, and forgets its credentials and publications. The channel keeps the numbers that it has.',
    ),
  ];
}

function toShown(found: ChannelAccount) {
  const { createdAt, answeredAt, nextAt, ordersKnownTo, error, credentialsNo, ...account } = found;
  return {
    ...account,
    credentials: credentialsNo,
    error: error && toChannelError(error),
    createdAt: isoTime(createdAt),
    answeredAt: isoTimeOrNull(answeredAt),
    nextAttemptAt: account.failures > 0 ? isoTime(nextAt) : null,
    ordersKnownTo: isoTimeOrNull(ordersKnownTo),
  };
}

/** What was written down by an older version may have a code that is gone. */
export function toChannelError({ code, detail }: { readonly code: string; readonly detail: string }) {
  const known: ErrorCode = code in ERRORS ? (code as ErrorCode) : 'INTERNAL';
  return { code: known, detail, remedy: ERRORS[known].remedy };
}
