import { hash } from 'node:crypto';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { decide, Shelves, type Part, type Stock } from './decide.ts';
import type { ReservationAnswer, ReservationRequest } from './reservation.ts';
import type { Sourcing } from './sourcing.ts';

/** A request with the digest of its content: what a repeated key is compared by (R2). */
export interface KeyedRequest {
  readonly request: ReservationRequest;
  readonly digest: string;
}

/** What is known, under the locks of the skus, when requests are decided. */
export interface BatchContext {
  readonly stocks: readonly Stock[];
  /** Codes of locations that carry the skus. */
  readonly codes: ReadonlyMap<number, string>;
  readonly slots: ReadonlyMap<string, number>;
  /** Of the requests' keys those that have a reservation. */
  readonly known: ReadonlyMap<string, KnownKey>;
  /** Numbers for new reservations, at least as many as requests. */
  readonly numbers: readonly number[];
  /** ms since 1970. */
  readonly now: number;
}

export interface KnownKey {
  readonly digest: string;
  readonly answer: ReservationAnswer;
}

/** A reservation that is to be written down. */
export interface NewReservation extends KnownKey {
  readonly slot: number;
  readonly parts: readonly Part[];
}

export interface BatchDecision {
  /** In the order of the requests. */
  readonly answers: readonly (ReservationAnswer | ShelfwireError)[];
  readonly made: readonly NewReservation[];
}

export function keyed(request: ReservationRequest): KeyedRequest {
  const { key: _, ...content } = request;
  return { request, digest: hash('sha256', JSON.stringify(content), 'hex').slice(0, 32) };
}

/** Decides requests in the order in which they came: each finds what those before it have left (R1). */
export function decideBatch(requests: readonly KeyedRequest[], context: BatchContext, source: Sourcing): BatchDecision {
  const shelves = new Shelves(context.stocks);
  const locations = new Map([...context.codes].map(([location, code]) => [code, location]));
  const known = new Map(context.known);
  const made: NewReservation[] = [];
  const answers = requests.map(({ request, digest }) => {
    const before = known.get(request.key);
    if (before !== undefined) return before.digest === digest ? before.answer : keyReused(request.key);
    const slot = context.slots.get(request.channel);
    if (slot === undefined) return new ShelfwireError('NOT_FOUND', `There is no channel "${request.channel}".`);
    const decision = decide(shelves, request, { slot, locationOf: (code) => locations.get(code) }, source);
    if (!decision.granted) return decision.refusal;
    const number = context.numbers[made.length];
    if (number === undefined) throw new Error('there are more reservations than numbers for them');
    const answer: ReservationAnswer = {
      reservation: number,
      key: request.key,
      channel: request.channel,
      reference: request.reference ?? null,
      state: 'pending',
      expiresAt: context.now + request.ttlSeconds * 1_000,
      lines: decision.lines.map((line) => ({
        ...line,
        parts: decision.parts
          .filter((part) => part.line === line.line)
          .map(({ location, units }) => ({ location: context.codes.get(location) ?? String(location), units })),
      })),
    };
    const one = { digest, answer, slot, parts: decision.parts };
    made.push(one);
    known.set(request.key, one);
    return answer;
  });
  return { answers, made };
}

function keyReused(key: string): ShelfwireError {
  return new ShelfwireError('KEY_REUSED', `Another reservation has the key "${key}".`, {
    remedy: 'If this is another reservation, send it under a key of its own; else repeat the first request unchanged.',
  });
}
