import type { Pool } from 'pg';
import { expect } from 'vitest';
import { compileRules } from '#hub/availability/rules/compile-rules.ts';
import { channelLocations, exclusivesOf, limitsOf, safetyStockOf, sharedOf } from '#hub/availability/rules/resolve.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { availableToSell, exclusiveParts } from '#shared/stock/ats.ts';
import { believe } from '#shared/stock/inbound.ts';
import { CHANNELS, RULES_AT as AT } from './availability-steps.ts';

/** Each sku and channel by the pure formula, from positions, what is held there, transfers and rules alone. */
export async function byFormula(
  pool: Pool,
  document: RulesDocument | undefined,
  now: number,
): Promise<Record<string, number>> {
  const compiled = document && compileRules(document);
  const { rows } = await pool.query<{
    sku: string;
    location: string;
    on_hand: number;
    reserved: number;
    category: string | null;
  }>(
    `SELECT p.sku, l.code AS location, on_hand, category, coalesce((
       SELECT sum(held) FROM reservation_holds h WHERE h.sku = p.sku AND h.location_no = p.location_no), 0)::bigint AS reserved
     FROM positions p
     JOIN locations l USING (location_no) LEFT JOIN products USING (sku) ORDER BY p.sku, l.code`,
  );
  const sent = await pool.query<{
    sku: string;
    place: string;
    units: number;
    expectedAt: number | null;
    leftAt: number;
  }>(
    `SELECT sku, place, in_transit AS units, expected_at AS "expectedAt", (
       SELECT max(at) FROM transfer_entries e WHERE e.transfer_no = l.transfer_no AND e.sku = l.sku AND e.place = l.place
         AND NOT incoming AND NOT voided) AS "leftAt"
     FROM transfer_lines l WHERE in_transit > 0`,
  );
  const numbers: Record<string, number> = {};
  const inboundOf = (code: string, sku: string): number => {
    const horizonHours = document!.channels.find((channel) => channel.code === code)!.inboundHorizonHours;
    const rule = { horizonHours, transitHours: document!.transitHours };
    return sent.rows
      .filter((row) => row.sku === sku && channelLocations(compiled!, code).includes(row.place))
      .filter((row) => believe(row, rule, now) === 'counted')
      .reduce((sum, { units }) => sum + units, 0);
  };
  for (const [sku, shelves] of Map.groupBy(rows, (row) => row.sku)) {
    for (const code of compiled ? CHANNELS : []) {
      const asked = { sku, category: shelves[0]!.category, channel: code, at: AT };
      const limits = limitsOf(compiled!, asked);
      const given = shelves
        .filter(({ location }) => channelLocations(compiled!, code).includes(location))
        .map(({ location, on_hand: onHand, reserved }) => ({
          location,
          onHand,
          reserved,
          safetyStock: safetyStockOf(compiled!, { ...asked, location }).units,
          lagBuffer: 0,
          recordBuffer: 0,
          exclusives: exclusivesOf(compiled!, { ...asked, location }),
          shared: sharedOf(compiled!, { ...asked, location })?.share,
        }));
      for (const shelf of given) {
        const base = Math.max(0, shelf.onHand - shelf.reserved);
        const taken = exclusiveParts(base, shelf.exclusives).reduce((sum, part) => sum + part, 0);
        expect(taken).toBeLessThanOrEqual(base);
      }
      numbers[`${sku} ${code}`] = availableToSell(code, given, {
        inbound: inboundOf(code, sku),
        holdback: limits.holdback.units,
        cap: limits.cap.units,
        minPublish: limits.minPublish.units,
      }).ats;
    }
  }
  return numbers;
}

export async function storedNumbers(pool: Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string; ats: number }>(`
    SELECT sku || ' ' || code AS name, coalesce(ats[channel_no], 0) AS ats
    FROM availability CROSS JOIN channels ORDER BY sku, channel_no`);
  return Object.fromEntries(rows.map(({ name, ats }) => [name, ats]));
}
