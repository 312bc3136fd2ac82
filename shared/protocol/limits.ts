/** Size limits of everything that crosses an edge (X2). Bytes are UTF-8. */
export const LIMITS = {
  skuChars: 64,
  keyChars: 128,
  textChars: 256,
  linesPerFact: 2_000,
  /** Of one line of an order at one location; with the line itself an order's lines fit in a fact. */
  substitutesPerLine: 3,
  quantityPerLine: 1_000_000,
  moneyMinor: 100_000_000_000,
  factBytes: 256 * 1024,
  factsPerRequest: 1_000,
  requestBytes: 4 * 1024 * 1024,
  factsPerFrame: 500,
  /** A frame is built to stay under this; only a single big fact may exceed it. */
  frameBytes: 64 * 1024,
  /** What the hub takes at most; a bigger one is split by the agent, never retried whole. */
  frameBytesMax: 512 * 1024,
  /** What a frame may unfold to. */
  frameUnfoldedBytesMax: 8 * 1024 * 1024,
  pullDocuments: 1_000,
  clockOffsetShownMs: 60_000,
  /** A count, or what adds sellable units, further ahead of the hub's clock than this is set aside (S5). */
  factAheadMs: 300_000,
} as const;
