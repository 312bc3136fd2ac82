import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';

/** A fact that is said of an arrival, not looked at yet. */
export interface SaidFact {
  readonly kind: 'transferIn' | 'receipt' | 'adjustment';
  readonly key: string;
  readonly body: object;
}

/** The key of what an arrival's draft comes to: made of its id, so that it is said once, however often it is confirmed. */
export const arrivalKey = (id: string): string => `arrival-${id}`;

const damageKey = (arrival: string): string => `${arrival}-damage`;

/** The key of the adjustment that moves the damaged units of an arrival aside; undefined for the key of anything else. */
export const damageKeyOf = (key: string): string | undefined =>
  /^arrival-[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(key) ? damageKey(key) : undefined;

/**
 * The facts of an arrival. Units of a transfer arrive as what was sent, so that sender and receiver agree; those of them that are
 * damaged are then moved aside by an adjustment, which stands or falls with it. Throws REQUEST_INVALID when nothing is said.
 */
export function arrivalFacts({ id, origin, lines }: ArrivalDraft, final: boolean): SaidFact[] {
  const key = arrivalKey(id);
  const came = lines.filter(({ units }) => units > 0);
  const damaged = lines.filter((line) => line.damaged > 0);
  if (came.length === 0 && (origin.kind === 'delivery' || !final)) {
    throw new ShelfwireError('REQUEST_INVALID', 'Nothing has arrived: there is nothing to say.');
  }
  if (came.length + damaged.length > LIMITS.linesPerFact) {
    throw new ShelfwireError('REQUEST_INVALID', 'lines: receive so many articles in two parts.');
  }
  if (origin.kind === 'delivery') {
    const { reference, supplier } = origin;
    const body = {
      reference,
      ...(supplier === undefined ? {} : { supplier }),
      lines: [
        ...came.flatMap((line) =>
          line.units > line.damaged ? [{ sku: line.sku, quantity: line.units - line.damaged }] : [],
        ),
        ...damaged.map((line) => ({ sku: line.sku, quantity: line.damaged, condition: 'damaged' })),
      ],
    };
    return [{ kind: 'receipt', key, body }];
  }
  const { from, transfer } = origin;
  const body = {
    transfer,
    from,
    ...(final ? { final: true } : {}),
    lines: came.map(({ sku, units }) => ({ sku, quantity: units })),
  };
  if (damaged.length === 0) return [{ kind: 'transferIn', key, body }];
  const aside = {
    // Not within a character: half of one is no text.
    reason: `damaged on arrival, transfer ${transfer}`.slice(0, 256).replace(/[\uD800-\uDBFF]$/, ''),
    code: 'damage',
    lines: damaged.map((line) => ({ sku: line.sku, quantity: line.damaged, condition: 'sellable', to: 'damaged' })),
  };
  return [
    { kind: 'transferIn', key, body },
    { kind: 'adjustment', key: damageKey(key), body: aside },
  ];
}
