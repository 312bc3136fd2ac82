import { signedHeaders } from '#hub/outbox/signature.ts';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import {
  channelKind,
  type AccountAccess,
  type CallShape,
  type Capabilities,
  type ChannelSession,
  type ChannelTools,
  type ItemAnswer,
} from '../../connector.ts';
import { readJson, requireOk } from '../../http/answer.ts';
import type { HttpAnswer } from '../../http/http.ts';
import { readEach } from '../each-order.ts';
import {
  bulkAnswer,
  levelsAnswer,
  ORDER_FORM,
  ordersAnswer,
  outcomeAnswer,
  readAnswer,
  type Leveled,
} from './messages.ts';
import { receive } from './receive.ts';
import { credentials, secretBytes, settings, type Credentials, type Settings } from './settings.ts';

const ORDERS_A_PAGE = 100;
const each = () => 1;
const QUOTA = 'messages';
const BULK = 'bulk';
const ONE = { quota: QUOTA, needs: 1, takes: 1 };

function capabilitiesOf(given: Settings): Capabilities {
  const { itemsMax, perSecond, burst, callsAtOnce, readable, countsDown, pollOrdersSeconds } = given;
  const { bulk, appliesWithinSeconds, changesADay, renewsAfterDays } = given;
  return {
    shapes: [{ name: 'levels', quota: QUOTA, itemsMax, cost: each }, ...(bulk === null ? [] : [bulkShape(bulk)])],
    reads: readable ? { quota: QUOTA, itemsMax, cost: each } : null,
    quotas: {
      [QUOTA]: { perSecond, burst },
      ...(bulk !== null && {
        [BULK]: { perSecond: bulk.perHour / 3_600, burst: Math.max(1, Math.ceil(bulk.perHour / 10)) },
      }),
    },
    ...(appliesWithinSeconds !== null && { settlesMs: appliesWithinSeconds * 1_000 }),
    ...(changesADay !== null && { changesADay }),
    ...(renewsAfterDays !== null && { renewsAfterMs: renewsAfterDays * 86_400_000 }),
    callsAtOnce,
    countsDown,
    effects: ONE,
    takesOrders: true,
    orders:
      pollOrdersSeconds === null
        ? null
        : { everyMs: pollOrdersSeconds * 1_000, page: ONE, read: ONE, readsMax: ORDERS_A_PAGE },
  };
}

function bulkShape({ itemsMax, laterSeconds }: NonNullable<Settings['bulk']>): CallShape {
  return { name: 'bulk', quota: BULK, itemsMax, cost: each, laterMs: laterSeconds * 1_000 };
}

/** Any system that takes signed messages: the page of the connectors says what it has to answer. */
export const signedWebhook = channelKind({
  kind: 'signedWebhook',
  summary: 'Your own shop, or any system: messages signed as Standard Webhooks are.',
  settings,
  credentials,
  ownOrderIds: true,
  capabilities: capabilitiesOf,
  open,
});

function open(access: AccountAccess<Settings, Credentials>, { http, clock, pay }: ChannelTools): ChannelSession {
  const { baseUrl, settings, credentials } = access;
  const secrets = [credentials.secret, credentials.previousSecret].flatMap((secret) =>
    secret === undefined ? [] : [secretBytes(secret)],
  );
  const send = async (type: string, data: object, id: string): Promise<HttpAnswer> => {
    const body = JSON.stringify({ type, ...data });
    const headers = { ...signedHeaders(secrets, { id, body, nowMs: clock.now() }), 'content-type': 'application/json' };
    const answer = await http({ method: 'POST', url: baseUrl, headers, body });
    requireOk(answer, clock.now());
    return answer;
  };
  const ask = async <Schema extends z.ZodType>(type: string, data: object, schema: Schema): Promise<z.output<Schema>> =>
    readJson(await send(type, data, `ask_${randomUUID()}`), schema);

  return {
    capabilities: capabilitiesOf(settings),
    async publish({ number, key, shape, items }) {
      const sent = items.map(({ channelSku, quantity, changeFrom }) => ({
        channelSku,
        quantity,
        ...(settings.compareAndSet && { changeFrom }),
      }));
      if (shape === 'bulk') {
        const answer = await send('stock.bulk', { sequence: number, items: sent }, `msg_${key}`);
        return { later: readJson(answer, bulkAnswer).ticket };
      }
      const answer = await send('stock.levels', { sequence: number, items: sent }, `msg_${key}`);
      if (answer.text.trim() === '') return items.map(({ channelSku }) => ({ channelSku, outcome: 'taken' }));
      return readJson(answer, levelsAnswer).items.map(toItemAnswer);
    },
    async ask(_, ticket) {
      await pay(QUOTA, 1);
      const answered = await ask('stock.outcome', { ticket }, outcomeAnswer);
      if (answered.state === 'done') return { answers: answered.items.map(toItemAnswer) };
      return { again: ticket, afterMs: Math.max(100, (settings.bulk?.laterSeconds ?? 1) * 200) };
    },
    async readBack(items) {
      const asked = items.map(({ channelSku }) => ({ channelSku }));
      const answered = await ask('stock.read', { items: asked }, readAnswer);
      const says = new Map(answered.items.map(({ channelSku, quantity }) => [channelSku, quantity]));
      return asked.map(({ channelSku }) => {
        const said = says.get(channelSku);
        return said === undefined ? { channelSku, ...unknown(channelSku) } : { channelSku, says: said };
      });
    },
    async pollOrders(since, cursor) {
      const asked = { since: since.toISOString(), cursor, limit: ORDERS_A_PAGE };
      const { orders, next } = await ask('orders.read', asked, ordersAnswer);
      return { orders: await eachOf(orders), next };
    },
    async readOrders(ids) {
      return eachOf((await ask('orders.read', { ids, cursor: null, limit: ORDERS_A_PAGE }, ordersAnswer)).orders);
    },
    receive: (request, now) => receive(request, credentials.receivingSecret, now),
    async perform({ key, channelOrderId, effect }) {
      const { kind, ...data } = effect;
      await send(`order.${kind}`, { channelOrderId, data }, `msg_${key}`);
    },
  };
}

const eachOf = (orders: readonly unknown[]) => readEach(orders, ORDER_FORM, (order) => order);

function toItemAnswer(answered: Leveled): ItemAnswer {
  const { channelSku, status } = answered;
  switch (status) {
    case 'taken':
    case 'accepted':
    case 'stale':
      return { channelSku, outcome: status };
    case 'older':
      return { channelSku, outcome: 'again' };
    case 'unknown':
      return { channelSku, outcome: 'refused', ...unknown(channelSku) };
    case 'refused':
      return { channelSku, outcome: 'refused', code: 'CHANNEL_REFUSED', detail: answered.detail };
    default:
      return status satisfies never;
  }
}

const unknown = (channelSku: string) => ({
  code: 'CHANNEL_SKU_UNKNOWN' as const,
  detail: `The channel does not know "${channelSku}".`,
});
