import type { Pool } from 'pg';

/**
 * A past to replay, from 2026-01-01 on: two stores, a channel that sells from both, 400 skus in each, whose stock is
 * counted first and which sell for forty days.
 */
export async function seedSales(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO locations (code, name) VALUES ('S1', 'One'), ('S2', 'Two');
    INSERT INTO devices (location_no, name, public_key)
      VALUES (1, 'a', decode(repeat('01', 32), 'hex')), (2, 'b', decode(repeat('02', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 1, 1), (2, 1, 2);
    INSERT INTO channels (code, name) VALUES ('market', 'Market');
    INSERT INTO channel_locations (channel_code, location_no) VALUES ('market', 1), ('market', 2);

    CREATE TEMP TABLE told AS
      SELECT store, seq, 'sku-' || seq % 400 AS sku, 1767225600000 + seq * 864000::bigint AS at, seq <= 400 AS is_count
      FROM generate_series(1, 2) store, generate_series(1, 4000) seq;
    INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, received_at, digest, kind, key, source, body)
      SELECT store, store, seq, at, 0, to_timestamp(at / 1000.0 + 1), gen_random_uuid(),
        CASE WHEN is_count THEN 'count' ELSE 'sale' END::fact_kind, 'k' || seq, 'till', '{}' FROM told;
    INSERT INTO counts (location_no, sku, at, journal_no, seq, counted)
      SELECT store, sku, at, store, seq, 6 FROM told WHERE is_count;
    INSERT INTO movements (location_no, sku, at, journal_no, seq, line, condition, quantity)
      SELECT store, sku, at, store, seq, 0, 'sellable', -1 - seq % 2 FROM told WHERE NOT is_count;
    DROP TABLE told;
    -- As autovacuum does after a load, at some time or other.
    ANALYZE facts, counts, movements`);
}
