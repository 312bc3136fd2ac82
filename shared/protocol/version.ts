/**
 * The wire's version. Whoever changes a schema of the wire raises `current`, keeps the one before readable, and
 * records the new hash in version.test.ts. Versions so far:
 *
 * 1  facts as a JSON array of flat objects, uncompressed ("json"); one quantity and price per line as `qty`, `price`
 * 2  facts as lines, envelope and body apart, compressed ("lines", "lines.zstd"); line fields carry their unit.
 *    Not released before 0.1.0: until then its hash may still change
 */
export const PROTOCOL = { current: 2, oldest: 1 } as const;

export type ProtocolVersion = 1 | 2;

/** Encodings of a push frame, by the version that brought them. */
export const ENCODINGS = { 1: ['json'], 2: ['lines', 'lines.zstd'] } as const satisfies Record<
  ProtocolVersion,
  readonly string[]
>;
export type Encoding = (typeof ENCODINGS)[ProtocolVersion][number];
