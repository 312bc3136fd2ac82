import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { DocumentError } from '#hub/outbox/documents/end-batch.ts';
import type { Pace } from '../pace.ts';

export type ErpState = 'active' | 'paused' | 'ended';

/** An ERP as it is shown: nothing of its credentials. */
export interface Erp {
  readonly erp: number;
  readonly code: string;
  readonly kind: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly pace: Pace;
  readonly state: ErpState;
  /** The version that is live; 0: none. */
  readonly mapping: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** In a row, of the ERP itself. */
  readonly failures: number;
  readonly error: DocumentError | null;
  readonly postedAt: Date | null;
  readonly nextAt: Date | null;
  readonly waiting: number;
  readonly waitingSince: Date | null;
  readonly dead: number;
}

const SHOWN = `
  e.erp_no AS erp, e.code, e.kind, e.name, e.settings, e.pace, e.state, e.mapping, e.created_at AS "createdAt",
  e.created_by AS "createdBy", e.failures, e.error, e.posted_at AS "postedAt",
  CASE WHEN e.next_at > clock_timestamp() THEN e.next_at END AS "nextAt",
  (SELECT count(*)::int FROM erp_documents d WHERE d.erp_no = e.erp_no AND d.state = 'waiting') AS waiting,
  (SELECT min(s.waiting_since) FROM erp_streams s WHERE s.erp_no = e.erp_no AND s.last_document > s.done_document)
    AS "waitingSince",
  (SELECT count(*)::int FROM erp_documents d WHERE d.erp_no = e.erp_no AND d.state = 'dead') AS dead`;

const LIST = `SELECT ${SHOWN} FROM erps e WHERE e.erp_no > $1 ORDER BY e.erp_no LIMIT $2`;
const FIND = `SELECT ${SHOWN} FROM erps e WHERE e.code = $1`;
const LOCK = `SELECT erp_no AS erp, kind, settings, state FROM erps WHERE code = $1 FOR NO KEY UPDATE`;

export async function listErps(client: Queryable, after: number, limit: number): Promise<Erp[]> {
  return (await client.query<Erp>(LIST, [after, limit])).rows;
}

/** Throws NOT_FOUND. */
export async function requireErp(client: Pick<Queryable, 'query'>, code: string): Promise<Erp> {
  const [erp] = (await client.query<Erp>(FIND, [code])).rows;
  if (erp === undefined) throw new ShelfwireError('NOT_FOUND', `There is no ERP "${code}".`);
  return erp;
}

export interface LockedErp {
  readonly erp: number;
  readonly kind: string;
  readonly settings: unknown;
  readonly state: ErpState;
}

/** Throws NOT_FOUND, ERP_ENDED. */
export async function lockLiveErp(client: Queryable, code: string): Promise<LockedErp> {
  const locked = await lockErp(client, code);
  if (locked.state === 'ended') throw new ShelfwireError('ERP_ENDED', `The ERP "${code}" is ended.`);
  return locked;
}

/** Throws NOT_FOUND. */
export async function lockErp(client: Queryable, code: string): Promise<LockedErp> {
  const [locked] = (await client.query<LockedErp>(LOCK, [code])).rows;
  if (locked === undefined) throw new ShelfwireError('NOT_FOUND', `There is no ERP "${code}".`);
  return locked;
}
