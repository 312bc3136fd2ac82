import type { Pool, PoolClient } from 'pg';

const COMMIT_LOCK = 4_711;
/** Runs in the COMMIT of every merge, when all its statements have been done. */
const WAIT_IN_COMMIT = `
  CREATE FUNCTION wait_in_commit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${COMMIT_LOCK}); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER wait_in_commit AFTER UPDATE OF watermark ON journals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_in_commit()`;

/** Where a merge can be held: between its facts and its stock, or in its COMMIT. */
const LOCKS = {
  transaction: 'LOCK TABLE movements IN SHARE MODE',
  commit: `SELECT pg_advisory_xact_lock(${COMMIT_LOCK})`,
};
export type HeldIn = keyof typeof LOCKS;

const WAITING = `
  SELECT backend_xid::text AS xid FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND $1 = ANY (pg_blocking_pids(pid))`;

/** Keeps every merge from getting past a point, from the outside: with a lock of a session of its own. */
export class MergeHold {
  readonly #pool: Pool;
  readonly #locker: PoolClient;
  readonly #pid: number;

  private constructor(pool: Pool, locker: PoolClient, pid: number) {
    this.#pool = pool;
    this.#locker = locker;
    this.#pid = pid;
  }

  /** Once for a database. */
  static async prepare(pool: Pool): Promise<void> {
    await pool.query(WAIT_IN_COMMIT);
  }

  /** Resolves when every merge that was past the point has ended. */
  static async begin(pool: Pool, heldIn: HeldIn): Promise<MergeHold> {
    const locker = await pool.connect();
    await locker.query('BEGIN');
    await locker.query(LOCKS[heldIn]);
    const { rows } = await locker.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new MergeHold(pool, locker, rows[0]!.pid);
  }

  /** The transactions that wait at the point now. */
  async waiting(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ xid: string }>(WAITING, [this.#pid]);
    return rows.map(({ xid }) => xid);
  }

  async release(): Promise<void> {
    await this.#locker.query('COMMIT');
    this.#locker.release();
  }
}

/** "in progress", "committed" or "aborted". */
export async function fateOf(pool: Pool, xid: string): Promise<string> {
  const { rows } = await pool.query<{ fate: string }>('SELECT pg_xact_status($1::xid8) AS fate', [xid]);
  return rows[0]!.fate;
}
