import { hash } from 'node:crypto';
import { z } from 'zod';
import { instant, seq, storeCode, text } from '../fields.ts';
import { PROTOCOL } from '../version.ts';

/** Epochs that one hello may ask about; a device begins one only when its journal or the hub was restored. */
export const EARLIER_MAX = 1_000;

/** First word of the hub on a connection: sign this nonce, within the range of protocols that I serve. */
export const challenge = z.strictObject({
  nonce: z.base64url().length(43),
  protocol: z.strictObject({ oldest: z.int(), current: z.int() }),
});
export type Challenge = z.infer<typeof challenge>;

/** The device proves who it is and says where its journal stands. */
export const hello = z.strictObject({
  protocol: z.int().min(0).max(1_000_000),
  device: z.int().min(1).max(2_147_483_647),
  /** Instant the journal was begun; another epoch is another journal. */
  epoch: instant,
  /** Ed25519 over `helloMessage(...)`, base64url. */
  signature: z.base64url().length(86),
  /** What the agent remembers as acknowledged; the hub may hold more. Protocol 1 did not say it. */
  ackedSeq: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /**
   * Earlier epochs of which facts are still on the agent's disk. A hub that was restored may lack them, though it has
   * acknowledged them once. Protocol 1 did not say it.
   */
  earlier: z.array(instant).max(EARLIER_MAX).optional(),
  /** Facts that the hub has not acknowledged yet. */
  backlog: z.int().min(0).max(1_000_000_000),
  agentVersion: text,
});
export type Hello = z.infer<typeof hello>;

/** The bytes that a device signs: nonce, device and epoch, so that a signature fits nothing else. */
export function helloMessage(nonce: string, device: number, epoch: number): Buffer {
  return Buffer.from(`shelfwire hello\n${nonce}\n${device}\n${epoch}`);
}

/** The hub compares at most so many facts at a hello; more lie beyond `ackedSeq` only after a long time without a save. */
export const HELD_MAX = 50_000;

/**
 * Tells whether two runs of facts are the same by keys and contents (`digestOf`); both sides compute it, the hub in SQL. By
 * keys alone a fact could pass for another one that a restored till has sold under the same number. Not a secret: MD5 will do.
 */
export function factsDigest(facts: readonly { readonly key: string; readonly digest: string }[]): string {
  return hash('md5', facts.map(({ key, digest }) => `${key}\t${digest}`).join('\n'), 'hex');
}

export const welcome = z.strictObject({
  protocol: z.int().min(PROTOCOL.oldest).max(PROTOCOL.current),
  /** The hub's number of this journal: it orders facts of the same instant. */
  journal: z.int().min(1),
  /** The highest seq up to which the hub holds every fact. Authoritative. */
  watermark: z.int().min(0),
  /**
   * What the hub holds beyond hello's ackedSeq up to the watermark: a digest of the facts (`factsDigest`), and the seqs
   * whose key or content it cannot name (duplicates, unreadable lines): with any of those it cannot be told whose they are. Null:
   * nothing to compare, or too much. A restored journal that has grown past the watermark since has other facts at those seqs.
   */
  held: z.strictObject({ digest: z.hex().length(32), without: z.array(seq).max(HELD_MAX) }).nullable(),
  /** The watermark of each epoch that hello's `earlier` names: what lies beyond it must be sent again. */
  earlier: z.array(z.strictObject({ epoch: instant, watermark: z.int().min(0) })).max(EARLIER_MAX),
  hubNow: instant,
  /** Frames that may be unacknowledged at once. */
  credit: z.int().min(1).max(64),
  store: z.strictObject({ code: storeCode, name: text }),
});
export type Welcome = z.infer<typeof welcome>;
