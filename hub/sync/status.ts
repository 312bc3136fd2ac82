import type { Pool } from 'pg';
import type { StatusReport } from '#shared/protocol/messages/status.ts';
import { Batcher } from '#shared/runtime/batcher.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { literal } from '#hub/db/array-parameter.ts';
import { toHubError } from '#hub/db/sqlstates.ts';

/** What happened to a device's session, as far as the operator is shown it. Instants: ms since 1970, the hub's clock. */
export type StatusEvent =
  | {
      readonly kind: 'connected';
      readonly at: number;
      readonly agentVersion: string;
      readonly protocol: number;
      readonly backlog: number;
    }
  | { readonly kind: 'disconnected'; readonly at: number }
  | { readonly kind: 'reported'; readonly at: number; readonly report: StatusReport };

interface DeviceEvent {
  readonly device: number;
  readonly event: StatusEvent;
}

/** One device's columns after a batch; null leaves what is there. */
interface StatusRow {
  device: number;
  connectedAt: number | null;
  disconnectedAt: number | null;
  reportedAt: number | null;
  lastSeq: number | null;
  backlog: number | null;
  oldestUnsentAt: number | null;
  quarantined: number | null;
  clockOffsetMs: number | null;
  agentVersion: string | null;
  protocol: number | null;
}

/** A connect ends the disconnected state; `oldest_unsent_at` is as last reported, also when that is nothing. */
const SAVE = `
  INSERT INTO device_status AS s (device_no, connected_at, disconnected_at, reported_at, last_seq, backlog,
    oldest_unsent_at, quarantined, clock_offset_ms, agent_version, protocol)
  SELECT device_no, to_timestamp(connected_at / 1000.0), to_timestamp(disconnected_at / 1000.0),
    to_timestamp(reported_at / 1000.0), last_seq, backlog, oldest_unsent_at, quarantined, clock_offset_ms,
    agent_version, protocol
  FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::text[], $11::int[])
    AS r (device_no, connected_at, disconnected_at, reported_at, last_seq, backlog, oldest_unsent_at, quarantined,
      clock_offset_ms, agent_version, protocol)
  ORDER BY device_no
  ON CONFLICT (device_no) DO UPDATE SET
    connected_at = coalesce(excluded.connected_at, s.connected_at),
    disconnected_at = CASE WHEN excluded.connected_at IS NULL THEN coalesce(excluded.disconnected_at, s.disconnected_at)
      ELSE excluded.disconnected_at END,
    reported_at = coalesce(excluded.reported_at, s.reported_at),
    last_seq = coalesce(excluded.last_seq, s.last_seq),
    backlog = coalesce(excluded.backlog, s.backlog),
    oldest_unsent_at = CASE WHEN excluded.reported_at IS NULL THEN s.oldest_unsent_at ELSE excluded.oldest_unsent_at END,
    quarantined = coalesce(excluded.quarantined, s.quarantined),
    clock_offset_ms = coalesce(excluded.clock_offset_ms, s.clock_offset_ms),
    agent_version = coalesce(excluded.agent_version, s.agent_version),
    protocol = coalesce(excluded.protocol, s.protocol)`;

/** Keeps what stores say of themselves: many reports become one statement. */
export class DeviceStatus {
  readonly #batcher: Batcher<DeviceEvent, true>;

  constructor(pool: Pool, clock: Clock) {
    this.#batcher = new Batcher<DeviceEvent, true>({
      clock,
      waitMs: 25,
      sizeMax: 1_000,
      inFlightMax: 1,
      async run(events) {
        await save(pool, foldEvents(events));
        return events.map(() => true as const);
      },
    });
  }

  /** Resolves when saved. Throws DB_UNAVAILABLE. */
  async note(device: number, event: StatusEvent): Promise<void> {
    await this.#batcher.call({ device, event });
  }
}

/** The events of a batch, in their order, as one row a device. */
export function foldEvents(events: readonly DeviceEvent[]): StatusRow[] {
  const rows = new Map<number, StatusRow>();
  for (const { device, event } of events) rows.set(device, applyEvent(rows.get(device) ?? emptyRow(device), event));
  return [...rows.values()];
}

function applyEvent(row: StatusRow, event: StatusEvent): StatusRow {
  if (event.kind === 'disconnected') return { ...row, disconnectedAt: event.at };
  if (event.kind === 'reported') return { ...row, reportedAt: event.at, ...event.report };
  const { at, agentVersion, protocol, backlog } = event;
  return { ...row, connectedAt: at, disconnectedAt: null, agentVersion, protocol, backlog };
}

function emptyRow(device: number): StatusRow {
  return {
    device,
    connectedAt: null,
    disconnectedAt: null,
    reportedAt: null,
    lastSeq: null,
    backlog: null,
    oldestUnsentAt: null,
    quarantined: null,
    clockOffsetMs: null,
    agentVersion: null,
    protocol: null,
  };
}

async function save(pool: Pool, rows: readonly StatusRow[]): Promise<void> {
  const column = (name: Exclude<keyof StatusRow, 'agentVersion'>): string => literal(rows.map((row) => row[name]));
  try {
    await pool.query({
      name: 'save-device-status',
      text: SAVE,
      values: [
        column('device'),
        column('connectedAt'),
        column('disconnectedAt'),
        column('reportedAt'),
        column('lastSeq'),
        column('backlog'),
        column('oldestUnsentAt'),
        column('quarantined'),
        column('clockOffsetMs'),
        rows.map(({ agentVersion }) => agentVersion),
        column('protocol'),
      ],
    });
  } catch (error) {
    throw toHubError(error);
  }
}
