import { backoffMs, type BackoffRule } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';
import type { ErpFailureCode } from './connector.ts';

/**
 * Whose fault a failure is:
 * - `document`: its own. It counts; after the last attempt it is a dead letter.
 * - `never`: its own, and trying again would change nothing: a dead letter at once.
 * - `erp`: the ERP's. The document waits as long as it takes; enough of them in a row open the breaker.
 * - `busy`: nobody's. The ERP asked to be left alone.
 * - `either`: the ERP answered a look-up and then failed. It counts against both: whose it is shows by whether the ERP takes others.
 */
export type Fault = 'document' | 'never' | 'erp' | 'busy' | 'either';

/** Every code that a connector may throw, with the reason. */
export const FAULTS: Readonly<Partial<Record<ErpFailureCode, { fault: Fault; why: string }>>> = {
  ERP_REFUSED: { fault: 'document', why: 'validation; passes when somebody adds what it misses' },
  ERP_CONFLICT: { fault: 'never', why: 'the key is taken by something else' },
  ERP_OUTDATED: { fault: 'document', why: 'something moved between a count and its use; nothing was applied' },
  ERP_MAPPING_FAILED: { fault: 'never', why: 'the same mapping fails the same way' },
  ERP_UNAUTHORIZED: { fault: 'erp', why: 'the same for every document, until credentials are set' },
  ERP_URL_FORBIDDEN: { fault: 'erp', why: 'the same for every document, until settings are' },
  ERP_UNREACHABLE: { fault: 'erp', why: 'network, TLS, an ERP that is down' },
  ERP_TIMEOUT: { fault: 'erp', why: 'slow; it may have been done' },
  ERP_FAILED: { fault: 'erp', why: '5xx; it may have been done' },
  ERP_ANSWER_INVALID: { fault: 'erp', why: 'a proxy or a maintenance page answered' },
  ERP_THROTTLED: { fault: 'busy', why: '429' },
};

export interface RetryRule {
  /** Of a document, for its own faults; after the last it is a dead letter. It holds back its stream meanwhile. */
  readonly document: BackoffRule & { readonly attempts: number };
  /** Of an ERP that fails. */
  readonly erp: BackoffRule;
  /** Failures in a row after which the breaker opens: then one document tries at a time. */
  readonly failuresMax: number;
}

/** A refused document holds its stream up for about three minutes, at most six; one of either, while nothing else is taken, for half an hour. */
export const RETRIES: RetryRule = {
  document: { baseMs: 2_000, maxMs: 120_000, attempts: 8 },
  erp: { baseMs: 1_000, maxMs: 30_000 },
  failuresMax: 5,
};

/**
 * Whose fault it is. What looks like the ERP's may be the document's when the ERP has answered a look-up for it right before:
 * it is up and lets us in. Else one that makes the ERP fail would hold up its stream for ever.
 */
export function faultOf(code: ErpFailureCode, { wasAnswered }: { readonly wasAnswered: boolean }): Fault {
  const { fault } = FAULTS[code] ?? { fault: 'document' };
  return fault === 'erp' && wasAnswered ? 'either' : fault;
}

/**
 * Of failures that are of either, while the ERP takes nothing at all, one in so many counts against its document: an ERP that
 * can only be read makes documents wait, and one that nobody comes after is set aside all the same, half an hour later. By
 * chance, since streams have turns: else it were those of one again and again.
 */
const COUNTS_ONCE_IN = 8;

/** Whether a failure that is of either counts against the document. `failures`: of the ERP in a row before it. */
export function countsAgainstDocument({ failuresMax }: RetryRule, failures: number, random: Random): boolean {
  return failures < failuresMax || random() * COUNTS_ONCE_IN < 1;
}

/** Undefined: it was the last attempt. `failed` includes the one just made. */
export function documentDelayMs({ document }: RetryRule, failed: number, random: Random): number | undefined {
  return failed >= document.attempts ? undefined : backoffMs(document, failed - 1, random);
}

export function erpDelayMs({ erp }: RetryRule, failures: number, askedMs: number | undefined, random: Random): number {
  return (askedMs ?? 0) + backoffMs(erp, failures, random);
}
