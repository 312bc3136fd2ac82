import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';
import { Inbound } from '#hub/inbound/inbound.ts';
import { InboundSources, type NewSource, type SourceMade } from '#hub/inbound/sources.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { systemClock, type Clock } from '#shared/runtime/clock.ts';

/** What takes what sources tell, with a file of keys of its own. */
export function testInbound(pool: Pool, clock: Clock = systemClock): Inbound {
  const vault = new Vault(join(tmpdir(), `shelfwire-test-inbound-${process.pid}-${randomUUID()}`, 'secrets.keys'));
  const observer = followMoves({ holds: followSales() });
  return new Inbound({ pool, clock, observer, sources: new InboundSources(pool, { vault, clock }) });
}

/** Registers a source. */
export function makeSource(inbound: Inbound, given: Partial<NewSource> & { code: string }): Promise<SourceMade> {
  const source: NewSource = { kind: 'wms', name: given.code, settings: {}, ...given };
  return inbound.sources.create(source, 'test', () => Promise.resolve());
}

/** Creates a location. */
export async function makeLocation(pool: Pool, code: string): Promise<number> {
  const text = 'INSERT INTO locations (code, name) VALUES ($1, $1) RETURNING location_no';
  const [row] = (await pool.query<{ location_no: number }>(text, [code])).rows;
  return row?.location_no ?? 0;
}
