import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { whenBack } from '#hub/db/when-back.ts';
import { keepAcknowledgement } from '#hub/outbox/documents/acknowledgements.ts';
import { claimBatch, type Batch } from '#hub/outbox/documents/claim-batch.ts';
import { controlNumber } from '#hub/outbox/documents/control-numbers.ts';
import { endBatch, type Outcome } from '#hub/outbox/documents/end-batch.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { secretSubject, type ErpSurroundings } from './admin/erps.ts';
import type { ErpConnector } from './connector.ts';
import { RETRIES, type RetryRule } from './failures.ts';
import type { MappingDocument } from './mapping/mapping-document.ts';
import { isQuiet, pace as paceSchema, type Pace } from './pace.ts';
import { postBatch } from './post-batch.ts';
import { erpKind } from './registry.ts';

export interface RelayOptions {
  readonly pool: Pool;
  readonly surroundings: ErpSurroundings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly retries?: RetryRule;
  readonly acknowledgedEveryMs?: number;
  /** Told what became of the documents of each batch. */
  readonly observe?: (erp: string, outcomes: Readonly<Partial<Record<Outcome['kind'], number>>>) => void;
}

const EVERY_MS = 200;
/** So long a worker begins documents of one batch. */
const WORK_MS = 5_000;
/** What it may take beside that, and beside the look-up and the post that are under way then, until it counts as killed. */
const MARGIN_MS = 5_000;
/** What a look-up or a post may take beside one call's time: a single call is to say itself that it was too slow. */
const CALLS_MS = 1_000;
const DOCUMENTS_MAX = 64;
const TIDY_EVERY_MS = 86_400_000;
const ACKNOWLEDGED_EVERY_MS = 60_000;

const LIVE = `SELECT erp_no AS erp, revision FROM erps WHERE state = 'active' AND mapping > 0 ORDER BY erp_no`;
const LOAD = `
  SELECT e.code, e.kind, e.settings, e.credentials, e.pace, e.revision, m.version, m.document
  FROM erps e JOIN erp_mappings m ON m.erp_no = e.erp_no AND m.version = e.mapping
  WHERE e.erp_no = $1 AND e.state = 'active'`;

const MAPPING = 'SELECT document FROM erp_mappings WHERE erp_no = $1 AND version = $2';

interface Loaded {
  readonly code: string;
  readonly kind: string;
  readonly settings: unknown;
  readonly credentials: Buffer;
  readonly pace: unknown;
  readonly revision: number;
  readonly version: number;
  readonly document: MappingDocument;
}

/**
 * Forwards documents to ERPs.
 *
 * - Documents of a stream (a store's, an order's) are posted one after the other, in the order in which they were written,
 *   by one worker over all hubs; different streams at once, as many as the ERP stands, the most urgent first.
 * - Exactly once in effect (O1): before a document is sent it is marked as begun, so after a kill, a timeout or an error
 *   whoever sends it next asks the ERP for its key first.
 * - Whose fault a failure is decides what waits (failures.ts): a document is tried again and then a dead letter (O2), an ERP
 *   that is down makes everything wait and nothing a dead letter.
 * - What documents come of the merges is worked out here too, by one hub at a time.
 */
