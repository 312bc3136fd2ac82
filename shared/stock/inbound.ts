const HOUR_MS = 3_600_000;

/** What a channel's rules say of units on their way. */
export interface InboundRule {
  /** Units count that arrive within so many hours; 0: none. */
  readonly horizonHours: number;
  /** How long a transfer takes of which nobody says it, and how late one may be. */
  readonly transitHours: number;
}

/** Units that were sent and have not been received. Instants: ms since 1970. */
interface OnTheWay {
  readonly expectedAt: number | null;
  readonly leftAt: number;
}

/**
 * Whether units on their way are offered (`counted`), arrive beyond the horizon (`later`), or are so late that nobody
 * believes in them any more (`overdue`).
 *
 *     later        counted                          overdue
 *     -----|-------------------|--------------|----------->  time
 *       arrival - horizon    arrival    arrival + transit
 */
export type InboundBelief = 'later' | 'counted' | 'overdue';

/** When units should all be there: as their sender says, else as long after they left as the rules say. */
export function arrivalOf({ expectedAt, leftAt }: OnTheWay, { transitHours }: InboundRule): number {
  return expectedAt ?? leftAt + Math.round(transitHours * HOUR_MS);
}

/** What a channel with a horizon may believe of them at an instant. Without one nothing is ever counted. */
export function believe(units: OnTheWay, rule: InboundRule, asOf: number): InboundBelief {
  const arrival = arrivalOf(units, rule);
  if (rule.horizonHours === 0 || asOf < arrival - Math.round(rule.horizonHours * HOUR_MS)) return 'later';
  return asOf <= arrival + Math.round(rule.transitHours * HOUR_MS) ? 'counted' : 'overdue';
}
