import type { Pool } from 'pg';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';

export interface RevocationsOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyMs?: number;
  connected(): readonly number[];
  revoke(device: number, reason: string): void;
}

const REVOKED = `
  SELECT device_no, coalesce(revoked_reason, '') AS reason FROM devices
  WHERE device_no = ANY ($1::int[]) AND revoked_at IS NOT NULL`;

/** Ends sessions of devices that were revoked elsewhere: by another hub process, or while they said hello. */
export function watchRevocations(options: RevocationsOptions): Part {
  const { pool, clock, logger, everyMs = 3_000 } = options;
  const look = async (): Promise<void> => {
    const connected = options.connected();
    if (connected.length === 0) return;
    const { rows } = await pool.query<{ device_no: number; reason: string }>(REVOKED, [connected]);
    for (const { device_no: device, reason } of rows) options.revoke(device, reason);
  };
  return startRepeating({ name: 'revocations', clock, logger, everyMs, turn: look });
}
