/** Of what a rule speaks; what is absent is "all". */
export interface RuleTarget {
  readonly sku?: string | undefined;
  readonly category?: string | undefined;
  readonly location?: string | undefined;
  readonly group?: string | undefined;
  readonly channel?: string | undefined;
}

/**
 * How specific a rule is: the lower, the more. First by product (one sku, a category, all), then by place (one location,
 * a group, all), then by channel (one, all). Rules of the same rank, for the same target, never hold at once: the
 * document's check refuses them, so the first by rank is always one.
 */
export function rankOf(target: RuleTarget): number {
  return 6 * stepOf(target.sku, target.category) + 2 * stepOf(target.location, target.group) + only(target.channel);
}

const stepOf = (one: string | undefined, several: string | undefined): number =>
  one !== undefined ? 0 : several !== undefined ? 1 : 2;

const only = (channel: string | undefined): number => (channel !== undefined ? 0 : 1);
