import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode } from '#shared/protocol/fields.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { isRemaking } from '#hub/availability/engine/list-jobs.ts';
import { explain, type ExplainedShelf, type Explanation } from '#hub/availability/explain/explain.ts';
import type { InboundTransfer } from '#hub/availability/explain/inbound-at.ts';
import type { NamedFact } from '#hub/availability/explain/position-at.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { explanation } from './answers/explanation.ts';
import { factId } from './fact-reason.ts';
import { isoInstant, isoTime, isoTimeOrNull, requirePast } from './instant.ts';
import { knownToOf } from './known-to.ts';
import { requireChannel } from './require.ts';
import { route, type Route } from './route.ts';

/** Movements named by shelf; their total is told. */
const MOVEMENTS_SHOWN = 100;

/** GET /v1/channels/:code/availability/:sku/explain: where a number comes from, now or at a past instant (A1). */
export function explainAvailabilityRoutes(pool: Pool, clock: Clock): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/channels/:code/availability/:sku/explain',
      access: 'availability:read',
      summary: 'Every term of what a channel may sell of a sku: now, or as the hub had it at a past instant (at=).',
      params: z.strictObject({ code: storeCode, sku }),
      query: z.strictObject({ at: isoInstant.optional() }),
      answer: explanation,
      problems: ['NOT_FOUND', 'AVAILABILITY_PENDING', 'PAST_PRUNED'],
      async handle({ params: { code, sku }, query }) {
        requirePast('at', query.at, clock.now());
        const at = query.at ?? clock.now();
        const { explained, remaking, completeness } = await snapshot(pool, async (client) => {
          await requireChannel(client, code);
          const explained = await explain(client, { sku, channel: code, at, movementsMax: MOVEMENTS_SHOWN });
          const locations = explained?.shelves.map(({ location }) => location) ?? [];
          const remaking = explained === undefined && (await isRemaking(client, query.at ?? null));
          return { explained, remaking, completeness: await readCompleteness(client, locations) };
        });
        if (!explained && remaking)
          throw new ShelfwireError('AVAILABILITY_PENDING', `The numbers of channel "${code}" are being made.`);
        if (!explained) throw new ShelfwireError('NOT_FOUND', `Channel "${code}" had no rules at ${isoTime(at)}.`);
        const knownTo = query.at === undefined ? { knownTo: knownToOf(completeness) } : {};
        return { body: { ...toBody(explained), ...knownTo } };
      },
    }),
  ];
}

function toBody({ at, cap, limitRules, shelves, inboundAsOf, onTheWay, ...rest }: Explanation) {
  return {
    ...rest,
    at: isoTime(at),
    cap: cap === Infinity ? null : cap,
    rules: limitRules,
    shelves: shelves.map(toShelf),
    inboundAsOf: isoTimeOrNull(inboundAsOf),
    onTheWay: onTheWay.map(toTransfer),
  };
}

function toShelf({
  position,
  watermarks,
  basis,
  buffer,
  safetyStockRule,
  exclusives,
  sharedRule,
  ...terms
}: ExplainedShelf) {
  const { silence } = basis;
  return {
    ...terms,
    rules: { safetyStock: safetyStockRule, exclusives, shared: sharedRule },
    anchor: position.anchor && toFact(position.anchor),
    movements: { total: position.movementsTotal, last: position.movements.map(toFact) },
    watermarks: watermarks.map(({ device, journal, seq, at }) => ({ device, journal, seq, at: isoTimeOrNull(at) })),
    termsMadeAt: isoTime(basis.madeAt),
    job: basis.job,
    silence: silence && {
      asOf: isoTime(silence.asOf),
      stepMinutes: silence.stepMs / 60_000,
      until: isoTime(silence.asOf + silence.stepMs),
      exposureHours: silence.exposureHours,
      since: isoTime(silence.since),
    },
    buffer: buffer && { ...buffer, seenAt: isoTime(buffer.seenAt), until: isoTime(buffer.until) },
    firstFactTakenAt: isoTimeOrNull(position.bornAt),
  };
}

function toTransfer({ leftAt, expectedAt, arrivesAt, ...transfer }: InboundTransfer) {
  return {
    ...transfer,
    leftAt: isoTime(leftAt),
    expectedAt: isoTimeOrNull(expectedAt),
    arrivesAt: isoTime(arrivesAt),
  };
}

function toFact({ journal, seq, kind, key, at, quantity }: NamedFact) {
  return { fact: factId(journal, seq), kind, key, at: isoTime(at), quantity };
}
