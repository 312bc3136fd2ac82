import { LIMITS } from '#shared/protocol/limits.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';

/** A device as the database knows it, with the journal that it writes now. */
export interface DeviceRow {
  location_no: number;
  device: number;
  name: string;
  enrolledAt: Date;
  revokedAt: Date | null;
  revokedReason: string | null;
  journal: number | null;
  epoch: number | null;
  watermark: number | null;
  advancedAt: Date | null;
  connected: boolean;
  connectedAt: Date | null;
  disconnectedAt: Date | null;
  reportedAt: Date | null;
  lastSeq: number | null;
  backlog: number | null;
  oldestUnsentAt: number | null;
  quarantined: number | null;
  clockOffsetMs: number | null;
  agentVersion: string | null;
  protocol: number | null;
}

/**
 * The backlog is what the device had written when it last reported, less what has arrived since: the report is up to
 * half a minute old. Connected is who has been heard since: a hub that was killed could not note the disconnect.
 */
const DEVICES = `
  SELECT d.location_no, d.device_no AS device, d.name, d.enrolled_at AS "enrolledAt", d.revoked_at AS "revokedAt",
         d.revoked_reason AS "revokedReason", j.journal_no AS journal, j.epoch, j.watermark,
         j.advanced_at AS "advancedAt",
         d.revoked_at IS NULL
           AND coalesce(s.connected_at > coalesce(s.disconnected_at, '-infinity'), false)
           AND greatest(s.connected_at, s.reported_at) > now() - interval '90 s' AS connected,
         s.connected_at AS "connectedAt", s.disconnected_at AS "disconnectedAt", s.reported_at AS "reportedAt",
         s.last_seq AS "lastSeq", greatest(s.last_seq - coalesce(j.watermark, 0), 0) AS backlog,
         CASE WHEN s.last_seq > coalesce(j.watermark, 0) THEN s.oldest_unsent_at END AS "oldestUnsentAt",
         s.quarantined, s.clock_offset_ms AS "clockOffsetMs", s.agent_version AS "agentVersion", s.protocol
    FROM devices d
    LEFT JOIN LATERAL (
      SELECT * FROM journals WHERE device_no = d.device_no ORDER BY epoch DESC LIMIT 1
    ) j ON true
    LEFT JOIN device_status s ON s.device_no = d.device_no
   WHERE d.location_no = ANY($1::int[]) AND d.source_no IS NULL
   ORDER BY d.device_no`;

/** The devices of these locations, by location number. */
export async function readDevices(client: Queryable, locations: readonly number[]): Promise<Map<number, DeviceRow[]>> {
  const { rows } = await client.query<DeviceRow>(DEVICES, [locations]);
  return Map.groupBy(rows, (row) => row.location_no);
}

/** A device as the API shows it. `asOf` is until when its journal is known completely, ms since 1970. */
export function toDevice(row: DeviceRow, asOf: number | null, now: number) {
  const { device, name, connected, watermark, lastSeq, backlog, quarantined, clockOffsetMs, agentVersion, protocol } =
    row;
  return {
    device,
    name,
    enrolledAt: isoTime(row.enrolledAt),
    revoked: row.revokedAt === null ? null : { at: isoTime(row.revokedAt), reason: row.revokedReason },
    journal: row.journal === null ? null : { journal: row.journal, epoch: isoTimeOrNull(row.epoch) },
    watermark: watermark ?? 0,
    advancedAt: isoTimeOrNull(row.advancedAt),
    asOf: isoTimeOrNull(asOf),
    lagMs: asOf === null ? null : Math.max(0, now - asOf),
    connected,
    connectedSince: connected ? isoTimeOrNull(row.connectedAt) : null,
    disconnectedAt: connected ? null : isoTimeOrNull(row.disconnectedAt),
    reportedAt: isoTimeOrNull(row.reportedAt),
    lastSeq,
    backlog,
    oldestUnsentAt: isoTimeOrNull(row.oldestUnsentAt),
    quarantined,
    clockOffsetMs,
    clockWrong: Math.abs(clockOffsetMs ?? 0) > LIMITS.clockOffsetShownMs,
    agentVersion,
    protocol,
  };
}