export function startRelay(options: RelayOptions): Part {
  const { pool, clock, logger, everyMs = EVERY_MS } = options;
  const runners = new Map<number, ErpRunner>();
  const spreading = startRepeating({
    name: 'documents for ERPs',
    clock,
    logger,
    everyMs,
    firstAfterMs: 0,
    turn: async () => void (await spreadDocuments(pool, () => clock.now())),
  });
  const looking = startRepeating({
    name: 'ERPs',
    clock,
    logger,
    everyMs,
    firstAfterMs: 0,
    async turn() {
      const { rows } = await pool.query<{ erp: number; revision: number }>(LIVE);
      const live = new Map(rows.map(({ erp, revision }) => [erp, revision]));
      for (const [erp, runner] of runners) {
        if (live.get(erp) === runner.revision) continue;
        runners.delete(erp);
        // What is under way ends by itself, with the settings that it began with.
        void runner.stop();
      }
      for (const [erp] of live) {
        const runner = runners.get(erp) ?? (await openRunner(erp, options));
        if (runner === undefined) continue;
        runners.set(erp, runner);
        runner.fill();
      }
    },
  });
  return {
    name: 'relay to ERPs',
    async stop() {
      await Promise.all([spreading.stop(), looking.stop()]);
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
}

async function openRunner(erp: number, options: RelayOptions): Promise<ErpRunner | undefined> {
  const { pool, surroundings, logger } = options;
  const [row] = (await pool.query<Loaded>(LOAD, [erp])).rows;
  if (row === undefined) return undefined;
  const { code, kind: name, settings, credentials: sealed, revision, version, document } = row;
  try {
    const kind = erpKind(name);
    if (kind === undefined) throw new Error(`there is no kind of ERP "${name}"`);
    const pace = paceSchema.parse(row.pace);
    const credentials = surroundings.vault.open(sealed, secretSubject(code));
    const numberOf = (key: string): Promise<number> => controlNumber(pool, erp, key);
    const connector = surroundings.connect(kind, code, settings, credentials, pace, numberOf);
    const log = logger.child({ erp: code });
    return new ErpRunner(
      erp,
      { code, connector, mapping: { version, document }, pace, revision },
      { ...options, logger: log },
    );
  } catch (error) {
    logger.error({ err: error, erp: code }, 'an ERP cannot be connected; its documents wait');
    return undefined;
  }
}

interface Connected {
  readonly code: string;
  readonly connector: ErpConnector;
  readonly mapping: { readonly version: number; readonly document: MappingDocument };
  readonly pace: Pace;
  readonly revision: number;
}

const claimMsOf = ({ timeoutMs }: Pace): number => WORK_MS + 2 * timeoutMs + MARGIN_MS;

/** This hub's workers for one ERP, as it was set at one revision. */
class ErpRunner {
  readonly #erp: number;
  readonly #connected: Connected;
  readonly #options: RelayOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #mappings = new Map<number, MappingDocument>();
  #filling: Promise<void> | undefined;
  #isAskedAgain = false;
  #tidiedAt = -Infinity;
  #acknowledgedAt = -Infinity;
  #acknowledging: Promise<void> | undefined;
  #isStopped = false;

  constructor(erp: number, connected: Connected, options: RelayOptions) {
    this.#erp = erp;
    this.#connected = connected;
    this.#options = options;
  }

  get revision(): number {
    return this.#connected.revision;
  }

  /** Begins what is due, as far as there are workers. */
  fill(): void {
    this.#isAskedAgain = true;
    this.#tidy();
    this.#acknowledge();
    if (this.#isStopped || this.#filling !== undefined) return;
    this.#filling = this.#fillUp()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'documents are left for now'))
      .finally(() => {
        this.#filling = undefined;
      });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#filling;
    await Promise.all([...this.#running, this.#acknowledging]);
    this.#connected.connector.close();
  }

  #tidy(): void {
    const { clock, logger } = this.#options;
    if (this.#isStopped || clock.monotonic() - this.#tidiedAt < TIDY_EVERY_MS) return;
    this.#tidiedAt = clock.monotonic();
    void this.#connected.connector
      .tidy?.()
      .catch((error: unknown) => logger.warn({ err: error }, 'nothing was tidied'));
  }

  #acknowledge(): void {
    const { pool, clock, logger, acknowledgedEveryMs = ACKNOWLEDGED_EVERY_MS } = this.#options;
    const { connector } = this.#connected;
    if (this.#isStopped || this.#acknowledging !== undefined || connector.readAcknowledgements === undefined) return;
    if (clock.monotonic() - this.#acknowledgedAt < acknowledgedEveryMs) return;
    this.#acknowledgedAt = clock.monotonic();
    this.#acknowledging = connector
      .readAcknowledgements(async (file) => {
        await keepAcknowledgement(pool, this.#erp, file);
        const { name, problem, acknowledgements } = file;
        const rejected = acknowledgements.filter(({ state }) => state === 'rejected').length;
        if (problem !== null || rejected > 0)
          logger.warn({ name, problem, rejected }, 'an ERP did not take everything');
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'acknowledgements are left for now'))
      .finally(() => {
        this.#acknowledging = undefined;
      });
  }

  async #fillUp(): Promise<void> {
    const { pool, clock, retries = RETRIES } = this.#options;
    const { pace } = this.#connected;
    const claimSeconds = claimMsOf(pace) / 1_000;
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      while (!this.#isStopped && this.#running.size < pace.atOnce && !isQuiet(pace, clock.now())) {
        const batch = await claimBatch(pool, this.#erp, randomUUID(), {
          atOnce: pace.atOnce,
          perSecond: pace.perSecond,
          claimSeconds,
          workSeconds: WORK_MS / 1_000,
          failuresMax: retries.failuresMax,
          documentsMax: DOCUMENTS_MAX,
          revision: this.#connected.revision,
        });
        if (batch === undefined) break;
        const worker = this.#work(batch)
          .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'a batch is left for now'))
          .finally(() => {
            this.#running.delete(worker);
            this.fill();
          });
        this.#running.add(worker);
      }
    }
  }

  /** Versions are never rewritten. */
  async #mappingOf(version: number): Promise<MappingDocument | undefined> {
    const known = this.#mappings.get(version);
    if (known !== undefined) return known;
    const { rows } = await this.#options.pool.query<{ document: MappingDocument }>(MAPPING, [this.#erp, version]);
    const [row] = rows;
    if (row !== undefined) this.#mappings.set(version, row.document);
    return row?.document;
  }

  async #work(batch: Batch): Promise<void> {
    const { pool, clock, random, logger, retries = RETRIES, observe } = this.#options;
    const { code, connector, mapping, pace } = this.#connected;
    const posts = await postBatch(batch, {
      connector,
      mapping,
      mappingOf: (version) => this.#mappingOf(version),
      retries,
      perSecond: pace.perSecond,
      budgetMs: WORK_MS,
      limitMs: pace.timeoutMs + CALLS_MS,
      isOver: () => this.#isStopped || isQuiet(pace, clock.now()),
      clock,
      random,
      logger,
    });
    const until = { clock, forMs: claimMsOf(pace), isOver: () => this.#isStopped };
    await whenBack(() => endBatch(pool, batch, { ...posts, failuresMax: retries.failuresMax }), until);
    const outcomes: Partial<Record<Outcome['kind'], number>> = {};
    for (const { outcome } of posts.ended) outcomes[outcome.kind] = (outcomes[outcome.kind] ?? 0) + 1;
    observe?.(code, outcomes);
  }
}
