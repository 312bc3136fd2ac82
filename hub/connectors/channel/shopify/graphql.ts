import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools } from '../../connector.ts';
import { excerpt, readJson, requireOk } from '../../http/answer.ts';

/** The version whose schema is spoken: test/data/shopify has the parts in use. */
export const API_VERSION = '2026-10';

const throttle = z.object({
  maximumAvailable: z.number().positive(),
  currentlyAvailable: z.number().min(0),
  restoreRate: z.number().positive(),
});
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }))
    .min(1)
    .optional(),
  extensions: z
    .object({
      cost: z.object({ requestedQueryCost: z.number().optional(), throttleStatus: throttle.optional() }).optional(),
    })
    .optional(),
});

/** The one bucket of points that a shop has for an app. */
export const QUOTA = 'points';

export type Ask = <Schema extends z.ZodType>(
  document: string,
  variables: Readonly<Record<string, unknown>>,
  answer: Schema,
  /** What of it is not paid with the call that it belongs to. */
  extraPoints?: number,
) => Promise<z.output<Schema>>;

/** Asks the Admin API of a shop. What it says of its quota is told; a refusal because of it comes as 429 or as THROTTLED. */
export function createAsk(baseUrl: string, accessToken: string, tools: ChannelTools): Ask {
  const { http, clock } = tools;
  const url = new URL(`admin/api/${API_VERSION}/graphql.json`, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`).href;
  return async (query, variables, schema, extraPoints = 0) => {
    if (extraPoints > 0) await tools.pay(QUOTA, extraPoints);
    const answer = await http({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': accessToken },
      body: JSON.stringify({ query, variables }),
    });
    requireOk(answer, clock.now());
    const { data, errors, extensions } = readJson(answer, envelope);
    const { throttleStatus: status, requestedQueryCost: cost } = extensions?.cost ?? {};
    if (status !== undefined) {
      tools.seen(QUOTA, {
        left: status.currentlyAvailable,
        perSecond: status.restoreRate,
        burst: status.maximumAvailable,
      });
    }
    if (errors !== undefined)
      throw failureOf(errors, status === undefined || cost === undefined ? undefined : waitMs(cost, status));
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new ChannelFailure('CHANNEL_ANSWER_INVALID', `In the answer: ${excerpt(z.prettifyError(parsed.error))}`);
  };
}

function waitMs(cost: number, { currentlyAvailable, restoreRate }: z.output<typeof throttle>): number {
  return Math.max(0, Math.ceil(((cost - currentlyAvailable) * 1_000) / restoreRate));
}

/** What was refused before it was run has done nothing. */
const CODES = {
  THROTTLED: { code: 'CHANNEL_THROTTLED', inDoubt: false },
  ACCESS_DENIED: { code: 'CHANNEL_UNAUTHORIZED', inDoubt: false },
  SHOP_INACTIVE: { code: 'CHANNEL_UNAUTHORIZED', inDoubt: false },
  MAX_COST_EXCEEDED: { code: 'CHANNEL_REFUSED', inDoubt: false },
  INTERNAL_SERVER_ERROR: { code: 'CHANNEL_FAILED', inDoubt: true },
} as const;

function failureOf(
  errors: readonly { message: string; extensions?: { code?: string | undefined } | undefined }[],
  retryAfterMs: number | undefined,
): ChannelFailure {
  const codes = new Set(errors.map(({ extensions }) => extensions?.code));
  const known = Object.entries(CODES).find(([name]) => codes.has(name))?.[1];
  const detail = `Shopify says: ${excerpt(errors.map(({ message }) => message).join('; '))}`;
  if (known === undefined) return new ChannelFailure('CHANNEL_ANSWER_INVALID', detail, { inDoubt: false });
  const { code, inDoubt } = known;
  return new ChannelFailure(code, detail, { inDoubt, ...(code === 'CHANNEL_THROTTLED' && { retryAfterMs }) });
}
