import type { Pool } from 'pg';

/** Of one channel, $1. */
export const OWN = `FROM publications p JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no) WHERE c.code = $1`;

/** As after the first publication, which reads every number first: its time is not what is measured here. */
export async function beginEqual(pool: Pool, publications: number, quantity: number): Promise<void> {
  const noted = `SELECT count(*) AS noted FROM publications WHERE desired = ${quantity}`;
  await until(async () => (await pool.query<{ noted: number }>(noted)).rows[0]?.noted === publications);
  await pool.query(`
    UPDATE publications p SET confirmed = desired, must_read = false, due_at = NULL, waits_since = NULL, read_at = now(),
      reference = 'gid://shopify/InventoryItem/' || (substr(channel_sku, 5)::int + 1)
    FROM channel_accounts a WHERE a.account_no = p.account_no`);
  await pool.query('VACUUM ANALYZE publications');
}

/** Every listing says what its channel may sell. */
export async function untilEqual(pool: Pool, code: string): Promise<void> {
  const differing = `
    SELECT FROM listings l JOIN channels c USING (channel_no) JOIN availability v ON v.sku = l.sku
    LEFT JOIN channel_accounts a USING (channel_no)
    LEFT JOIN publications p ON p.account_no = a.account_no AND p.channel_sku = l.channel_sku
    WHERE c.code = $1 AND p.confirmed IS DISTINCT FROM v.ats[c.channel_no] LIMIT 1`;
  await until(async () => (await pool.query(differing, [code])).rowCount === 0);
}

export async function until(isTrue: () => Promise<boolean>, everyMs = 100): Promise<void> {
  const giveUpAt = performance.now() + 600_000;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to pass within 10 minutes');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
