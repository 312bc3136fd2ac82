import type { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { AcknowledgedState } from '#hub/outbox/documents/list-documents.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { MappingDocument } from './mapping/mapping-document.ts';

/** A document as the ERP takes it: the mapping has said to what, and with which fields. */
export type MappedDocument =
  | { readonly act: 'write'; readonly target: string; readonly payload: Readonly<Record<string, unknown>> }
  /** Takes back a document that was posted under another key. */
  | { readonly act: 'cancel'; readonly target: string; readonly key: string };

export interface Capabilities {
  /** Whether it takes documents back itself; else a void is a document of its own. */
  readonly cancels: boolean;
  /** What makes a second document under the same key impossible, even if two are sent at once. */
  readonly once: 'upsert' | 'uniqueField' | 'atomicRename';
  readonly readsStock: boolean;
}

/** What the ERP calls it. */
export interface Posted {
  readonly reference: string | null;
}

export interface StockLine {
  /** The ERP's own names. */
  readonly location: string;
  readonly sku: string;
  readonly quantity: number;
  readonly changedAt: string | null;
}

export interface StockQuery {
  /** An instant, ISO 8601. */
  readonly since: string | null;
  readonly cursor: string | null;
  /** Lines of a page, at most. */
  readonly limit: number;
}

export interface StockPage {
  readonly items: readonly StockLine[];
  /** Give it back for what follows; null at the end. */
  readonly next: string | null;
}

export interface Acknowledgement {
  /** Of the document's interchange. */
  readonly controlNumber: number;
  readonly state: AcknowledgedState;
  /** What is wrong, in the partner's own codes. */
  readonly detail: string;
}

export interface AcknowledgementFile {
  readonly name: string;
  readonly content: string;
  readonly acknowledgements: readonly Acknowledgement[];
  /** What could not be read in it. */
  readonly problem: string | null;
}

/** An ERP that documents are sent to. Its calls throw ErpFailure, and nothing else that could be foreseen. */
export interface ErpConnector {
  readonly capabilities: Capabilities;
  /** Posts a document under its key. Sent again with the same key it has no second effect, or is refused. */
  post(document: MappedDocument, key: string): Promise<Posted>;
  /** What the ERP has under the key: asked before anything that may have been sent is sent again. */
  lookup(document: MappedDocument, key: string): Promise<Posted | undefined>;
  /** What the ERP believes to have, as far as it changed since. */
  readStock(asked: StockQuery): Promise<StockPage>;
  /** What the ERP says it did with documents, where it says that later: each file of it is given once, and then set aside. */
  readAcknowledgements?(keep: (file: AcknowledgementFile) => Promise<void>): Promise<void>;
  /** Forgets what it kept of long ago. */
  tidy?(): Promise<void>;
  close(): void;
}

/** What a connector is made of. */
export interface ErpParts {
  readonly code: string;
  readonly clock: Clock;
  /** Addresses of private networks are allowed, and http to this machine. */
  readonly toPrivate: boolean;
  /** Files go below it. */
  readonly folder: string;
  /** Its folder was made when the ERP was set, and is not made anew: one that is missing is on a disk that is not there. */
  readonly isFolderMade?: boolean;
  readonly timeoutMs: number;
  /** A number of this ERP for a document, 1 to 999,999,999: always the same for a key. Absent where nothing is posted. */
  readonly numberOf?: (key: string) => Promise<number>;
}

/** A kind of ERP: one folder, and one line in the registry. */
export interface ErpKind {
  readonly title: string;
  readonly settings: z.ZodType;
  readonly credentials: z.ZodType;
  readonly capabilities: Capabilities;
  /** What one can begin with. */
  readonly example: MappingDocument;
  /** Whom its credentials are shown to; null: nobody. Those that were given for one are shown to no other (X1). */
  shownTo(settings: unknown): string | null;
  /** What was kept is validated anew: an older version wrote it. Throws ERP_SETTINGS_INVALID. */
  create(settings: unknown, credentials: unknown, parts: ErpParts): ErpConnector;
}

interface KindDefinition<Settings extends z.ZodType, Credentials extends z.ZodType> extends Omit<
  ErpKind,
  'settings' | 'credentials' | 'shownTo' | 'create'
> {
  readonly settings: Settings;
  readonly credentials: Credentials;
  shownTo(settings: z.output<Settings>): string | null;
  create(settings: z.output<Settings>, credentials: z.output<Credentials>, parts: ErpParts): ErpConnector;
}

/** Defines a kind: its schemas yield the types of what it is made with. */
export function defineErpKind<Settings extends z.ZodType, Credentials extends z.ZodType>(
  definition: KindDefinition<Settings, Credentials>,
): ErpKind {
  return {
    ...definition,
    shownTo: (settings) => definition.shownTo(readSettings(definition.settings, settings, 'settings')),
    create: (settings, credentials, parts) =>
      definition.create(
        readSettings(definition.settings, settings, 'settings'),
        readSettings(definition.credentials, credentials, 'credentials'),
        parts,
      ),
  };
}

/** Throws ERP_SETTINGS_INVALID. */
export function readSettings<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('ERP_SETTINGS_INVALID', `In the ${what}: ${describeIssues(parsed.error)}`);
}

export type ErpFailureCode = Extract<ErrorCode, `ERP_${string}`>;

/**
 * Why a call failed. What it means for the document and for the ERP is said by `FAILURES` (failures.ts), by its code.
 */
export class ErpFailure extends Error {
  readonly code: ErpFailureCode;
  /** What the ERP asked to be left alone for. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErpFailureCode,
    detail: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ErpFailure';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
