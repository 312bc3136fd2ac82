import { z } from 'zod';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import { excerpt, readJson } from '../../http/answer.ts';
import { problemsOf, readOk, said, type Ask } from './ask.ts';

const units = z.object({ amount: z.number() }).transform(({ amount }) => Math.trunc(amount));
const nodes = z.object({
  nodes: z
    .array(
      z.object({
        shipNode: z.string().optional(),
        inputQty: units.optional(),
        availToSellQty: units.optional(),
        reservedQty: units.optional(),
        errors: z.array(z.object({ code: z.string(), description: z.string().optional() })).optional(),
      }),
    )
    .optional(),
});
const answered = z.object({
  nodes: z
    .array(
      z.object({
        shipNode: z.string().optional(),
        status: z.string().optional(),
        errors: z.array(z.object({ code: z.string(), description: z.string().optional() })).optional(),
      }),
    )
    .optional(),
});

/** What a node has of a sku: `input` is what we said is there, of which Walmart keeps what is sold and not shipped yet. */
export interface NodeStock {
  readonly input: number;
  readonly available: number;
  readonly reserved: number;
}
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface Node {
  readonly shipNode: string | undefined;
  read(sku: string, correlationId?: string): Promise<NodeStock | Refusal>;
  /** Undefined: it was set. */
  set(sku: string, input: number, correlationId?: string): Promise<Refusal | undefined>;
}

const UNKNOWN = /NOT_FOUND|NO_SUCH|DOES_NOT_EXIST/;

/** Stock of one ship node: the one that is named, else the only one that there is. */
export function openNode(ask: Ask, shipNode: string | undefined): Node {
  return {
    shipNode,
    async read(sku, correlationId) {
      const answer = await ask({
        method: 'GET',
        path: pathOf(sku),
        correlationId,
        query: { shipNode },
      });
      const refusal = refusalOf(answer, sku);
      if (refusal !== undefined) return refusal;
      const { nodes: found = [] } = readOk(answer, nodes);
      const own = shipNode === undefined ? found : found.filter((one) => one.shipNode === shipNode);
      const [first] = own;
      if (own.length > 1) {
        const detail = `"${sku}" is at ${own.length} ship nodes: name one of them in the settings (shipNode).`;
        return { code: 'CHANNEL_SKU_AMBIGUOUS', detail };
      }
      const { inputQty: input, availToSellQty, reservedQty: reserved = 0, errors = [] } = first ?? {};
      if (errors.length > 0) return judged(errors);
      if (input === undefined) return unknown(sku, shipNode);
      return { input, reserved, available: availToSellQty ?? Math.max(0, input - reserved) };
    },
    async set(sku, input, correlationId) {
      const amount = { unit: 'EACH', amount: input };
      const answer =
        shipNode === undefined
          ? await ask({
              method: 'PUT',
              path: 'v3/inventory',
              query: { sku },
              body: JSON.stringify({ sku, quantity: amount }),
              correlationId,
            })
          : await ask({
              method: 'PUT',
              path: pathOf(sku),
              body: JSON.stringify({ inventories: { nodes: [{ shipNode, inputQty: amount }] } }),
              correlationId,
            });
      const refusal = refusalOf(answer, sku);
      if (refusal !== undefined) return refusal;
      if (shipNode === undefined) {
        readJson(answer, z.object({ sku: z.string() }));
        return undefined;
      }
      // Several nodes of one sku: each says for itself whether it was set.
      const own = (readOk(answer, answered).nodes ?? []).find((one) => one.shipNode === shipNode);
      if (own === undefined) return unknown(sku, shipNode);
      if ((own.errors ?? []).length > 0) return judged(own.errors ?? []);
      if (own.status?.toLowerCase() === 'success') return undefined;
      return {
        code: 'CHANNEL_REFUSED',
        detail: `Walmart says ${excerpt(own.status ?? 'nothing')} of ship node ${shipNode}.`,
      };
    },
  };
}

/** A sku may have any character; in a path each is escaped. */
const pathOf = (sku: string): string => `v3/inventories/${encodeURIComponent(sku)}`;

/** What a refusal says of the sku; an answer that is not the API's is no word on it. */
function refusalOf(answer: Parameters<typeof problemsOf>[0], sku: string): Refusal | undefined {
  if (answer.status < 400) return undefined;
  const found = problemsOf(answer);
  if (found === undefined) {
    readOk(answer, z.unknown());
    return unknown(sku, undefined);
  }
  return judged(found);
}

function judged(
  found: readonly { code: string; description?: string | undefined; info?: string | undefined }[],
): Refusal {
  const isUnknown = found.some(({ code }) => UNKNOWN.test(code));
  return { code: isUnknown ? 'CHANNEL_SKU_UNKNOWN' : 'CHANNEL_REFUSED', detail: excerpt(said(found)) };
}

function unknown(sku: string, shipNode: string | undefined): Refusal {
  const at = shipNode === undefined ? 'at Walmart' : `at ship node ${shipNode}`;
  return { code: 'CHANNEL_SKU_UNKNOWN', detail: `There is no "${sku}" ${at}.` };
}
