/**
 * The formula of shared/stock/ats.ts as SQL text. Values of all channels of a sku lie in one array, indexed by the
 * channel's slot; the text names each slot, so that a statement makes no row per channel. Texts depend on how many slots
 * there are, and on how many exclusive allocations one position has at most.
 */
export interface SqlShape {
  readonly slots: number;
  /** 0: no position has an allocation; else 1 + the most exclusive ones of a position. */
  readonly allocations: number;
  /** Whether a sku has a holdback, a cap or a least quantity. */
  readonly limited: boolean;
}

export const NO_SHAPE: SqlShape = { slots: 0, allocations: 0, limited: false };

/** What is enough for both. */
export function widest(one: SqlShape, other: SqlShape): SqlShape {
  return {
    slots: Math.max(one.slots, other.slots),
    allocations: Math.max(one.allocations, other.allocations),
    limited: one.limited || other.limited,
  };
}

/** PostgreSQL's largest int: what "no cap" and greater numbers come to. */
export const UNITS_TOP = 2_147_483_647;

export function eachSlot(shape: SqlShape, text: (slot: number) => string, separator = ', '): string {
  return Array.from({ length: shape.slots }, (_, place) => text(place + 1)).join(separator);
}

/** What there is to offer of a position with terms `t`: onHand less what is reserved there. */
export function base(onHand: string): string {
  return `greatest(0, ${onHand} - t.reserved)`;
}

/**
 * A LATERAL subquery, called `name`, that gives `parts` (what each exclusive allocation of terms `t` gets of the base)
 * and `common`, the rest. Empty without allocations. OFFSET 0 keeps PostgreSQL from working it out once per slot.
 */
export function allocatedParts(shape: SqlShape, name: string, base: string): string {
  if (shape.allocations === 0) return '';
  const places = Array.from({ length: shape.allocations - 1 }, (_, place) => place + 1);
  const rest = `greatest(0, ${base} - coalesce(t.exclusive_total, 0))`;
  const part = (place: number): string => `
      CASE WHEN t.exclusive_units[${place}] IS NOT NULL
           THEN least(t.exclusive_units[${place}], greatest(0, ${base} - t.exclusive_before[${place}]))
           ELSE coalesce(floor(${rest} * t.exclusive_percent[${place}] / 100), 0)::bigint END`;
  const taken = places.map((place) => ` - given.parts[${place}]`).join('');
  return `
  CROSS JOIN LATERAL (
    SELECT given.parts, ${base}${taken} AS common
    FROM (SELECT ARRAY[${places.map(part).join(', ')}]::bigint[] AS parts OFFSET 0) AS given
    OFFSET 0
  ) AS ${name}`;
}

/**
 * What terms `t` let a channel sell of a base of units: sellable, never below zero. An element of `withheld` that is
 * NULL says that the channel does not sell from there; greatest() passes over it.
 */
export function sellable({ allocations }: SqlShape, slot: number, base: string, parts: string): string {
  const plain = `greatest(0, ${base} - t.withheld[${slot}])`;
  if (allocations === 0) return plain;
  const own = Array.from(
    { length: allocations - 1 },
    (_, place) => `CASE t.exclusive_slot[${place + 1}] WHEN ${slot} THEN ${parts}.parts[${place + 1}] ELSE 0 END + `,
  ).join('');
  const shared = `
      CASE WHEN t.shared_units[${slot}] IS NOT NULL THEN least(t.shared_units[${slot}], ${parts}.common)
           WHEN t.shared_percent[${slot}] IS NOT NULL THEN floor(${parts}.common * t.shared_percent[${slot}] / 100)::bigint
           ELSE ${parts}.common END`;
  return `CASE WHEN NOT t.allocated THEN ${plain} ELSE greatest(0, ${own}${shared} - t.withheld[${slot}]) END`;
}

/** A channel's number from its pool and the sku's limits, which lie in row `a`: NULL where there is none. */
export function offered({ limited }: SqlShape, slot: number, pool: string): string {
  if (!limited) return `least(greatest(0, ${pool}), ${UNITS_TOP})`;
  const units = `least(greatest(0, ${pool} - coalesce(a.holdback[${slot}], 0)), a.cap[${slot}], ${UNITS_TOP})`;
  return `CASE WHEN ${units} < a.min_publish[${slot}] THEN 0 ELSE ${units} END`;
}
