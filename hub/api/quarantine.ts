import { isUtf8 } from 'node:buffer';
import type { Pool } from 'pg';
import { z } from 'zod';
import { key, storeCode, text } from '#shared/protocol/fields.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import type { Within } from '#hub/db/transaction.ts';
import type { QuarantineDecisions } from '#hub/ledger/release.ts';
import { pageAnswer } from './answers/fields.ts';
import { quarantined, quarantinedVerbatim } from './answers/quarantine.ts';
import { keeping } from './keeping.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { QUARANTINE_COLUMNS, toQuarantineItem, type QuarantineRow } from './quarantine-item.ts';
import { route, type Route } from './route.ts';

const LIST = `
  SELECT ${QUARANTINE_COLUMNS}
   WHERE q.quarantine_no > $1 AND ($2::boolean IS NULL OR (q.resolved_at IS NOT NULL) = $2)
     AND ($3::text IS NULL OR l.code = $3)
   ORDER BY q.quarantine_no LIMIT $4`;

const ONE = `SELECT q.protocol_line, ${QUARANTINE_COLUMNS} WHERE q.quarantine_no = $1`;

const id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a quarantine number')
  .transform(Number);
const one = z.strictObject({ id });
const place = z.int().min(0);

/** Facts that are set aside: listed, shown verbatim, released or dismissed (F4, F5). */
export function quarantineRoutes(pool: Pool, decisions: QuarantineDecisions): Route[] {
  const answer = (id: number) => async (client: Queryable) => ({ body: await readOne(client, id) });
  return [
    route({
      method: 'get',
      path: '/v1/quarantine',
      access: 'stock:read',
      summary: 'Facts that were set aside, oldest first, each with its reason.',
      query: z.strictObject({ ...pageQuery, resolved: flag.optional(), location: storeCode.optional() }),
      answer: pageAnswer(quarantined),
      async handle({ query }) {
        const after = readCursor(query.cursor, place) ?? 0;
        const filters = [after, query.resolved, query.location, query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<QuarantineRow>(LIST, filters));
        return { body: pageOf(rows, query.limit, toQuarantineItem, (row) => row.id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/quarantine/:id',
      access: 'stock:read',
      summary: 'One fact that was set aside, verbatim.',
      params: one,
      answer: quarantinedVerbatim,
      problems: ['NOT_FOUND'],
      handle: ({ params }) => snapshot(pool, answer(params.id)),
    }),
    route({
      method: 'post',
      path: '/v1/quarantine/:id/release',
      access: 'stock:write',
      summary: 'Merges the fact after all, under another key if one is given.',
      params: one,
      body: z.strictObject({ asKey: key.optional(), note: text }),
      answer: quarantinedVerbatim,
      problems: [
        'NOT_FOUND',
        'CONFLICT',
        'KEY_REUSED',
        'FACT_INVALID',
        'FACT_TOO_LARGE',
        'FACT_KIND_UNKNOWN',
        'TRANSFER_TO_ITSELF',
      ],
      async handle({ params, body, caller, keep, log }) {
        const decision = { asKey: body.asKey, note: body.note, by: caller?.name ?? '' };
        const act = (within: Within) => decisions.release(params.id, decision, within);
        const answered = await keeping(keep, act, answer(params.id));
        log.info({ quarantine: params.id }, 'a fact was released from quarantine');
        return answered;
      },
    }),
    route({
      method: 'post',
      path: '/v1/quarantine/:id/dismiss',
      access: 'stock:write',
      summary: 'Closes the case without merging the fact, which is kept.',
      params: one,
      body: z.strictObject({ reason: text }),
      answer: quarantinedVerbatim,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller, keep, log }) {
        const decision = { note: body.reason, by: caller?.name ?? '' };
        const act = (within: Within) => decisions.dismiss(params.id, decision, within);
        const answered = await keeping(keep, act, answer(params.id));
        log.info({ quarantine: params.id }, 'a fact in quarantine was dismissed');
        return answered;
      },
    }),
  ];
}

async function readOne(client: Queryable, id: number) {
  const { rows } = await client.query<QuarantineRow & { protocol_line: Buffer }>(ONE, [id]);
  const [row] = rows;
  if (row === undefined) throw new ShelfwireError('NOT_FOUND', `There is no quarantined fact ${id}.`);
  return { ...toQuarantineItem(row), verbatim: verbatimOf(row.protocol_line) };
}

/** The line as it came: as text when it is text, else its bytes. */
function verbatimOf(line: Buffer) {
  return isUtf8(line)
    ? { encoding: 'utf8' as const, content: line.toString('utf8') }
    : { encoding: 'base64' as const, content: line.toString('base64') };
}
