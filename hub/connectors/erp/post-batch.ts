import type { Batch, ClaimedDocument } from '#hub/outbox/documents/claim-batch.ts';
import type { DocumentError, Ended, ErpHealth, Outcome } from '#hub/outbox/documents/end-batch.ts';
import { sleep, type Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { ErpFailure, type ErpConnector, type MappedDocument } from './connector.ts';
import { countsAgainstDocument, documentDelayMs, erpDelayMs, faultOf, type RetryRule } from './failures.ts';
import { canonicalDocument } from './mapping/canonical-document.ts';
import type { MappingDocument } from './mapping/mapping-document.ts';
import { render } from './mapping/render.ts';

/** What a batch is posted with. */
export interface Posting {
  readonly connector: ErpConnector;
  readonly mapping: { readonly version: number; readonly document: MappingDocument };
  /** An earlier version of it; undefined: there is none. */
  readonly mappingOf: (version: number) => Promise<MappingDocument | undefined>;
  readonly retries: RetryRule;
  readonly perSecond: number | null;
  /** Nothing is begun after so long: the claim must outlast what is under way. */
  readonly budgetMs: number;
  /** A look-up, and a post, is given up after so long, however many calls it is made of. */
  readonly limitMs: number;
  /** Whether to stop between two documents. */
  isOver(): boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface Posts {
  readonly ended: readonly Ended[];
  readonly health: ErpHealth;
}

/**
 * Posts a batch, one document after the other.
 *
 * - What may have been sent before is asked for first, by its key, wherever a mapping that was live then led it (O1).
 * - What takes another document back looks for that where it was posted, by the mapping of then. A dead letter that was sent
 *   may be there all the same: it is asked for, and counts as posted when it is.
 * - A document that must be tried again stops its stream, no other; a failure of the ERP stops the batch.
 * - What the ERP has taken is in the answer even if a later one fails.
 */
export async function postBatch(batch: Batch, posting: Posting): Promise<Posts> {
  const { clock, perSecond, budgetMs } = posting;
  const ended: Ended[] = [];
  const stopped = new Set<string>();
  const outcomes = new Map<string, Outcome>();
  const endsAt = clock.monotonic() + budgetMs;
  const beginsAt = clock.monotonic() + batch.waitMs;
  for (const [place, document] of batch.documents.entries()) {
    if (stopped.has(document.stream)) continue;
    if (perSecond !== null) {
      const waitMs = beginsAt + (place * 1_000) / perSecond - clock.monotonic();
      if (clock.monotonic() + Math.max(0, waitMs) > endsAt) break;
      if (waitMs > 0) await sleep(clock, waitMs);
    }
    if (clock.monotonic() > endsAt || posting.isOver()) break;
    const { target } = document;
    const before = target && outcomes.get(target.key);
    const tried = await attempt(document, batch, posting, outcomes);
    const there = target && outcomes.get(target.key);
    if (target?.document != null && there != null && there !== before)
      ended.push({ document: target.document, outcome: there });
    if (tried.outcome !== undefined) {
      ended.push({ document: document.document, outcome: tried.outcome });
      outcomes.set(document.key, tried.outcome);
      if (tried.outcome.kind === 'again') stopped.add(document.stream);
    }
    if (tried.health !== undefined) return { ended, health: tried.health };
  }
  return { ended, health: { kind: 'well' } };
}

interface Tried {
  readonly outcome?: Outcome;
  /** The ERP is not to be asked further now. */
  readonly health?: ErpHealth;
}

async function attempt(
  document: ClaimedDocument,
  batch: Batch,
  posting: Posting,
  outcomes: Map<string, Outcome>,
): Promise<Tried> {
  const { connector, mapping, retries, random, logger, clock } = posting;
  const story = { document: document.document, key: document.key, correlationId: document.correlationId };
  let wasAnswered = false;
  let isTried = document.isBegun;
  const beganAt = clock.monotonic();
  try {
    if (mayBeThere(document, outcomes)) await findTarget(document, posting, outcomes);
    if (isInVain(document, outcomes)) return { outcome: { kind: 'skipped', error: VOIDED } };
    const recorded = await recordedBy(document, posting, outcomes);
    if (document.isBegun) {
      const known = await limited(lookUp(document, recorded, posting), posting);
      wasAnswered = true;
      if (known !== undefined) return { outcome: { kind: 'posted', ...known } };
    }
    const mapped = render(canonicalDocument(document), mapping.document, recorded);
    isTried = true;
    const posted = await limited(connector.post(mapped, document.key), posting);
    logger.debug({ ...story, ms: Math.round(clock.monotonic() - beganAt) }, 'a document was posted');
    return { outcome: { kind: 'posted', reference: posted.reference, mapping: mapping.version } };
  } catch (error) {
    const failure = toFailure(error, logger.child(story));
    const fault = faultOf(failure.code, { wasAnswered });
    const said: DocumentError = { code: failure.code, detail: failure.message };
    logger.warn({ ...story, ...said, fault, attempt: document.attempts + 1 }, 'a document was not posted');
    if (fault === 'never') return { outcome: { kind: 'dead', error: said, isTried } };
    const inMs = erpDelayMs(retries, fault === 'busy' ? 0 : batch.failures, failure.retryAfterMs, random);
    const health = { kind: fault === 'busy' ? 'busy' : 'failing', inMs, error: said } as const;
    if (fault === 'document' || (fault === 'either' && countsAgainstDocument(retries, batch.failures, random))) {
      const outcome = againOrDead({ document, said, isTried, askedMs: failure.retryAfterMs ?? 0 }, posting);
      return fault === 'document' ? { outcome } : { outcome, health };
    }
    return { outcome: { kind: 'again', error: said, inMs, counts: false }, health };
  }
}

/** A failure that counts against the document. */
function againOrDead(
  failed: {
    readonly document: ClaimedDocument;
    readonly said: DocumentError;
    readonly isTried: boolean;
    readonly askedMs: number;
  },
  { retries, random }: Posting,
): Outcome {
  const { document, said: error, isTried, askedMs } = failed;
  const inMs = documentDelayMs(retries, document.attempts + 1, random);
  if (inMs === undefined) return { kind: 'dead', error, isTried };
  return { kind: 'again', error, inMs: inMs + askedMs, counts: true };
}

/** What the ERP has of it, by the mapping that is live and by those by which it was begun: some ERPs have a key once in each target. */
async function lookUp(
  document: ClaimedDocument,
  recorded: MappingDocument | undefined,
  { connector, mapping, mappingOf }: Posting,
): Promise<{ readonly reference: string | null; readonly mapping: number } | undefined> {
  const asked = new Set<string>();
  for (const version of [mapping.version, ...document.begunBy]) {
    const rules = version === mapping.version ? mapping.document : await mappingOf(version);
    const mapped = rules && renderedBy(rules, document, recorded);
    if (mapped === undefined || asked.has(`${mapped.act} ${mapped.target}`)) continue;
    asked.add(`${mapped.act} ${mapped.target}`);
    const posted = await connector.lookup(mapped, document.key);
    if (posted !== undefined) return { reference: posted.reference, mapping: version };
  }
  return undefined;
}

/** The mapping by which what it takes back was posted, perhaps a moment ago; undefined: the one that is live, or none is known. */
async function recordedBy(
  { target }: ClaimedDocument,
  { mapping, mappingOf }: Posting,
  outcomes: ReadonlyMap<string, Outcome>,
): Promise<MappingDocument | undefined> {
  if (target === null) return undefined;
  const outcome = outcomes.get(target.key);
  const version = outcome?.kind === 'posted' ? outcome.mapping : target.mapping;
  return version === null || version === mapping.version ? undefined : mappingOf(version);
}

/** Undefined: by this mapping it went nowhere. */
function renderedBy(
  rules: MappingDocument,
  document: ClaimedDocument,
  recorded: MappingDocument | undefined,
): MappedDocument | undefined {
  try {
    return render(canonicalDocument(document), rules, recorded);
  } catch (error) {
    if (error instanceof ErpFailure && error.code === 'ERP_MAPPING_FAILED') return undefined;
    throw error;
  }
}

/** What is given up may still take effect: whoever sends it again asks for its key first. */
async function limited<Result>(work: Promise<Result>, { clock, limitMs }: Posting): Promise<Result> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () =>
      reject(new ErpFailure('ERP_TIMEOUT', `It was not done within ${limitMs} ms, in however many calls.`)),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

/** What no connector foresaw is a fault of ours: it must hold up no more than its stream. */
function toFailure(error: unknown, logger: Logger): ErpFailure {
  if (error instanceof ErpFailure) return error;
  logger.error({ err: error }, 'a connector failed in a way that it does not know');
  return new ErpFailure(
    'ERP_REFUSED',
    `The connector failed: ${error instanceof Error ? error.message : String(error)}`,
  );
}

const VOIDED: DocumentError = { code: 'ERP_VOIDED', detail: 'What it takes back was never forwarded.' };

/** A void of something that the ERP does not have. */
function isInVain({ target }: ClaimedDocument, outcomes: ReadonlyMap<string, Outcome>): boolean {
  if (target === null) return false;
  const state = outcomes.get(target.key)?.kind ?? target.state;
  return state === null || state === 'dead' || state === 'skipped';
}

/** A void of a dead letter that was sent: the ERP may have taken it and said nothing, or something else. */
function mayBeThere({ target }: ClaimedDocument, outcomes: ReadonlyMap<string, Outcome>): boolean {
  const outcome = target === null ? undefined : outcomes.get(target.key);
  if (outcome !== undefined) return outcome.kind === 'dead' && outcome.isTried;
  return target?.state === 'dead' && target.isBegun;
}

/** What the ERP has of the target of a void, noted as its outcome; under its key something else is not it. */
async function findTarget(
  { target, ...document }: ClaimedDocument,
  posting: Posting,
  outcomes: Map<string, Outcome>,
): Promise<void> {
  if (target?.kind == null || target.body == null) return;
  const { key, kind, body, begunBy } = target;
  try {
    const asked = { ...document, key, kind, body, begunBy, target: null };
    const there = await limited(lookUp(asked, undefined, posting), posting);
    if (there !== undefined) outcomes.set(key, { kind: 'posted', ...there });
  } catch (error) {
    if (!(error instanceof ErpFailure && error.code === 'ERP_CONFLICT')) throw error;
  }
}
