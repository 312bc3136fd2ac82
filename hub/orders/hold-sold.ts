import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Held, HoldRequest } from './holds.ts';
import { findNames } from './work/validate.ts';
import type { WorkParts } from './work/work-effects.ts';

/** What a channel has sold in an order that is not taken. */
export interface Sold {
  /** Under which it is held; asked for again it gives the same. */
  readonly key: string;
  readonly channel: string;
  readonly channelOrderId: string;
  readonly lines: readonly {
    readonly sku?: string | undefined;
    readonly channelSku?: string | undefined;
    readonly units: number;
  }[];
}

/** A line of it, and how many units are held. `sku`: null where nothing here is called so. */
export interface HeldSold {
  readonly line: string;
  readonly sku: string | null;
  readonly units: number;
  readonly held: number;
}

/**
 * The first time lasts at most so long: what was held by whoever was killed before it was written down comes free again. It
 * is confirmed behind it, and then waits for ever.
 */
const TTL_SECONDS = 3_600;

/** Holds what there is of these lines for an order that is not taken yet, wherever it is. Gives what is held, which may be nothing. */
export async function holdSold({ pool, holds }: WorkParts, sold: Sold): Promise<HeldSold[]> {
  const { channel, channelOrderId: reference, key } = sold;
  const named = sold.lines.map(({ sku, channelSku }, place) => ({ line: String(place + 1), sku, channelSku }));
  const { skus } = await findNames(pool, { channel, lines: named });
  const lines = sold.lines.flatMap(({ units }, place) => {
    const sku = skus[String(place + 1)];
    return sku === undefined ? [] : [{ line: place + 1, sku, units }];
  });
  const held = lines.length === 0 ? [] : await reserve();
  return sold.lines.map(({ sku, channelSku, units }, place) => ({
    line: channelSku ?? sku ?? '',
    sku: skus[String(place + 1)] ?? null,
    units,
    held: held.reduce((sum, one) => sum + (one.line === place + 1 ? one.units : 0), 0),
  }));

  async function reserve(): Promise<Held['lines']> {
    const request: HoldRequest = { key, channel, reference, mode: 'partial', ttlSeconds: TTL_SECONDS, lines };
    try {
      const { reservation, lines: parts } = await holds.reserve(request);
      await holds.confirm(reservation);
      return parts;
    } catch (error) {
      // None to be had, no such channel any more, or somebody has given them back.
      if (error instanceof ShelfwireError && NOTHING.has(error.code)) return [];
      throw error;
    }
  }
}

const NOTHING = new Set(['RESERVATION_SHORT', 'NOT_FOUND', 'RESERVATION_ENDED']);
