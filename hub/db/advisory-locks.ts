/**
 * Numbers of PostgreSQL's advisory locks. A database has one list of them, so all stand here, and none twice. `merge` is the
 * first of two numbers, beside a location's; the others stand alone.
 */
export const LOCKS = {
  /** Merges of one location exclude each other. */
  merge: 0x5e1f,
  /** One hub recomputes at a time. */
  recompute: 0x5e20,
  /** Held shared by merges that found no rules, until they commit; exclusively by who brings the first ones. */
  firstRules: 0x5e21,
  /** Held shared by who gives new positions terms, until it commits. Nobody takes another lock after it. */
  newTerms: 0x5e22,
  /** One hub prunes at a time. */
  prunePast: 0x5e23,
  /** Held by who asks for a what-if job: the number of those that wait must not be passed by two at once. */
  askWhatIf: 0x5e24,
  /** One hub expires at a time. Rows cannot be claimed instead: they are locked after their skus. */
  expireReservations: 0x5e26,
  /** One hub tells webhooks of availability at a time. */
  relayAvailability: 0x5e27,
  /** The number of webhooks must not be passed by two at once. */
  webhookLimit: 0x5e28,
  /** One hub notes what listings shall say at a time. */
  markPublications: 0x5e2b,
  /** One hub works out documents for ERPs at a time: those of a stream are written in their order. */
  spreadDocuments: 0x5e2c,
  /** The number of ERPs must not be passed by two at once, and the first one begins what is told of counts. */
  erpLimit: 0x5e2d,
  /** The number of comparisons must not be passed by two at once. */
  comparisonLimit: 0x5e36,
  /** The number of sources must not be passed by two at once. */
  inboundLimit: 0x5e30,
  /** The first of two numbers, beside a hash of channel and id: an order comes, is kept as one that does not fit, and is cancelled one after the other, also while there is none yet. */
  channelOrder: 0x5e32,
  /** One hub adjusts stock to what others say at a time. */
  adjustStock: 0x5e33,
  /** What is said of products is weighed by one at a time. */
  productMaster: 0x5e31,
} as const;
