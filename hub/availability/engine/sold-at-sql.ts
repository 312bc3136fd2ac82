/**
 * The instant, ms since 1970, by which a sale counts for demand: a device whose clock is ahead sells no later than the
 * hub hears of it. Without that one sale dated 2099 would outweigh all others together. `fact` is a row of `facts`.
 */
export function soldAt(fact: string): string {
  return `least(${fact}.at, (extract(epoch FROM ${fact}.received_at) * 1000)::bigint)`;
}
