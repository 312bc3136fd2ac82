import type { Queryable } from '#hub/db/snapshot.ts';
import { arrivalOf, believe, type InboundBelief, type InboundRule } from '#shared/stock/inbound.ts';
import { Transfer } from '#shared/stock/transfer.ts';
import type { RuledChannel, RuleSet } from '../engine/rule-set.ts';

/** Units of one transfer that are on their way to one place. Instants: ms since 1970. */
export interface InboundTransfer {
  /** The hub's number, by which the transfer is looked up. */
  readonly id: number;
  readonly from: string;
  /** The sender's id. */
  readonly transfer: string;
  readonly to: string;
  readonly units: number;
  readonly leftAt: number;
  /** As the sender says; null: it does not. */
  readonly expectedAt: number | null;
  readonly arrivesAt: number;
  readonly belief: InboundBelief;
}

interface InboundAt {
  readonly inbound: number;
  readonly asOf: number | null;
  readonly transfers: readonly InboundTransfer[];
}

interface Question {
  readonly sku: string;
  readonly at: number;
  readonly set: RuleSet;
  readonly channel: RuledChannel;
}

interface TransferRow {
  id: number;
  from: string;
  transfer: string;
  entries:
    | readonly {
        readonly place: string;
        readonly incoming: boolean;
        readonly final: boolean;
        readonly expectedAt: number | null;
        readonly at: number;
        /** 0 of another sku: a final receipt ends all of them. */
        readonly quantity: number;
        readonly own: boolean;
      }[]
    | null;
  settled: { readonly place: string; readonly units: number }[];
}

/**
 * $1 sku, $2 locations, $3 the instant in ms: transfers that were ever sent there, as the hub knew them by then. A fact
 * counts when it had been taken, and its void had not.
 */
const TRANSFERS = `
  WITH moment AS MATERIALIZED (SELECT to_timestamp($3::float8 / 1000) AS at),
  sent AS MATERIALIZED (
    SELECT DISTINCT e.transfer_no
    FROM locations l JOIN transfer_entries e ON e.place = l.code AND e.sku = $1 AND NOT e.incoming
    WHERE l.location_no = ANY ($2::int[])
  )
  SELECT t.transfer_no AS id, t.from_code AS "from", t.transfer,
    (SELECT json_agg(json_build_object('place', e.place, 'incoming', e.incoming, 'final', e.final, 'at', e.at,
        'expectedAt', e.expected_at, 'quantity', CASE WHEN e.sku = $1 THEN e.quantity ELSE 0 END,
        'own', e.sku IS NOT DISTINCT FROM $1))
      FROM transfer_entries e
      JOIN facts f ON f.location_no = e.location_no AND f.journal_no = e.journal_no AND f.seq = e.seq
      WHERE e.transfer_no = t.transfer_no AND f.received_at <= moment.at AND NOT (e.voided AND EXISTS (
        SELECT FROM voids v JOIN facts w ON w.location_no = v.location_no AND w.journal_no = v.journal_no AND w.seq = v.seq
        WHERE v.location_no = f.location_no AND v.target_key = f.key AND w.received_at <= moment.at))) AS entries,
    coalesce((SELECT json_agg(json_build_object('place', s.place, 'units', s.units)) FROM transfer_settlements s
      WHERE s.transfer_no = t.transfer_no AND s.sku = $1 AND s.settled_at <= moment.at), '[]') AS settled
  FROM sent JOIN transfers t USING (transfer_no) CROSS JOIN moment
  ORDER BY t.transfer_no`;

const LOOK = `
  SELECT as_of FROM inbound_looks
  WHERE sku = $1 AND looked_at <= to_timestamp($2::float8 / 1000)
  ORDER BY look_no DESC LIMIT 1`;

const CODES = 'SELECT code FROM locations WHERE location_no = ANY ($1::int[])';

/**
 * What was inbound of a sku for a channel at an instant: transfers folded from their facts, and believed in as of when
 * the hub had last looked by then.
 */
export async function inboundAt(client: Queryable, { sku, at, set, channel }: Question): Promise<InboundAt> {
  const { rows } = await client.query<TransferRow>(TRANSFERS, [sku, channel.locations, at]);
  if (rows.length === 0) return { inbound: 0, asOf: null, transfers: [] };
  const looks = await client.query<{ as_of: number }>(LOOK, [sku, at]);
  const places = await client.query<{ code: string }>(CODES, [channel.locations]);
  const codes = new Set(places.rows.map((row) => row.code));
  const rule = { horizonHours: channel.inboundHorizonHours, transitHours: set.transitHours };
  const lookedAsOf = looks.rows[0]?.as_of ?? null;
  const transfers = rows.flatMap((row) => onTheWay(row, sku, rule, lookedAsOf ?? at)).filter(({ to }) => codes.has(to));
  const counted = transfers.filter(({ belief }) => belief === 'counted');
  return {
    inbound: counted.reduce((sum, { units }) => sum + units, 0),
    asOf: transfers.length === 0 ? null : lookedAsOf,
    transfers,
  };
}

function onTheWay({ entries, settled, ...named }: TransferRow, sku: string, rule: InboundRule, asOf: number) {
  const folded = new Transfer();
  for (const { place, incoming, final, expectedAt, quantity, own } of entries ?? []) {
    const lines = own ? [{ sku, quantity }] : [];
    const way = incoming ? 'in' : 'out';
    folded.add({ from: named.from, transfer: named.transfer, place, way, final, expectedAt, lines }, 1);
  }
  for (const { place, units } of settled) folded.writeOff(sku, place, units);
  return folded
    .lines()
    .filter(({ inTransit }) => inTransit > 0)
    .map(({ place: to, inTransit: units, expectedAt }): InboundTransfer => {
      const sends = (entries ?? []).filter(({ place, incoming, own }) => place === to && own && !incoming);
      const leftAt = Math.max(...sends.map((send) => send.at));
      const way = { expectedAt, leftAt };
      return { ...named, to, units, ...way, arrivesAt: arrivalOf(way, rule), belief: believe(way, rule, asOf) };
    });
}
