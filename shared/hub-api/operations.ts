// Written by `npm run client` from the routes of the hub: do not edit.

export type AdjustmentSum = {
  readonly location: string;
  /** Null: the till gave none. */
  readonly code: string | null;
  /** From 0. */
  readonly facts: number;
  /** From 0. */
  readonly added: number;
  /** From 0. */
  readonly removed: number;
  /** From 0. */
  readonly moved: number;
};

export type AppliedRules = {
  /** From 0. */
  readonly version: number;
  readonly state: "pending" | "in force" | "past" | "skipped";
  readonly effectiveFrom: string;
  readonly until: string | null;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly note: string | null;
  readonly basedOn: number | null;
  readonly restores: number | null;
  /** SHA-256 of the document, in hex. */
  readonly digest: string;
  readonly isNew: boolean;
  readonly skips: readonly number[];
  readonly diff: RulesDiff;
};

export type Channel = {
  readonly code: string;
  readonly name: string;
  readonly locations: readonly string[];
};

export type ChannelAccount = {
  /** From 0. */
  readonly account: number;
  readonly channel: string;
  readonly kind: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly settings: unknown;
  readonly state: "active" | "paused" | "ended";
  readonly dryRun: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  /** How often they were set: they themselves are never shown. From 0. */
  readonly credentials: number;
  /** Calls in a row that failed as a whole; `error` is of the last one. From 0. */
  readonly failures: number;
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  /** When it answered again after failures. */
  readonly answeredAt: string | null;
  /** While nothing is called after a failure. */
  readonly nextAttemptAt: string | null;
  /** Every order that was placed there before has been seen; null: they are not asked for. */
  readonly ordersKnownTo: string | null;
  /** From 0. */
  readonly listings: number;
  /** Listings that do not say yet what they shall, as far as we know. From 0. */
  readonly waiting: number;
  /** Listings that were set aside: GET /v1/publications?state=parked says why. From 0. */
  readonly parked: number;
  /** Units that it has sold in orders that are not known yet. From 0. */
  readonly inFlight: number;
  /** Orders that could not be taken and are for people: GET /v1/untaken-orders. From 0. */
  readonly ordersAside: number;
};

export type ChannelAvailability = {
  readonly sku: string;
  /** From 0. */
  readonly available: number;
  /** Under which skus the channel lists it. */
  readonly channelSkus: readonly string[];
};

export type Comparison = {
  /** From 0. */
  readonly number: number;
  readonly code: string;
  readonly name: string;
  readonly side: "erp" | "statements" | "channel" | "store" | "till" | "settlement";
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null: on demand only. */
  readonly schedule: {
    /** From 1 to 44640. */
    readonly everyMinutes: number;
  } | {
    readonly dailyAt: string;
    /** At most 64 characters, "UTC" unless given. */
    readonly timeZone: string;
  } | null;
  /** Who decides that a difference is corrected, and towards whom. */
  readonly correct: {
    readonly mode: "never";
  } | {
    readonly mode: "approval";
    /** "ours" unless given. */
    readonly towards: "ours" | "theirs";
  } | {
    readonly mode: "rule";
    /** "ours" unless given. */
    readonly towards: "ours" | "theirs";
    /** From 1 to 1000000. */
    readonly units: number;
    /** From 0 to 1000000000000. */
    readonly valueMinor?: number | undefined;
    /** From 2 to 100, 2 unless given. */
    readonly seen: number;
    /** From 1 to 10000, 100 unless given. */
    readonly most: number;
  };
  readonly enabled: boolean;
  readonly nextAt: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Open and explained ones. From 0. */
  readonly differences: number;
  readonly lastRun: number | null;
};

export type ComparisonRun = {
  /** From 0. */
  readonly run: number;
  readonly comparison: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  readonly phase: "reading" | "comparing" | null;
  /** Of the other side, so far. From 0. */
  readonly linesRead: number;
  readonly beganAt: string | null;
  readonly finishedAt: string | null;
  /** Subjects, such as positions. From 0. */
  readonly compared: number;
  /** From 0. */
  readonly differing: number;
  /** From 0. */
  readonly inFlight: number;
  /** From 0. */
  readonly unposted: number;
  /** From 0. */
  readonly unknown: number;
  /** Differences of units with an unknown cause, without their signs. From 0. */
  readonly units: number;
  /** The same in money, of listed ones whose price is known, whatever the currency. From 0. */
  readonly valueMinor: number;
  /** From 0. */
  readonly opened: number;
  /** From 0. */
  readonly gone: number;
  /** By rule. From 0. */
  readonly corrected: number;
  /** What the rule would correct, but more qualify at once than it allows. From 0. */
  readonly heldBack: number;
  /** Lines of the other side that name no location of ours. From 0. */
  readonly unmapped: number;
  /** Devices that were asked and said nothing; their differences stay as they are. From 0. */
  readonly silent: number;
  /** Counted, but not listed: there are too many. From 0. */
  readonly leftOut: number;
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
};

export type Count = {
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  readonly key: string;
  readonly correlationId: string;
  readonly source: string;
  readonly at: string;
  /** From 0. */
  readonly counted: number;
  readonly expected: number | null;
  readonly variance: number | null;
  readonly voided: boolean;
  readonly inForce: boolean;
  readonly type: string;
  readonly scope: string | null;
  readonly state: "voided" | "rejected" | "held" | "anchor" | "superseded";
  readonly decision: {
    readonly decision: "approved" | "rejected";
    readonly by: string | null;
    readonly at: string;
    readonly note: string | null;
  } | null;
};

export type CountLimit = {
  /** Null: wherever a store has none of its own. */
  readonly location: string | null;
  readonly fromAt: string;
  readonly units: number | null;
  readonly percent: number | null;
  readonly by: string;
  readonly at: string;
};

export type Device = {
  /** From 0. */
  readonly device: number;
  readonly name: string;
  readonly enrolledAt: string;
  readonly revoked: {
    readonly at: string;
    readonly reason: string | null;
  } | null;
  readonly journal: {
    /** From 0. */
    readonly journal: number;
    readonly epoch: string | null;
  } | null;
  /** From 0. */
  readonly watermark: number;
  readonly advancedAt: string | null;
  readonly asOf: string | null;
  readonly lagMs: number | null;
  readonly connected: boolean;
  readonly connectedSince: string | null;
  readonly disconnectedAt: string | null;
  readonly reportedAt: string | null;
  readonly lastSeq: number | null;
  readonly backlog: number | null;
  readonly oldestUnsentAt: string | null;
  readonly quarantined: number | null;
  readonly clockOffsetMs: number | null;
  readonly clockWrong: boolean;
  readonly agentVersion: string | null;
  readonly protocol: number | null;
};

export type Difference = {
  /** From 0. */
  readonly difference: number;
  readonly comparison: string;
  readonly side: "erp" | "statements" | "channel" | "store" | "till" | "settlement";
  readonly location: string | null;
  readonly sku: string | null;
  /** A listing, a device, a business day, an order: by side. */
  readonly reference: string | null;
  readonly measure: "units" | "money";
  readonly ours: number;
  readonly theirs: number;
  /** Ours less theirs. */
  readonly by: number;
  /** Without what is under way or set aside: what a correction corrects. */
  readonly unexplained: number;
  /** By the last price that the sku was sold for there; null: none is known. */
  readonly valueMinor: number | null;
  readonly currency: string | null;
  /** A guess: under way, set aside, or unknown. */
  readonly cause: "inFlight" | "unposted" | "unknown";
  /** What the guess rests on. */
  readonly evidence: {
    readonly waitingUnits?: number | undefined;
    readonly perhapsFrom?: number | undefined;
    readonly perhapsTo?: number | undefined;
    readonly unpostedUnits?: number | undefined;
    /** Dead letters: GET /v1/erp-documents/NUMBER. */
    readonly documents?: readonly number[] | undefined;
    readonly reason?: string | undefined;
  };
  readonly state: "open" | "explained" | "corrected" | "ignored" | "gone";
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** From 0. */
  readonly firstRun: number;
  /** From 0. */
  readonly lastRun: number;
  /** Runs that found it. From 0. */
  readonly seen: number;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly note: string | null;
  readonly correction: {
    readonly kind: "adjustment" | "document" | "publication" | "tellAgain";
    readonly key: string;
    readonly units: number;
  } | null;
  /** When that was done; null beside a correction: it is about to be. */
  readonly correctedAt: string | null;
  readonly endedAt: string | null;
};

export type Erp = {
  /** From 0. */
  readonly erp: number;
  readonly code: string;
  readonly kind: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly pace: Readonly<Record<string, unknown>>;
  readonly state: "active" | "paused" | "ended";
  /** The version that is live; 0: none yet, and nothing is forwarded. From 0. */
  readonly mapping: number;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Documents. From 0. */
  readonly waiting: number;
  readonly waitingSince: string | null;
  /** Dead letters. From 0. */
  readonly dead: number;
  /** Of the ERP itself, in a row. From 0. */
  readonly failures: number;
  /** The last failure of the ERP itself; gone when it takes a document. */
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly postedAt: string | null;
  /** While its breaker is open, or it asked to be left alone. */
  readonly nextAttemptAt: string | null;
};

export type ErpDocument = {
  /** From 0. */
  readonly document: number;
  readonly erp: string;
  /** Documents of one stream come in order. */
  readonly stream: string;
  /** At the ERP, the same at each attempt and replay. */
  readonly key: string;
  readonly kind: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded";
  readonly location: string | null;
  readonly fact: string | null;
  readonly at: string;
  readonly correlationId: string;
  readonly state: "waiting" | "posted" | "dead" | "skipped";
  /** From 0. */
  readonly attempts: number;
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  /** What the ERP calls it. */
  readonly reference: string | null;
  /** The version that it was posted with. */
  readonly mapping: number | null;
  readonly madeAt: string;
  readonly endedAt: string | null;
  /** Of its interchange, where the ERP takes such. */
  readonly controlNumber: number | null;
  /** What the partner says it did with it. */
  readonly acknowledgement: {
    readonly state: "accepted" | "acceptedWithErrors" | "rejected";
    /** In the partner's own codes. */
    readonly detail: string;
  } | null;
  readonly acknowledgedAt: string | null;
};

export type ErpMapping = {
  /** From 0. */
  readonly version: number;
  readonly isLive: boolean;
  readonly document: Readonly<Record<string, unknown>>;
  readonly note: string | null;
  readonly madeAt: string;
  readonly madeBy: string;
};

export type ExplainedShelf = {
  readonly location: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly safetyStock: number;
  readonly lagBuffer: number;
  readonly recordBuffer: number;
  readonly heldForOthers: number;
  readonly sellable: number;
  readonly rules: {
    readonly safetyStock: string | null;
    readonly exclusives: readonly {
      readonly channel: string;
      readonly rule: string;
    }[];
    readonly shared: string | null;
  };
  readonly anchor: {
    /** A fact: the number of its journal, and its seq there. */
    readonly fact: string;
    readonly kind: "sale" | "return" | "count" | "receipt" | "transferOut" | "transferIn" | "adjustment" | "task" | "void";
    readonly key: string;
    readonly at: string;
    readonly quantity: number;
  } | null;
  readonly movements: {
    /** From 0. */
    readonly total: number;
    readonly last: readonly {
      /** A fact: the number of its journal, and its seq there. */
      readonly fact: string;
      readonly kind: "sale" | "return" | "count" | "receipt" | "transferOut" | "transferIn" | "adjustment" | "task" | "void";
      readonly key: string;
      readonly at: string;
      readonly quantity: number;
    }[];
  };
  readonly watermarks: readonly {
    /** From 0. */
    readonly device: number;
    readonly journal: number | null;
    /** From 0. */
    readonly seq: number;
    readonly at: string | null;
  }[];
  readonly termsMadeAt: string;
  readonly job: number | null;
  readonly silence: {
    readonly asOf: string;
    readonly stepMinutes: number;
    readonly until: string;
    readonly exposureHours: number;
    readonly since: string;
  } | null;
  /** Why units are withheld for silence or for the record; null: none are. */
  readonly buffer: {
    readonly seenAt: string;
    readonly until: string;
    readonly exposureHours: number;
    readonly demand: {
      readonly ratePerHour: number;
      readonly dispersion: number;
      readonly shape: number;
    };
    readonly unitsSold: number;
    readonly mean: number;
    readonly lossMean: number;
    readonly shape: number;
    readonly spread: number;
    readonly epsilon: number;
  } | null;
  readonly firstFactTakenAt: string | null;
};

export type Explanation = {
  readonly sku: string;
  readonly channel: string;
  readonly at: string;
  /** From 0. */
  readonly ats: number;
  readonly pool: number;
  readonly inbound: number;
  readonly holdback: number;
  /** Null: no limit. */
  readonly cap: number | null;
  readonly minPublish: number;
  readonly rulesVersion: number | null;
  readonly ruleSet: number | null;
  readonly rules: {
    readonly holdback: string | null;
    readonly cap: string | null;
    readonly minPublish: string | null;
  };
  readonly shelves: readonly ExplainedShelf[];
  readonly inboundAsOf: string | null;
  readonly onTheWay: readonly {
    /** From 0. */
    readonly id: number;
    readonly from: string;
    readonly transfer: string;
    readonly to: string;
    readonly units: number;
    readonly leftAt: string;
    readonly expectedAt: string | null;
    readonly arrivesAt: string;
    readonly belief: "later" | "counted" | "overdue";
  }[];
  readonly knownTo?: KnownTo | undefined;
};

export type Fact = {
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  readonly location: string;
  /** From 0. */
  readonly device: number;
  /** From 0. */
  readonly seq: number;
  readonly kind: "sale" | "return" | "count" | "receipt" | "transferOut" | "transferIn" | "adjustment" | "task" | "void";
  readonly key: string;
  readonly correlationId: string;
  readonly source: string;
  readonly at: string;
  readonly offsetMs: number;
  readonly receivedAt: string;
  /** Key of the fact that took it back. */
  readonly voidedBy: string | null;
  /** As the fact's kind has it: shared/protocol/facts. */
  readonly body: unknown;
};

export type HeldCount = {
  readonly location: string;
  readonly sku: string;
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  readonly key: string;
  readonly source: string;
  readonly countedBy: string | null;
  readonly at: string;
  /** From 0. */
  readonly counted: number;
  readonly expected: number;
  readonly variance: number;
  readonly onHand: number;
  readonly rejected: {
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
  } | null;
};

export type InboundFactResult = {
  readonly status: "taken" | "duplicate" | "quarantined" | "rejected";
  readonly key: string | null;
  /** Where it stands, or what stood there before. */
  readonly fact: string | null;
  readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER" | null;
  readonly detail: string | null;
};

export type InboundFile = {
  readonly source: string;
  readonly finishedAt: string;
  readonly sha256: string;
  /** As it lies beside the file. */
  readonly report: Readonly<Record<string, unknown>>;
};

export type InboundProductResult = {
  /** noted: said, and another source is believed. */
  readonly status: "changed" | "noted" | "unchanged" | "rejected";
  readonly sku: string | null;
  readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER" | null;
  readonly detail: string | null;
};

export type InboundReject = {
  /** From 0. */
  readonly reject: number;
  readonly source: string;
  readonly way: string;
  readonly line: number | null;
  readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
  readonly detail: string;
  /** As it came; of what is long, the beginning. */
  readonly verbatim: string;
  /** From 0. */
  readonly times: number;
  readonly receivedAt: string;
  readonly lastAt: string;
  readonly dismissed: {
    readonly at: string;
    readonly by: string;
    readonly note: string;
  } | null;
};

export type InboundSource = {
  readonly code: string;
  readonly kind: "erp" | "wms" | "other";
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly state: "active" | "paused" | "ended";
  readonly createdAt: string;
  readonly createdBy: string;
  /** When it told anything last, to within seconds. */
  readonly heardAt: string | null;
  /** What could not be read, and nobody has dismissed. From 0. */
  readonly rejects: number;
};

export type InboundSourceMade = {
  readonly code: string;
  readonly kind: "erp" | "wms" | "other";
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly state: "active" | "paused" | "ended";
  readonly createdAt: string;
  readonly createdBy: string;
  /** When it told anything last, to within seconds. */
  readonly heardAt: string | null;
  /** What could not be read, and nobody has dismissed. From 0. */
  readonly rejects: number;
  /** Signs its webhooks. Shown only now. */
  readonly secret: string;
};

export type InboundStatementResult = {
  readonly status: "taken" | "duplicate" | "quarantined" | "ignored" | "rejected";
  readonly key: string | null;
  /** What it was taken as. */
  readonly use: "count" | "compareOnly" | "ignore" | null;
  /** It would have been a count, but an agent counts there. */
  readonly hasAgent: boolean;
  /** From 0. */
  readonly lines: number;
  /** Below zero: no count. From 0. */
  readonly rejectedLines: number;
  readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER" | null;
  readonly detail: string | null;
};

/** What the numbers rest on, by location: known complete to fact N of device D, as of T. */
export type KnownTo = Readonly<Record<string, {
  readonly asOf: string | null;
  readonly devices: readonly {
    /** From 0. */
    readonly device: number;
    /** A fact: the number of its journal, and its seq there. */
    readonly fact: string;
    /** From 0. */
    readonly seq: number;
    readonly asOf: string | null;
  }[];
}>>;

export type Movement = {
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  readonly kind: "sale" | "return" | "count" | "receipt" | "transferOut" | "transferIn" | "adjustment" | "task" | "void";
  readonly key: string;
  readonly correlationId: string;
  readonly source: string;
  readonly at: string;
  /** Taken back by a void; `voids` is then the key of the fact that it belonged to. */
  readonly reversal: boolean;
  readonly voids: string | null;
  /** From 0. */
  readonly line: number;
  readonly condition: "sellable" | "damaged" | "quarantined";
  readonly quantity: number;
  /** onHand after it. */
  readonly balance: number;
  /** The count that already saw its units: it changes what that count expected, not onHand. */
  readonly absorbedBy: {
    /** A fact: the number of its journal, and its seq there. */
    readonly fact: string;
    readonly key: string;
    readonly at: string;
    /** From 0. */
    readonly counted: number;
  } | null;
};

export type Order = {
  /** From 0. */
  readonly id: number;
  readonly channel: string;
  readonly channelOrderId: string;
  readonly state: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
  readonly payment: "pending" | "paid" | "onHandover" | "failed";
  readonly lane: "sameDay" | "marketplace" | "standard";
  /** From 0. */
  readonly totalMinor: number;
  readonly receivedAt: string;
  /** Since when it is in its state. */
  readonly enteredAt: string;
  /** When it should have left its state; null: it may stay. */
  readonly dueAt: string | null;
  readonly late: boolean;
  /** Why it does not go on by itself. */
  readonly problem: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
};

export type Position = {
  readonly location: string;
  readonly sku: string;
  readonly onHand: number;
  /** From 0. */
  readonly reserved: number;
  readonly damaged: number;
  readonly quarantined: number;
  readonly inTransit: number;
  readonly anchor: {
    /** A fact: the number of its journal, and its seq there. */
    readonly fact: string;
    readonly at: string;
    /** From 0. */
    readonly quantity: number;
  } | null;
  readonly countHeld: boolean;
};

/** RFC 9457. `code` is stable; `remedy` says what to do; `correlationId` finds the logs. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
  readonly remedy: string;
  readonly correlationId: string;
  readonly key?: string | null | undefined;
  readonly quarantined?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly short?: readonly {
    readonly line: number;
    readonly sku: string;
    readonly units: number;
    readonly available: number;
    readonly onTheWay: number;
  }[] | undefined;
  readonly problems?: readonly {
    readonly line: number;
    readonly column: number;
    readonly kind: string;
    readonly message: string;
    readonly remedy: string;
  }[] | undefined;
  readonly problemsTotal?: number | undefined;
  readonly moreMayFollow?: boolean | undefined;
};

export type Product = {
  readonly sku: string;
  readonly name: string;
  readonly gtin: string | null;
  readonly category: string | null;
  readonly price: {
    /** In the smallest unit of the currency. From 0 to 100000000000. */
    readonly minor: number;
    readonly currency: string;
  } | null;
  readonly deleted: boolean;
  readonly updatedAt: string;
};

export type ProductConflict = {
  readonly sku: string;
  readonly field: "name" | "gtin" | "category" | "price" | "deleted";
  readonly believed: string | null;
  readonly sayings: readonly {
    /** A code, or hand: entered by PUT /v1/products. */
    readonly source: string;
    /** Null: it has nothing to say any more. A price is its smallest units and currency. */
    readonly value: string | null;
    readonly saidAt: string;
  }[];
};

export type ProductRulesVersion = {
  /** 0: none was ever applied; who said it last is believed. From 0. */
  readonly version: number;
  readonly rules: {
    /** At most 200, [] unless given. */
    readonly order: readonly string[];
    /** {} unless given. */
    readonly fields: Readonly<Record<string, {
      /** At most 200. */
      readonly order: readonly string[];
      readonly latest?: true | undefined;
    }>>;
  };
  readonly appliedAt: string | null;
  readonly appliedBy: string | null;
  readonly note: string | null;
  /** Since when all products are as it says; null: they are being weighed, or it is not in force any more. */
  readonly weighedAt: string | null;
};

export type ProductStatement = {
  /** From 0. */
  readonly statement: number;
  readonly field: "name" | "gtin" | "category" | "price" | "deleted";
  /** A code, or hand: entered by PUT /v1/products. */
  readonly source: string;
  /** Null: it has nothing to say any more. A price is its smallest units and currency. */
  readonly value: string | null;
  readonly saidAt: string;
  readonly receivedAt: string;
  readonly isCurrent: boolean;
  readonly isBelieved: boolean;
};

export type Publication = {
  /** From 0. */
  readonly account: number;
  readonly channel: string;
  readonly channelSku: string;
  readonly sku: string;
  /** false: the rules list it no more, and it goes when its channel says 0. */
  readonly listed: boolean;
  /** What the channel may sell. From 0. */
  readonly desired: number;
  /** Of which instant that number is. */
  readonly desiredAt: string;
  /** What the channel is known to say; null: not known yet. */
  readonly confirmed: number | null;
  readonly confirmedAt: string | null;
  /** Units that the channel has sold in orders that are not known yet: not offered again. From 0. */
  readonly inFlight: number;
  readonly state: "equal" | "waiting" | "underWay" | "parked";
  /** 0 to 2: the chance of selling out, and 1 more where the channel says too much. */
  readonly urgency: number;
  readonly waitsSince: string | null;
  readonly nextAttemptAt: string | null;
  /** From 0. */
  readonly attempts: number;
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  /** When it was last known from the channel itself what it says. */
  readonly readAt: string | null;
  /** By how much the channel last differed for no known reason. */
  readonly drift: {
    readonly units: number;
    readonly at: string;
  } | null;
  /** What the last number that was sent and taken was worked out from. */
  readonly explained: {
    /** From 0. */
    readonly desired: number;
    /** From 0. */
    readonly inFlight: number;
    /** Units of known orders that no stock was held for at that moment. From 0. */
    readonly notHeld: number;
    readonly availabilityAt: string;
    /** Where `desired` came from, fact by fact. */
    readonly explain: string;
  } | null;
};

export type Publish = {
  /** Of the call. Calls of an account are numbered as they were begun. From 0. */
  readonly number: number;
  readonly shape: string;
  readonly begunAt: string;
  readonly endedAt: string | null;
  /** What was sent. From 0. */
  readonly quantity: number;
  /** What the channel was believed to say; null: not known, or not settled yet. */
  readonly changeFrom: number | null;
  /** `apart`: the call was refused as a whole and is sent in parts; `doubt`: it was read what became of it. */
  readonly outcome: "underWay" | "taken" | "accepted" | "stale" | "again" | "refused" | "apart" | "doubt";
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly explained: {
    /** From 0. */
    readonly desired: number;
    /** From 0. */
    readonly inFlight: number;
    /** Units of known orders that no stock was held for at that moment. From 0. */
    readonly notHeld: number;
    readonly availabilityAt: string;
    /** Where `desired` came from, fact by fact. */
    readonly explain: string;
  };
};

export type QuarantinedFact = {
  /** From 0. */
  readonly id: number;
  readonly location: string;
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  readonly key: string | null;
  readonly code: string;
  readonly detail: string;
  readonly receivedAt: string;
  readonly resolved: {
    readonly at: string;
    readonly as: string | null;
    readonly by: string | null;
    readonly note: string | null;
  } | null;
};

export type QuarantinedFactInFull = {
  /** From 0. */
  readonly id: number;
  readonly location: string;
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  readonly key: string | null;
  readonly code: string;
  readonly detail: string;
  readonly receivedAt: string;
  readonly resolved: {
    readonly at: string;
    readonly as: string | null;
    readonly by: string | null;
    readonly note: string | null;
  } | null;
  /** The fact as it came. */
  readonly verbatim: {
    readonly encoding: "utf8" | "base64";
    readonly content: string;
  };
};

export type RecomputeJob = {
  /** From 0. */
  readonly job: number;
  readonly kind: "rules" | "silence" | "demand";
  readonly reason: string;
  readonly location: string | null;
  readonly rulesVersion: number | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly superseded: boolean;
  /** Skus. From 0. */
  readonly done: number;
  readonly total: number | null;
  /** From 0. */
  readonly attempts: number;
  readonly error: string | null;
  readonly retryAt: string | null;
};

export type Reservation = {
  /** From 0. */
  readonly reservation: number;
  readonly state: "pending" | "confirmed" | "fulfilled" | "released" | "expired";
  /** Null: it waits for ever, or has ended. */
  readonly expiresAt: string | null;
  readonly lines: readonly {
    /** From 0. */
    readonly line: number;
    readonly sku: string;
    /** From 0. */
    readonly held: number;
    /** From 0. */
    readonly handedOver: number;
    /** From 0. */
    readonly short: number;
    readonly parts: readonly {
      readonly location: string;
      /** From 0. */
      readonly units: number;
      /** From 0. */
      readonly handedOver: number;
      /** From 0. */
      readonly short: number;
    }[];
  }[];
};

export type ReservationListed = {
  /** From 0. */
  readonly reservation: number;
  readonly state: "pending" | "confirmed" | "fulfilled" | "released" | "expired";
  /** Null: it waits for ever, or has ended. */
  readonly expiresAt: string | null;
  readonly lines: readonly {
    /** From 0. */
    readonly line: number;
    readonly sku: string;
    /** From 0. */
    readonly held: number;
    /** From 0. */
    readonly handedOver: number;
    /** From 0. */
    readonly short: number;
    readonly parts: readonly {
      readonly location: string;
      /** From 0. */
      readonly units: number;
      /** From 0. */
      readonly handedOver: number;
      /** From 0. */
      readonly short: number;
    }[];
  }[];
  readonly key: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly createdAt: string;
  readonly confirmedAt: string | null;
  readonly endedAt: string | null;
  readonly asked: readonly {
    /** From 0. */
    readonly line: number;
    readonly sku: string;
    /** From 0. */
    readonly units: number;
    /** From 0. */
    readonly reserved: number;
    /** What was not to be had. From 0. */
    readonly missing: number;
    readonly parts: readonly {
      readonly location: string;
      /** From 0. */
      readonly units: number;
    }[];
  }[];
};

export type ReservationMade = {
  /** From 0. */
  readonly reservation: number;
  readonly key: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly state: "pending";
  readonly expiresAt: string;
  readonly lines: readonly {
    /** From 0. */
    readonly line: number;
    readonly sku: string;
    /** From 0. */
    readonly units: number;
    /** From 0. */
    readonly reserved: number;
    /** What was not to be had. From 0. */
    readonly missing: number;
    readonly parts: readonly {
      readonly location: string;
      /** From 0. */
      readonly units: number;
    }[];
  }[];
};

export type ReservationProblem = {
  readonly location: string;
  /** A fact: the number of its journal, and its seq there. */
  readonly fact: string;
  /** From 0. */
  readonly line: number;
  readonly key: string;
  readonly named: string;
  readonly reservation: number | null;
  readonly sku: string;
  readonly units: number;
  readonly beyond: number;
  readonly code: string;
  readonly receivedAt: string;
};

export type ReservationShortfall = {
  /** From 0. */
  readonly shortfall: number;
  readonly location: string;
  readonly sku: string;
  readonly units: number;
  /** From 0. */
  readonly moved: number;
  /** From 0. */
  readonly short: number;
  readonly causedBy: string | null;
  readonly foundAt: string;
  readonly resolvedAt: string | null;
};

export type RulesDiff = readonly {
  readonly section: "settings" | "groups" | "channels" | "safetyStock" | "limits" | "allocations" | "listings";
  readonly name: string;
  readonly change: "added" | "removed" | "changed" | "moved";
  readonly fields: readonly {
    readonly field: string;
    readonly from?: string | number | undefined;
    readonly to?: string | number | undefined;
    readonly added?: readonly string[] | undefined;
    readonly removed?: readonly string[] | undefined;
  }[];
}[];

export type RulesDryRun = {
  readonly dryRun: true;
  readonly effectiveFrom: string;
  readonly isNew: boolean;
  readonly skips: readonly number[];
  readonly diff: RulesDiff;
  /** What channels would be offered; absent while nobody can tell. */
  readonly numbers?: {
    /** From 0. */
    readonly pairs: number;
    /** From 0. */
    readonly pairsTotal: number;
    /** From 0. */
    readonly changed: number;
    readonly channels: readonly {
      readonly channel: string;
      /** From 0. */
      readonly changed: number;
      readonly from: number;
      readonly to: number;
    }[];
    readonly examples: readonly {
      readonly sku: string;
      readonly channel: string;
      readonly from: number;
      readonly to: number;
    }[];
  } | undefined;
};

export type RulesVersion = {
  /** From 0. */
  readonly version: number;
  readonly state: "pending" | "in force" | "past" | "skipped";
  readonly effectiveFrom: string;
  readonly until: string | null;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly note: string | null;
  readonly basedOn: number | null;
  readonly restores: number | null;
  /** SHA-256 of the document, in hex. */
  readonly digest: string;
};

export type Shortfall = {
  readonly location: string;
  readonly sku: string;
  readonly onHand: number;
  readonly causedBy: {
    /** A fact: the number of its journal, and its seq there. */
    readonly fact: string;
    readonly kind: "sale" | "return" | "count" | "receipt" | "transferOut" | "transferIn" | "adjustment" | "task" | "void";
    readonly key: string;
    readonly correlationId: string;
    readonly source: string;
    readonly at: string;
    /** Taken back by a void; `voids` is then the key of the fact that it belonged to. */
    readonly reversal: boolean;
    readonly voids: string | null;
    readonly quantity: number;
  };
};

export type SourcingVersion = {
  /** From 0. */
  readonly version: number;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly note: string | null;
};

export type StockStatement = {
  /** From 0. */
  readonly statement: number;
  readonly source: string;
  readonly location: string;
  readonly key: string;
  readonly asOf: string;
  readonly receivedAt: string;
  /** From 0. */
  readonly lines: number;
};

export type Store = {
  readonly code: string;
  readonly name: string;
  readonly connected: boolean;
  readonly asOf: string | null;
  readonly lagMs: number | null;
  /** From 0. */
  readonly backlog: number;
  readonly devices: readonly Device[];
};

export type StoreSetting = {
  readonly name: string;
  readonly value: unknown;
  readonly updatedAt: string;
};

export type Task = {
  /** From 0. */
  readonly id: number;
  /** From 0. */
  readonly order: number;
  readonly channel: string;
  readonly channelOrderId: string;
  readonly location: string;
  readonly kind: "collect" | "ship";
  /** `pendingStore`: open, and the store is not connected or not known to have it. */
  readonly state: "pendingStore" | "open" | "accepted" | "picking" | "ready" | "handedOver" | "shipped" | "rejected" | "cancelled" | "expired";
  readonly lines: readonly {
    readonly line: string;
    readonly sku: string;
    /** The store may give something else; absent: it may not. */
    readonly substitution?: "store" | undefined;
    /** The line's own sku, instead of which the store gives this one; absent: it is the line's own. */
    readonly replaces?: string | undefined;
    /** To be handed over still. From 0. */
    readonly units: number;
    /** Of them. From 0. */
    readonly picked: number;
    /** From 0. */
    readonly handed: number;
    readonly holds: readonly {
      /** From 0. */
      readonly reservation: number;
      /** From 0. */
      readonly units: number;
    }[];
  }[];
  readonly dueAt: string | null;
  /** Why the store rejected it, or a part of it. */
  readonly reason: string | null;
  /** What the store did and the order could not take, until somebody has closed it. */
  readonly conflict: {
    /** By which it is closed. From 0. */
    readonly number: number;
    readonly code: "TASK_CONFLICT";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly madeAt: string;
  /** When the store was known to have it as it is. */
  readonly takenAt: string | null;
  readonly acceptedAt: string | null;
  readonly endedAt: string | null;
};

export type Transfer = {
  /** From 0. */
  readonly id: number;
  readonly from: string;
  /** The sender's id. */
  readonly transfer: string;
  readonly places: readonly string[];
  readonly state: "inTransit" | "discrepancy" | "settled";
  readonly beganAt: string | null;
  readonly expectedAt: string | null;
  readonly inTransit: number;
  /** From 0. */
  readonly discrepancies: number;
};

export type TransferInFull = {
  /** From 0. */
  readonly id: number;
  readonly from: string;
  /** The sender's id. */
  readonly transfer: string;
  readonly places: readonly string[];
  readonly state: "inTransit" | "discrepancy" | "settled";
  readonly beganAt: string | null;
  readonly expectedAt: string | null;
  readonly inTransit: number;
  /** From 0. */
  readonly discrepancies: number;
  readonly lines: readonly {
    readonly sku: string;
    readonly place: string;
    readonly sent: number;
    readonly received: number;
    readonly settled: number;
    readonly inTransit: number;
    readonly discrepancy: number;
    readonly expectedAt: string | null;
  }[];
  readonly facts: readonly {
    /** A fact: the number of its journal, and its seq there. */
    readonly fact: string;
    readonly kind: "transferIn" | "transferOut";
    readonly key: string;
    readonly location: string;
    readonly place: string;
    readonly at: string;
    readonly receivedAt: string;
    readonly final: boolean;
    readonly voided: boolean;
    readonly lines: readonly {
      readonly sku: string;
      readonly quantity: number;
    }[];
  }[];
  readonly settled: readonly {
    readonly sku: string;
    readonly place: string;
    readonly units: number;
    readonly reason: string;
    readonly note: string;
    readonly by: string;
    readonly at: string;
  }[];
};

export type UnknownSku = {
  readonly sku: string;
  /** From 0. */
  readonly positions: number;
  readonly onHand: number;
  readonly locations: readonly string[];
};

export type UnknownStore = {
  readonly code: string;
  /** From 0. */
  readonly sentFrom: number;
  /** From 0. */
  readonly sentTo: number;
};

export type UntakenOrder = {
  /** From 0. */
  readonly account: number;
  readonly channel: string;
  /** What the channel calls it; `unnamed ...`: that could not be read either. */
  readonly order: string;
  /** `waiting`: it is tried again; `aside`: it is for people. */
  readonly state: "waiting" | "aside" | "dismissed";
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  };
  /** From 0. */
  readonly tries: number;
  /** When it was told of last. */
  readonly hintedAt: string;
  readonly asideAt: string | null;
  /** null: nothing looks at it unless it changes at its channel. */
  readonly nextAttemptAt: string | null;
  /** What could be read of its lines: its channel may have sold more. */
  readonly lines: readonly {
    readonly sku?: string | undefined;
    readonly channelSku?: string | undefined;
    /** From 0. */
    readonly units: number;
  }[] | null;
  /** What is kept for it of these; null: nothing yet, or it is known and has its own. */
  readonly held: readonly {
    readonly line: string;
    readonly sku: string | null;
    /** From 0. */
    readonly units: number;
    /** From 0. */
    readonly held: number;
  }[] | null;
  /** It was taken before, and has changed since. */
  readonly isKnown: boolean;
  readonly dismissed: {
    readonly at: string;
    readonly by: string;
    readonly note: string;
  } | null;
};

export type UntakenOrderAsItCame = {
  /** From 0. */
  readonly account: number;
  readonly channel: string;
  /** What the channel calls it; `unnamed ...`: that could not be read either. */
  readonly order: string;
  /** `waiting`: it is tried again; `aside`: it is for people. */
  readonly state: "waiting" | "aside" | "dismissed";
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  };
  /** From 0. */
  readonly tries: number;
  /** When it was told of last. */
  readonly hintedAt: string;
  readonly asideAt: string | null;
  /** null: nothing looks at it unless it changes at its channel. */
  readonly nextAttemptAt: string | null;
  /** What could be read of its lines: its channel may have sold more. */
  readonly lines: readonly {
    readonly sku?: string | undefined;
    readonly channelSku?: string | undefined;
    /** From 0. */
    readonly units: number;
  }[] | null;
  /** What is kept for it of these; null: nothing yet, or it is known and has its own. */
  readonly held: readonly {
    readonly line: string;
    readonly sku: string | null;
    /** From 0. */
    readonly units: number;
    /** From 0. */
    readonly held: number;
  }[] | null;
  /** It was taken before, and has changed since. */
  readonly isKnown: boolean;
  readonly dismissed: {
    readonly at: string;
    readonly by: string;
    readonly note: string;
  } | null;
  /** As it came; null: it did not, or was erased after 90 days. */
  readonly content: string | null;
};

export type Webhook = {
  /** From 0. */
  readonly webhook: number;
  /** nats: of the NATS that the hub is run with. */
  readonly kind: "webhook" | "nats";
  readonly name: string;
  readonly url: string;
  /** What messages look like. */
  readonly form: "standard" | "cloudEvents" | "cloudEventsBinary";
  readonly eventTypes: readonly string[];
  readonly state: "active" | "paused" | "ended";
  readonly createdAt: string;
  readonly createdBy: string;
  /** Of the last message that was begun. From 0. */
  readonly sequence: number;
  /** Whether something is to be sent. */
  readonly waits: boolean;
  /** Attempts in a row that failed; `error` is of the last one. From 0. */
  readonly failures: number;
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly deliveredAt: string | null;
  /** While a failed message waits. */
  readonly nextAttemptAt: string | null;
};

export type WebhookDeadLetter = {
  /** From 0. */
  readonly entry: number;
  /** From 0. */
  readonly webhook: number;
  /** The webhook-id that it is sent under, also when it is sent again. */
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly correlationId: string;
  readonly occurredAt: string;
  /** From 0. */
  readonly attempts: number;
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  };
  readonly diedAt: string;
};

export type WhatIfJob = {
  /** From 0. */
  readonly job: number;
  readonly state: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly phase: "reading" | "replaying" | null;
  /** From 0 to 1. */
  readonly progress: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly request: {
    readonly from: string;
    readonly to: string;
    /** At most 20. */
    readonly policies: readonly ({
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "none";
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "fixed";
      /** From 0 to 1000000. */
      readonly units: number;
      /** False unless given. */
      readonly onlySilent: boolean;
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "meanDay";
      /** From 0 to 1000, 1 unless given. */
      readonly factor: number;
      /** "up" unless given. */
      readonly rounding: "up" | "nearest";
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "meanSilence";
      /** From 0 to 1000, 1 unless given. */
      readonly factor: number;
      /** "up" unless given. */
      readonly rounding: "up" | "nearest";
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "lagBuffer";
      /** From 0.0001 to 0.2. */
      readonly epsilon: number;
    })[];
    /** "recorded" unless given. */
    readonly outages: "recorded" | "random" | "nightly" | "weekend";
    /** "ledger" unless given. */
    readonly stock: "ledger" | "simulated";
    /** From 0 to 1, 0 unless given. */
    readonly channelShare: number;
    /** From 0 to 730, 56 unless given. */
    readonly learnDays: number;
    /** From 0 to 1000000, 1 unless given. */
    readonly seed: number;
  };
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
};

export type WhatIfJobInFull = {
  /** From 0. */
  readonly job: number;
  readonly state: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly phase: "reading" | "replaying" | null;
  /** From 0 to 1. */
  readonly progress: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly request: {
    readonly from: string;
    readonly to: string;
    /** At most 20. */
    readonly policies: readonly ({
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "none";
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "fixed";
      /** From 0 to 1000000. */
      readonly units: number;
      /** False unless given. */
      readonly onlySilent: boolean;
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "meanDay";
      /** From 0 to 1000, 1 unless given. */
      readonly factor: number;
      /** "up" unless given. */
      readonly rounding: "up" | "nearest";
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "meanSilence";
      /** From 0 to 1000, 1 unless given. */
      readonly factor: number;
      /** "up" unless given. */
      readonly rounding: "up" | "nearest";
    } | {
      /** At most 60 characters. */
      readonly name: string;
      /** {} unless given. */
      readonly channels: Readonly<Record<string, {
        /** From 0.0001 to 0.2. */
        readonly epsilon?: number | undefined;
        /** From 0 to 1000000. */
        readonly units?: number | undefined;
        /** From 0 to 1000. */
        readonly factor?: number | undefined;
      }>>;
      readonly rule: "lagBuffer";
      /** From 0.0001 to 0.2. */
      readonly epsilon: number;
    })[];
    /** "recorded" unless given. */
    readonly outages: "recorded" | "random" | "nightly" | "weekend";
    /** "ledger" unless given. */
    readonly stock: "ledger" | "simulated";
    /** From 0 to 1, 0 unless given. */
    readonly channelShare: number;
    /** From 0 to 730, 56 unless given. */
    readonly learnDays: number;
    /** From 0 to 1000000, 1 unless given. */
    readonly seed: number;
  };
  readonly error: {
    readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly report: {
    readonly from: number;
    readonly to: number;
    /** From 0. */
    readonly locations: number;
    /** From 0. */
    readonly positions: number;
    readonly silentShare: number;
    readonly lines: readonly {
      readonly policy: string;
      /** Null: all channels together. */
      readonly channel: string | null;
      readonly publishedUnits: number;
      readonly withheldUnits: number;
      /** From 0. */
      readonly orders: number;
      readonly soldUnits: number;
      readonly oversoldUnits: number;
      /** From 0. */
      readonly cancelledOrders: number;
      readonly cancelledShare: number | null;
      readonly refusedInVain: number;
    }[];
  } | null;
};

export interface Operations {
  /** Whether the hub lives and is ready. */
  'GET /health': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: {
      readonly live: true;
      readonly ready: boolean;
      readonly database: "up" | "down";
    };
  };
  /** Metrics in the Prometheus text format. */
  'GET /metrics': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: string;
  };
  /** Exchanges a one-time token for the registration of a device key. */
  'POST /v1/enrol': {
    readonly request: {
      readonly body: {
        /** At most 128 characters. */
        readonly token: string;
        /** At most 43 characters. */
        readonly publicKey: string;
        /** At most 256 characters. */
        readonly deviceName: string;
        readonly store?: string | undefined;
      };
    };
    readonly answer: {
      /** From 1. */
      readonly device: number;
      readonly store: {
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
      };
    };
  };
  /** Positions, each with its anchor, and up to which fact of which device they are complete; now, or at an earlier instant. */
  'GET /v1/positions': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly location?: string | undefined;
        /** At most 64 characters. */
        readonly sku?: string | undefined;
        readonly negative?: "0" | "1" | "false" | "true" | undefined;
        readonly at?: string | undefined;
        readonly knownAt?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Position[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
      readonly knownTo: KnownTo;
    };
  };
  /** The movements of a position, newest first, each with its reason and the onHand after it. */
  'GET /v1/positions/{location}/{sku}/movements': {
    readonly request: {
      readonly params: {
        readonly location: string;
        /** At most 64 characters. */
        readonly sku: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Movement[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
      readonly knownTo: KnownTo;
    };
  };
  /** The counts of a position, newest first, each with its variance and state; inForce marks the anchor. */
  'GET /v1/positions/{location}/{sku}/counts': {
    readonly request: {
      readonly params: {
        readonly location: string;
        /** At most 64 characters. */
        readonly sku: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Count[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Counts that are not in force because their variance is beyond the limit; with rejected=1 those that were rejected. */
  'GET /v1/held-counts': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly location?: string | undefined;
        readonly rejected?: "0" | "1" | "false" | "true" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly HeldCount[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Lets a held count in: it is in force from its own instant on. */
  'POST /v1/positions/{location}/{sku}/counts/{fact}/approve': {
    readonly request: {
      readonly params: {
        readonly location: string;
        /** At most 64 characters. */
        readonly sku: string;
        readonly fact: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      readonly location: string;
      readonly sku: string;
      /** A fact: the number of its journal, and its seq there. */
      readonly fact: string;
      readonly decision: "approved" | "rejected";
      readonly by: string;
      readonly note: string;
    };
  };
  /** Leaves a held count out for good. */
  'POST /v1/positions/{location}/{sku}/counts/{fact}/reject': {
    readonly request: {
      readonly params: {
        readonly location: string;
        /** At most 64 characters. */
        readonly sku: string;
        readonly fact: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      readonly location: string;
      readonly sku: string;
      /** A fact: the number of its journal, and its seq there. */
      readonly fact: string;
      readonly decision: "approved" | "rejected";
      readonly by: string;
      readonly note: string;
    };
  };
  /** Limits of counts, the chain first, each from its instant on; those of earlier stay in the list. */
  'GET /v1/count-limits': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly CountLimit[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Sets the limit of a store, or of the chain, for counts from now on. A count is held beyond both parts. */
  'POST /v1/count-limits': {
    readonly request: {
      readonly body: {
        readonly location?: string | undefined;
        readonly units: number | null;
        readonly percent: number | null;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      /** Null: wherever a store has none of its own. */
      readonly location: string | null;
      readonly fromAt: string;
      readonly units: number | null;
      readonly percent: number | null;
    };
  };
  /** Positions below zero, each with the fact that took it there. */
  'GET /v1/shortfalls': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly location?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Shortfall[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
      readonly knownTo: KnownTo;
    };
  };
  /** Transfers in the order in which they became known, by state, sender, place and id. */
  'GET /v1/transfers': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly state?: "open" | "inTransit" | "discrepancy" | "settled" | undefined;
        readonly from?: string | undefined;
        readonly to?: string | undefined;
        /** At most 256 characters. */
        readonly transfer?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Transfer[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One transfer with its lines, the facts that tell of it, and what was settled by hand. */
  'GET /v1/transfers/{id}': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
    };
    readonly answer: TransferInFull;
  };
  /** Gives up what is missing, or takes what is over as received; kept with its reason. */
  'POST /v1/transfers/{id}/settle': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: {
        readonly reason: "lostOnTheWay" | "lostAtSource" | "neverSent" | "receivedUnsent" | "wentElsewhere" | "other";
        /** At most 256 characters. */
        readonly note: string;
        /** At most 2000. */
        readonly lines?: readonly {
          /** At most 64 characters. */
          readonly sku: string;
          readonly place: string;
          /** From -1000000 to 1000000. */
          readonly units: number;
        }[] | undefined;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: TransferInFull;
  };
  /** Units that adjustments added, removed, or moved into another condition, by store and reason code. */
  'GET /v1/adjustments/sums': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly location?: string | undefined;
        readonly from?: string | undefined;
        readonly until?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly AdjustmentSum[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Skus of positions without a product: counted and sold, but not entered. */
  'GET /v1/unknown-skus': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly UnknownSku[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Stores that transfers name and the hub does not know, with the number of those transfers. */
  'GET /v1/unknown-stores': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly UnknownStore[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Stores with their devices: watermark, lag, backlog, clock offset, connection. */
  'GET /v1/stores': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly code?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Store[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Creates a store, or gives it another name. */
  'PUT /v1/stores/{code}': {
    readonly request: {
      readonly params: {
        readonly code: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly name: string;
      };
    };
    readonly answer: {
      readonly code: string;
      readonly name: string;
    };
  };
  /** The settings of a store. */
  'GET /v1/stores/{code}/config': {
    readonly request: {
      readonly params: {
        readonly code: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly StoreSetting[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Sets one setting of a store, any JSON value. */
  'PUT /v1/stores/{code}/config/{name}': {
    readonly request: {
      readonly params: {
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
      };
      readonly body: {
        readonly value: unknown;
      };
    };
    readonly answer: {
      readonly name: string;
      readonly value: unknown;
      readonly changed: boolean;
    };
  };
  /** Makes a one-time enrolment token for a device of this store. It is shown only once. */
  'POST /v1/stores/{code}/tokens': {
    readonly request: {
      readonly params: {
        readonly code: string;
      };
      readonly body: {
        /** From 1 to 720, 24 unless given. */
        readonly ttlHours?: number | undefined;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: {
      readonly token: string;
      readonly store: string;
      readonly expiresAt: string;
    };
  };
  /** Ends the credential of a device at once. What it has sent stays. */
  'POST /v1/devices/{device}/revoke': {
    readonly request: {
      readonly params: {
        readonly device: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly reason: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      readonly device: number;
      readonly revoked: true;
    };
  };
  /** Facts that were set aside, oldest first, each with its reason. */
  'GET /v1/quarantine': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly resolved?: "0" | "1" | "false" | "true" | undefined;
        readonly location?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly QuarantinedFact[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One fact that was set aside, verbatim. */
  'GET /v1/quarantine/{id}': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
    };
    readonly answer: QuarantinedFactInFull;
  };
  /** Merges the fact after all, under another key if one is given. */
  'POST /v1/quarantine/{id}/release': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: {
        /** At most 128 characters. */
        readonly asKey?: string | undefined;
        /** At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: QuarantinedFactInFull;
  };
  /** Closes the case without merging the fact, which is kept. */
  'POST /v1/quarantine/{id}/dismiss': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly reason: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: QuarantinedFactInFull;
  };
  /** Products by sku; `search` finds a part of sku, name or GTIN. */
  'GET /v1/products': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        /** At most 64 characters. */
        readonly sku?: string | undefined;
        /** At most 256 characters. */
        readonly search?: string | undefined;
        readonly deleted?: "0" | "1" | "false" | "true" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Product[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Creates or changes up to 5000 products at once: all or none. Of those that a source speaks of, the rules say whom to believe. */
  'PUT /v1/products': {
    readonly request: {
      readonly body: {
        /** At most 5000. */
        readonly products: readonly {
          /** At most 64 characters. */
          readonly sku: string;
          /** At most 256 characters. */
          readonly name: string;
          /** Null unless given. */
          readonly gtin?: string | null | undefined;
          /** Null unless given. */
          readonly category?: string | null | undefined;
          /** Null unless given. */
          readonly price?: {
            /** In the smallest unit of the currency. From 0 to 100000000000. */
            readonly minor: number;
            readonly currency: string;
          } | null | undefined;
          /** False unless given. */
          readonly deleted?: boolean | undefined;
        }[];
      };
    };
    readonly answer: {
      /** From 0. */
      readonly received: number;
      /** From 0. */
      readonly changed: number;
    };
  };
  /** The rules in force: which source is believed for which field of a product. */
  'GET /v1/product-rules': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: ProductRulesVersion;
  };
  /** Makes a new version of these rules; products follow by themselves, and stores get those that changed. */
  'POST /v1/product-rules': {
    readonly request: {
      readonly body: {
        readonly rules: {
          /** At most 200, [] unless given. */
          readonly order?: readonly string[] | undefined;
          /** {} unless given. */
          readonly fields?: Readonly<Record<string, {
            /** At most 200. */
            readonly order: readonly string[];
            readonly latest?: true | undefined;
          }>> | undefined;
        };
        /** Null unless given. */
        readonly note?: string | null | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: ProductRulesVersion;
  };
  /** All versions of these rules, the newest first. */
  'GET /v1/product-rules/versions': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ProductRulesVersion[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Who said what of a product when, the newest first. */
  'GET /v1/products/{sku}/statements': {
    readonly request: {
      readonly params: {
        /** At most 64 characters. */
        readonly sku: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ProductStatement[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Where sources say different things of a product now, and what is believed. */
  'GET /v1/product-conflicts': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ProductConflict[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Registers who may tell of stock and products; its secret for webhooks is shown only now. */
  'POST /v1/inbound-sources': {
    readonly request: {
      readonly body: {
        /** Names it for good; stands before its keys. */
        readonly code: string;
        readonly kind: "erp" | "wms" | "other";
        /** At most 256 characters. */
        readonly name: string;
        /** {} unless given. */
        readonly settings?: {
          /** Null unless given. */
          readonly locations?: readonly string[] | null | undefined;
          /** {} unless given. */
          readonly locationNames?: Readonly<Record<string, string>> | undefined;
          /** "compareOnly" unless given. */
          readonly stock?: "count" | "compareOnly" | "ignore" | undefined;
          /** {} unless given. */
          readonly stockAt?: Readonly<Record<string, "count" | "compareOnly" | "ignore">> | undefined;
          /** Null unless given. */
          readonly currency?: string | null | undefined;
          /** False unless given. */
          readonly sharedKeys?: boolean | undefined;
          /** Null unless given. */
          readonly erp?: string | null | undefined;
          /** At most 50, [] unless given. */
          readonly files?: readonly ({
            readonly name: string;
            /** At most 64 characters, "" unless given. */
            readonly prefix?: string | undefined;
            readonly format: "csv";
            readonly kind: "receipt" | "adjustment" | "transferOut" | "transferIn" | "shipment" | "stock" | "product";
            /** At most 1 characters, "," unless given. */
            readonly delimiter?: string | undefined;
            /** "utf8" unless given. */
            readonly encoding?: "utf8" | "latin1" | undefined;
            /** "." unless given. */
            readonly decimalSeparator?: "." | "," | undefined;
            /** "UTC" unless given. */
            readonly timeZone?: string | undefined;
            /** At most 64 characters, "yyyy-MM-dd HH:mm:ss" unless given. */
            readonly dateFormat?: string | undefined;
            readonly columns: Readonly<Record<string, string>>;
            /** {} unless given. */
            readonly constants?: Readonly<Record<string, string>> | undefined;
            /** {} unless given. */
            readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
          } | {
            readonly name: string;
            /** At most 64 characters, "" unless given. */
            readonly prefix?: string | undefined;
            readonly format: "jsonl";
          })[] | undefined;
        } | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundSourceMade;
  };
  /** All sources, those that were ended too. */
  'GET /v1/inbound-sources': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly InboundSource[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One source. */
  'GET /v1/inbound-sources/{source}': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
    };
    readonly answer: InboundSource;
  };
  /** Changes name and settings, as a whole. */
  'PUT /v1/inbound-sources/{source}': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly name: string;
        /** {} unless given. */
        readonly settings?: {
          /** Null unless given. */
          readonly locations?: readonly string[] | null | undefined;
          /** {} unless given. */
          readonly locationNames?: Readonly<Record<string, string>> | undefined;
          /** "compareOnly" unless given. */
          readonly stock?: "count" | "compareOnly" | "ignore" | undefined;
          /** {} unless given. */
          readonly stockAt?: Readonly<Record<string, "count" | "compareOnly" | "ignore">> | undefined;
          /** Null unless given. */
          readonly currency?: string | null | undefined;
          /** False unless given. */
          readonly sharedKeys?: boolean | undefined;
          /** Null unless given. */
          readonly erp?: string | null | undefined;
          /** At most 50, [] unless given. */
          readonly files?: readonly ({
            readonly name: string;
            /** At most 64 characters, "" unless given. */
            readonly prefix?: string | undefined;
            readonly format: "csv";
            readonly kind: "receipt" | "adjustment" | "transferOut" | "transferIn" | "shipment" | "stock" | "product";
            /** At most 1 characters, "," unless given. */
            readonly delimiter?: string | undefined;
            /** "utf8" unless given. */
            readonly encoding?: "utf8" | "latin1" | undefined;
            /** "." unless given. */
            readonly decimalSeparator?: "." | "," | undefined;
            /** "UTC" unless given. */
            readonly timeZone?: string | undefined;
            /** At most 64 characters, "yyyy-MM-dd HH:mm:ss" unless given. */
            readonly dateFormat?: string | undefined;
            readonly columns: Readonly<Record<string, string>>;
            /** {} unless given. */
            readonly constants?: Readonly<Record<string, string>> | undefined;
            /** {} unless given. */
            readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
          } | {
            readonly name: string;
            /** At most 64 characters, "" unless given. */
            readonly prefix?: string | undefined;
            readonly format: "jsonl";
          })[] | undefined;
        } | undefined;
      };
    };
    readonly answer: InboundSource;
  };
  /** A new secret for its webhooks; the one before it stays good for a while. */
  'POST /v1/inbound-sources/{source}/rotate-secret': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: {
        /** From 0 to 168, 24 unless given. */
        readonly overlapHours?: number | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundSourceMade;
  };
  /** Takes nothing of it until it is resumed; its files wait. */
  'POST /v1/inbound-sources/{source}/pause': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundSource;
  };
  /** Takes what it tells again. */
  'POST /v1/inbound-sources/{source}/resume': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundSource;
  };
  /** Ends it for good; what it told stays. */
  'POST /v1/inbound-sources/{source}/end': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundSource;
  };
  /** Receipts, transfers, adjustments, shipments and other facts of a source, up to 1000, each with its own result. */
  'POST /v1/inbound/{source}/facts': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: {
        /** Each is taken or refused for itself. At most 1000. */
        readonly facts: readonly unknown[];
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      readonly results: readonly InboundFactResult[];
    };
  };
  /** What a source says of up to 1000 products and their prices; the rules say whom to believe. */
  'POST /v1/inbound/{source}/products': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: {
        /** Each is taken or refused for itself. At most 1000. */
        readonly products: readonly unknown[];
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      readonly results: readonly InboundProductResult[];
    };
  };
  /** A snapshot of stock at one location: counted, kept to be compared with, or ignored, as the source is set. */
  'POST /v1/inbound/{source}/stock': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly body: {
        /** Our code, or what the source calls it (locationNames). At most 256 characters. */
        readonly location: string;
        /** The same statement carries the same key. At most 80 characters. */
        readonly key: string;
        /** When it was so, ms since 1970. From 946684800000 to 4102444800000. */
        readonly asOf: number;
        /** At most 10000. */
        readonly lines: readonly {
          /** At most 64 characters. */
          readonly sku: string;
          /** From -1000000 to 1000000. */
          readonly quantity: number;
        }[];
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundStatementResult;
  };
  /** For sources: a message signed as Standard Webhooks have it, `{"type": "inbound.facts" | "inbound.products" | "inbound.stock", "data"}`. Taken once, however often it is sent. */
  'POST /v1/inbound-webhooks/{source}': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
    };
    readonly answer: {
      readonly isNew: boolean;
      /** Empty when it was taken before. */
      readonly results: readonly (InboundFactResult | InboundProductResult | InboundStatementResult)[];
    };
  };
  /** What could not be read of what sources sent, as it came, the newest first. What was read and cannot be merged is in quarantine. */
  'GET /v1/inbound-rejects': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly source?: string | undefined;
        readonly dismissed?: "0" | "1" | "false" | "true" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly InboundReject[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Closes the case of a reject, with why. */
  'POST /v1/inbound-rejects/{reject}/dismiss': {
    readonly request: {
      readonly params: {
        readonly reject: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: InboundReject;
  };
  /** Files of a source that were dealt with, the newest first, each with its report. */
  'GET /v1/inbound-sources/{source}/files': {
    readonly request: {
      readonly params: {
        readonly source: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly InboundFile[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Snapshots of stock that are kept to be compared with, the newest first. */
  'GET /v1/stock-statements': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly source?: string | undefined;
        readonly location?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly StockStatement[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** What a snapshot says, by sku. */
  'GET /v1/stock-statements/{statement}/lines': {
    readonly request: {
      readonly params: {
        readonly statement: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        readonly sku: string;
        readonly quantity: number;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Channels and the locations that each sells from. */
  'GET /v1/channels': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Channel[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Creates a channel, or replaces its name and its locations: a new version of the rules. */
  'PUT /v1/channels/{code}': {
    readonly request: {
      readonly params: {
        readonly code: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly name: string;
        /** At most 2000. */
        readonly locations: readonly string[];
      };
    };
    readonly answer: Channel;
  };
  /** What a channel may sell now, by sku; why is said by /explain below each. recomputing: new rules are not in all of it yet. */
  'GET /v1/channels/{code}/availability': {
    readonly request: {
      readonly params: {
        readonly code: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        /** At most 64 characters. */
        readonly sku?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ChannelAvailability[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
      readonly recomputing: boolean;
      readonly knownTo: KnownTo;
    };
  };
  /** Every term of what a channel may sell of a sku: now, or as the hub had it at a past instant (at=). */
  'GET /v1/channels/{code}/availability/{sku}/explain': {
    readonly request: {
      readonly params: {
        readonly code: string;
        /** At most 64 characters. */
        readonly sku: string;
      };
      readonly query?: {
        readonly at?: string | undefined;
      };
    };
    readonly answer: Explanation;
  };
  /** Holds units for a channel, under the Idempotency-Key: all of them or, in mode partial, what there is. Never more than the channel may sell. */
  'POST /v1/reservations': {
    readonly request: {
      readonly body: {
        readonly channel: string;
        /** At most 256 characters. */
        readonly reference?: string | undefined;
        /** "all" unless given. */
        readonly mode?: "all" | "partial" | undefined;
        /** From 5 to 2592000, 900 unless given. */
        readonly ttlSeconds?: number | undefined;
        /** At most 200. */
        readonly lines: readonly {
          /** From 1 to 32767. */
          readonly line: number;
          /** At most 64 characters. */
          readonly sku: string;
          /** From 1 to 1000000. */
          readonly units: number;
          readonly location?: string | undefined;
        }[];
      };
      readonly idempotencyKey: string;
    };
    readonly answer: ReservationMade;
  };
  /** Reservations, the youngest first. */
  'GET /v1/reservations': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly channel?: string | undefined;
        readonly state?: "pending" | "confirmed" | "fulfilled" | "released" | "expired" | undefined;
        /** At most 256 characters. */
        readonly reference?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ReservationListed[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** The order is placed: the reservation waits for ever. Again: the same. */
  'POST /v1/reservations/{id}/confirm': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Reservation;
  };
  /** Gives back what it still holds. Again: the same. */
  'POST /v1/reservations/{id}/release': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Reservation;
  };
  /** A pending reservation ends so long from now, if that is later than it would. */
  'POST /v1/reservations/{id}/extend': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: {
        /** From 5 to 2592000. */
        readonly ttlSeconds: number;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Reservation;
  };
  /** Units are handed over, as facts have told that do not name the reservation; without lines all that it holds. A sale that names it does this by itself. */
  'POST /v1/reservations/{id}/fulfil': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: {
        /** At most 200. */
        readonly lines?: readonly {
          /** From 1 to 32767. */
          readonly line: number;
          /** From 1 to 1000000. */
          readonly units: number;
          readonly location?: string | undefined;
        }[] | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Reservation;
  };
  /** One reservation: what was asked for, what it holds where, and what of it was handed over. */
  'GET /v1/reservations/{id}': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
    };
    readonly answer: ReservationListed;
  };
  /** Positions that had fewer units than are reserved there, what was moved elsewhere, and what found no place. */
  'GET /v1/reservation-shortfalls': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly open?: "0" | "1" | "false" | "true" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ReservationShortfall[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Sales that named a reservation and took less of it than they sold: unknown, ended, of another sku, exceeded. */
  'GET /v1/reservation-problems': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ReservationProblem[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Takes an order in and reserves its units. The same channel and channelOrderId with the same content is the same order. */
  'POST /v1/orders': {
    readonly request: {
      readonly body: {
        readonly channel: string;
        /** At most 128 characters. */
        readonly channelOrderId: string;
        readonly orderedAt: string;
        readonly currency: string;
        readonly taxIncluded: boolean;
        /** At most 500. */
        readonly lines: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** At most 64 characters. */
          readonly sku?: string | undefined;
          /** At most 256 characters. */
          readonly channelSku?: string | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 100000000000. */
          readonly priceMinor: number;
          /** From 0 to 100000000000, 0 unless given. */
          readonly discountMinor?: number | undefined;
          /** From 0 to 100000000000, 0 unless given. */
          readonly taxMinor?: number | undefined;
          readonly substitution?: "none" | "store" | undefined;
          /** From 1 to 1000000. */
          readonly calledOff?: number | undefined;
        }[];
        /** {"priceMinor":0,"discountMinor":0,"taxMinor":0} unless given. */
        readonly shipping?: {
          /** From 0 to 100000000000. */
          readonly priceMinor: number;
          /** From 0 to 100000000000, 0 unless given. */
          readonly discountMinor?: number | undefined;
          /** From 0 to 100000000000, 0 unless given. */
          readonly taxMinor?: number | undefined;
        } | undefined;
        /** From 0 to 100000000000. */
        readonly totalMinor: number;
        readonly payment: "pending" | "paid" | "onHandover";
        readonly delivery: {
          readonly kind: "ship";
          readonly country: string;
          readonly near?: {
            /** From -90 to 90. */
            readonly latitude: number;
            /** From -180 to 180. */
            readonly longitude: number;
          } | undefined;
        } | {
          readonly kind: "collect";
          readonly store: string;
        };
        readonly promise?: {
          readonly lane: "sameDay" | "marketplace" | "standard";
          readonly by?: string | undefined;
        } | undefined;
        /** False unless given. */
        readonly partial?: boolean | undefined;
        /** "cancel" unless given. */
        readonly onUnavailable?: "cancel" | "wait" | undefined;
        readonly substitution?: "none" | "store" | undefined;
        readonly customer: {
          /** At most 128 characters. */
          readonly reference: string;
          readonly contact?: {
            /** At most 256 characters. */
            readonly name: string;
            /** At most 5. */
            readonly address?: readonly string[] | undefined;
            /** At most 16 characters. */
            readonly postalCode?: string | undefined;
            /** At most 128 characters. */
            readonly city?: string | undefined;
            /** At most 32 characters. */
            readonly phone?: string | undefined;
            /** At most 254 characters. */
            readonly email?: string | undefined;
          } | undefined;
        };
      };
    };
    readonly answer: {
      /** From 0. */
      readonly id: number;
      readonly channel: string;
      readonly channelOrderId: string;
      readonly state: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
      readonly payment: "pending" | "paid" | "onHandover" | "failed";
      readonly lane: "sameDay" | "marketplace" | "standard";
      /** From 0. */
      readonly totalMinor: number;
      readonly receivedAt: string;
      /** Since when it is in its state. */
      readonly enteredAt: string;
      /** When it should have left its state; null: it may stay. */
      readonly dueAt: string | null;
      readonly late: boolean;
      /** Why it does not go on by itself. */
      readonly problem: {
        readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
        readonly detail: string;
        readonly remedy: string;
      } | null;
      readonly orderedAt: string;
      readonly currency: string;
      readonly taxIncluded: boolean;
      readonly shipping: {
        /** From 0. */
        readonly priceMinor: number;
        /** From 0. */
        readonly discountMinor: number;
        /** From 0. */
        readonly taxMinor: number;
      };
      /** That the channel was asked to give back. From 0. */
      readonly refundedMinor: number;
      readonly delivery: unknown;
      readonly promise: {
        readonly lane: "sameDay" | "marketplace" | "standard";
        readonly by?: string | undefined;
      };
      readonly partial: boolean;
      readonly onUnavailable: "cancel" | "wait";
      /** Whether stores may give something else; absent: they may not. */
      readonly substitution?: "none" | "store" | undefined;
      readonly correlationId: string;
      readonly lines: readonly {
        readonly line: string;
        /** Ours; null while it is not known. */
        readonly sku: string | null;
        readonly channelSku?: string | undefined;
        /** All that were ever ordered of it. From 0. */
        readonly units: number;
        /** From 0. */
        readonly priceMinor: number;
        /** From 0. */
        readonly discountMinor: number;
        /** From 0. */
        readonly taxMinor: number;
        /** Absent: as the order says. */
        readonly substitution?: "none" | "store" | undefined;
        /** Nobody has them for the order yet. From 0. */
        readonly open: number;
        /** From 0. */
        readonly reserved: number;
        /** From 0. */
        readonly picked: number;
        /** From 0. */
        readonly handed: number;
        /** From 0. */
        readonly cancelled: number;
        /** Of the cancelled: taken out at the channel, which has settled their money. From 0. */
        readonly calledOff: number;
        /** From 0. */
        readonly returned: number;
        readonly places: readonly {
          readonly location: string;
          /** The sku that the store gives instead, at the price of the line; absent: the line's own. */
          readonly substitute?: string | undefined;
          /** From 0. */
          readonly reserved: number;
          /** From 0. */
          readonly picked: number;
          /** From 0. */
          readonly handed: number;
        }[];
      }[];
      readonly events: readonly {
        /** From 0. */
        readonly event: number;
        readonly at: string;
        readonly act: string;
        readonly by: string;
        readonly detail: unknown;
        readonly steps: readonly {
          readonly event: string;
          readonly from: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
          readonly to: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
        }[];
        /** What was said is true and could not be taken: the code of why. */
        readonly refused: string | null;
        readonly correlationId: string;
      }[];
      readonly effects: readonly {
        /** From 0. */
        readonly id: number;
        /** From 0. */
        readonly order: number;
        readonly kind: string;
        readonly detail: unknown;
        readonly createdAt: string;
        /** From 0. */
        readonly attempts: number;
        /** Why it failed when it was last tried; null: it did not. */
        readonly error: unknown;
        /** Of a `reserve` why units were taken from where. */
        readonly sourcing: unknown;
        readonly doneAt: string | null;
        readonly doneBy: string | null;
      }[];
      readonly holds: readonly {
        /** From 0. */
        readonly reservation: number;
        readonly line: string;
        readonly location: string;
        /** The sku that is held instead of the line's; null: the line's own. */
        readonly substitute: string | null;
        /** From 0. */
        readonly units: number;
        /** From 0. */
        readonly released: number;
        /** From 0. */
        readonly handed: number;
      }[];
      /** What came when the channel had changed the order, the newest 50; empty: it never did. */
      readonly edits: readonly {
        /** 0 is the order as it came first. From 0. */
        readonly edit: number;
        /** Of the channel; null: it names none. */
        readonly version: number | null;
        readonly receivedAt: string;
        readonly by: string;
        readonly content: unknown;
      }[];
      readonly conflicts: readonly {
        readonly receivedAt: string;
        readonly by: string;
        readonly content: unknown;
      }[];
    };
  };
  /** Orders, the oldest first; `late`: those that should have left their state by now, the most overdue first. */
  'GET /v1/orders': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly state?: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned" | undefined;
        readonly channel?: string | undefined;
        /** At most 128 characters. */
        readonly channelOrderId?: string | undefined;
        readonly lane?: "sameDay" | "marketplace" | "standard" | undefined;
        readonly late?: "0" | "1" | "false" | "true" | undefined;
        readonly problem?: "0" | "1" | "false" | "true" | undefined;
        readonly receivedBefore?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Order[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One order: where the units of each line stand, what was said of it, what is to be done, and what holds its units. */
  'GET /v1/orders/{id}': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
    };
    readonly answer: {
      /** From 0. */
      readonly id: number;
      readonly channel: string;
      readonly channelOrderId: string;
      readonly state: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
      readonly payment: "pending" | "paid" | "onHandover" | "failed";
      readonly lane: "sameDay" | "marketplace" | "standard";
      /** From 0. */
      readonly totalMinor: number;
      readonly receivedAt: string;
      /** Since when it is in its state. */
      readonly enteredAt: string;
      /** When it should have left its state; null: it may stay. */
      readonly dueAt: string | null;
      readonly late: boolean;
      /** Why it does not go on by itself. */
      readonly problem: {
        readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
        readonly detail: string;
        readonly remedy: string;
      } | null;
      readonly orderedAt: string;
      readonly currency: string;
      readonly taxIncluded: boolean;
      readonly shipping: {
        /** From 0. */
        readonly priceMinor: number;
        /** From 0. */
        readonly discountMinor: number;
        /** From 0. */
        readonly taxMinor: number;
      };
      /** That the channel was asked to give back. From 0. */
      readonly refundedMinor: number;
      readonly delivery: unknown;
      readonly promise: {
        readonly lane: "sameDay" | "marketplace" | "standard";
        readonly by?: string | undefined;
      };
      readonly partial: boolean;
      readonly onUnavailable: "cancel" | "wait";
      /** Whether stores may give something else; absent: they may not. */
      readonly substitution?: "none" | "store" | undefined;
      readonly correlationId: string;
      readonly lines: readonly {
        readonly line: string;
        /** Ours; null while it is not known. */
        readonly sku: string | null;
        readonly channelSku?: string | undefined;
        /** All that were ever ordered of it. From 0. */
        readonly units: number;
        /** From 0. */
        readonly priceMinor: number;
        /** From 0. */
        readonly discountMinor: number;
        /** From 0. */
        readonly taxMinor: number;
        /** Absent: as the order says. */
        readonly substitution?: "none" | "store" | undefined;
        /** Nobody has them for the order yet. From 0. */
        readonly open: number;
        /** From 0. */
        readonly reserved: number;
        /** From 0. */
        readonly picked: number;
        /** From 0. */
        readonly handed: number;
        /** From 0. */
        readonly cancelled: number;
        /** Of the cancelled: taken out at the channel, which has settled their money. From 0. */
        readonly calledOff: number;
        /** From 0. */
        readonly returned: number;
        readonly places: readonly {
          readonly location: string;
          /** The sku that the store gives instead, at the price of the line; absent: the line's own. */
          readonly substitute?: string | undefined;
          /** From 0. */
          readonly reserved: number;
          /** From 0. */
          readonly picked: number;
          /** From 0. */
          readonly handed: number;
        }[];
      }[];
      readonly events: readonly {
        /** From 0. */
        readonly event: number;
        readonly at: string;
        readonly act: string;
        readonly by: string;
        readonly detail: unknown;
        readonly steps: readonly {
          readonly event: string;
          readonly from: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
          readonly to: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
        }[];
        /** What was said is true and could not be taken: the code of why. */
        readonly refused: string | null;
        readonly correlationId: string;
      }[];
      readonly effects: readonly {
        /** From 0. */
        readonly id: number;
        /** From 0. */
        readonly order: number;
        readonly kind: string;
        readonly detail: unknown;
        readonly createdAt: string;
        /** From 0. */
        readonly attempts: number;
        /** Why it failed when it was last tried; null: it did not. */
        readonly error: unknown;
        /** Of a `reserve` why units were taken from where. */
        readonly sourcing: unknown;
        readonly doneAt: string | null;
        readonly doneBy: string | null;
      }[];
      readonly holds: readonly {
        /** From 0. */
        readonly reservation: number;
        readonly line: string;
        readonly location: string;
        /** The sku that is held instead of the line's; null: the line's own. */
        readonly substitute: string | null;
        /** From 0. */
        readonly units: number;
        /** From 0. */
        readonly released: number;
        /** From 0. */
        readonly handed: number;
      }[];
      /** What came when the channel had changed the order, the newest 50; empty: it never did. */
      readonly edits: readonly {
        /** 0 is the order as it came first. From 0. */
        readonly edit: number;
        /** Of the channel; null: it names none. */
        readonly version: number | null;
        readonly receivedAt: string;
        readonly by: string;
        readonly content: unknown;
      }[];
      readonly conflicts: readonly {
        readonly receivedAt: string;
        readonly by: string;
        readonly content: unknown;
      }[];
    };
  };
  /** Something happened to an order: pick, substitute, hand, short, cancel, return, expire, pay, failPayment, deliver; retry looks for what is missing. Once for an Idempotency-Key. */
  'POST /v1/orders/{id}/acts': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: {
        readonly act: "pick";
        /** At most 500. */
        readonly parts: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** From 1 to 1000000. */
          readonly units: number;
          readonly location: string;
        }[];
      } | {
        readonly act: "substitute";
        /** At most 500. */
        readonly parts: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** From 1 to 1000000. */
          readonly units: number;
          readonly location: string;
          /** At most 64 characters. */
          readonly substitute: string;
        }[];
      } | {
        readonly act: "hand";
        /** At most 500. */
        readonly parts: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** From 1 to 1000000. */
          readonly units: number;
          readonly location: string;
          /** At most 64 characters. */
          readonly substitute?: string | undefined;
        }[];
      } | {
        readonly act: "short";
        /** At most 500. */
        readonly parts: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** From 1 to 1000000. */
          readonly units: number;
          readonly location: string;
          /** At most 64 characters. */
          readonly substitute?: string | undefined;
        }[];
      } | {
        readonly act: "cancel";
        /** At most 500. */
        readonly parts?: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** From 1 to 1000000. */
          readonly units: number;
        }[] | undefined;
        readonly reason: "customer" | "unavailable" | "payment" | "notCollected" | "fraud" | "other";
      } | {
        readonly act: "return";
        /** At most 500. */
        readonly parts: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** From 1 to 1000000. */
          readonly units: number;
        }[];
      } | {
        readonly act: "expire" | "pay" | "failPayment" | "deliver";
      } | {
        readonly act: "retry";
      };
      readonly idempotencyKey: string;
    };
    readonly answer: {
      /** From 0. */
      readonly id: number;
      readonly channel: string;
      readonly channelOrderId: string;
      readonly state: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
      readonly payment: "pending" | "paid" | "onHandover" | "failed";
      readonly lane: "sameDay" | "marketplace" | "standard";
      /** From 0. */
      readonly totalMinor: number;
      readonly receivedAt: string;
      /** Since when it is in its state. */
      readonly enteredAt: string;
      /** When it should have left its state; null: it may stay. */
      readonly dueAt: string | null;
      readonly late: boolean;
      /** Why it does not go on by itself. */
      readonly problem: {
        readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
        readonly detail: string;
        readonly remedy: string;
      } | null;
      readonly orderedAt: string;
      readonly currency: string;
      readonly taxIncluded: boolean;
      readonly shipping: {
        /** From 0. */
        readonly priceMinor: number;
        /** From 0. */
        readonly discountMinor: number;
        /** From 0. */
        readonly taxMinor: number;
      };
      /** That the channel was asked to give back. From 0. */
      readonly refundedMinor: number;
      readonly delivery: unknown;
      readonly promise: {
        readonly lane: "sameDay" | "marketplace" | "standard";
        readonly by?: string | undefined;
      };
      readonly partial: boolean;
      readonly onUnavailable: "cancel" | "wait";
      /** Whether stores may give something else; absent: they may not. */
      readonly substitution?: "none" | "store" | undefined;
      readonly correlationId: string;
      readonly lines: readonly {
        readonly line: string;
        /** Ours; null while it is not known. */
        readonly sku: string | null;
        readonly channelSku?: string | undefined;
        /** All that were ever ordered of it. From 0. */
        readonly units: number;
        /** From 0. */
        readonly priceMinor: number;
        /** From 0. */
        readonly discountMinor: number;
        /** From 0. */
        readonly taxMinor: number;
        /** Absent: as the order says. */
        readonly substitution?: "none" | "store" | undefined;
        /** Nobody has them for the order yet. From 0. */
        readonly open: number;
        /** From 0. */
        readonly reserved: number;
        /** From 0. */
        readonly picked: number;
        /** From 0. */
        readonly handed: number;
        /** From 0. */
        readonly cancelled: number;
        /** Of the cancelled: taken out at the channel, which has settled their money. From 0. */
        readonly calledOff: number;
        /** From 0. */
        readonly returned: number;
        readonly places: readonly {
          readonly location: string;
          /** The sku that the store gives instead, at the price of the line; absent: the line's own. */
          readonly substitute?: string | undefined;
          /** From 0. */
          readonly reserved: number;
          /** From 0. */
          readonly picked: number;
          /** From 0. */
          readonly handed: number;
        }[];
      }[];
      readonly events: readonly {
        /** From 0. */
        readonly event: number;
        readonly at: string;
        readonly act: string;
        readonly by: string;
        readonly detail: unknown;
        readonly steps: readonly {
          readonly event: string;
          readonly from: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
          readonly to: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
        }[];
        /** What was said is true and could not be taken: the code of why. */
        readonly refused: string | null;
        readonly correlationId: string;
      }[];
      readonly effects: readonly {
        /** From 0. */
        readonly id: number;
        /** From 0. */
        readonly order: number;
        readonly kind: string;
        readonly detail: unknown;
        readonly createdAt: string;
        /** From 0. */
        readonly attempts: number;
        /** Why it failed when it was last tried; null: it did not. */
        readonly error: unknown;
        /** Of a `reserve` why units were taken from where. */
        readonly sourcing: unknown;
        readonly doneAt: string | null;
        readonly doneBy: string | null;
      }[];
      readonly holds: readonly {
        /** From 0. */
        readonly reservation: number;
        readonly line: string;
        readonly location: string;
        /** The sku that is held instead of the line's; null: the line's own. */
        readonly substitute: string | null;
        /** From 0. */
        readonly units: number;
        /** From 0. */
        readonly released: number;
        /** From 0. */
        readonly handed: number;
      }[];
      /** What came when the channel had changed the order, the newest 50; empty: it never did. */
      readonly edits: readonly {
        /** 0 is the order as it came first. From 0. */
        readonly edit: number;
        /** Of the channel; null: it names none. */
        readonly version: number | null;
        readonly receivedAt: string;
        readonly by: string;
        readonly content: unknown;
      }[];
      readonly conflicts: readonly {
        readonly receivedAt: string;
        readonly by: string;
        readonly content: unknown;
      }[];
    };
  };
  /** What is to be done at the channels, the oldest first: refund, tell how an order stands, look at an alarm. */
  'GET /v1/order-effects': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly kind?: "refund" | "tell" | "alarm" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        /** From 0. */
        readonly id: number;
        /** From 0. */
        readonly order: number;
        readonly kind: string;
        readonly detail: unknown;
        readonly createdAt: string;
        /** From 0. */
        readonly attempts: number;
        /** Why it failed when it was last tried; null: it did not. */
        readonly error: unknown;
        /** Of a `reserve` why units were taken from where. */
        readonly sourcing: unknown;
        readonly doneAt: string | null;
        readonly doneBy: string | null;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** It is done at the channel. Again: it is done still. */
  'POST /v1/order-effects/{id}/done': {
    readonly request: {
      readonly params: {
        readonly id: string;
      };
      readonly body: Readonly<Record<string, never>>;
    };
    readonly answer: {
      /** From 0. */
      readonly id: number;
      /** From 0. */
      readonly order: number;
      readonly kind: string;
      readonly detail: unknown;
      readonly createdAt: string;
      /** From 0. */
      readonly attempts: number;
      /** Why it failed when it was last tried; null: it did not. */
      readonly error: unknown;
      /** Of a `reserve` why units were taken from where. */
      readonly sourcing: unknown;
      readonly doneAt: string | null;
      readonly doneBy: string | null;
    };
  };
  /** What stores are to do for orders, the oldest first; `conflict`: where a store did what its order could not take. */
  'GET /v1/tasks': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly order?: string | undefined;
        readonly location?: string | undefined;
        readonly state?: "pendingStore" | "open" | "accepted" | "picking" | "ready" | "handedOver" | "shipped" | "rejected" | "cancelled" | "expired" | undefined;
        readonly conflict?: "0" | "1" | "false" | "true" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Task[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Somebody has settled what the store did and the order could not take: who and how is kept in its history. Changes neither order nor stock. */
  'POST /v1/tasks/{task}/conflict/close': {
    readonly request: {
      readonly params: {
        readonly task: string;
      };
      readonly body: {
        /** Of the conflict, as the list of tasks says it: a newer one stays open. From 1. */
        readonly number: number;
        /** How it was settled. At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: Task;
  };
  /** All that is kept of a customer, by the channel's reference: orders with name and address, and until when. */
  'GET /v1/customers/{channel}/{reference}': {
    readonly request: {
      readonly params: {
        readonly channel: string;
        /** At most 128 characters. */
        readonly reference: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        /** From 0. */
        readonly order: number;
        readonly channelOrderId: string;
        readonly receivedAt: string;
        readonly state: "received" | "validated" | "allocated" | "posted" | "released" | "picking" | "ready" | "shipped" | "completed" | "cancelled" | "returned";
        readonly contact: {
          /** At most 256 characters. */
          readonly name: string;
          /** At most 5. */
          readonly address?: readonly string[] | undefined;
          /** At most 16 characters. */
          readonly postalCode?: string | undefined;
          /** At most 128 characters. */
          readonly city?: string | undefined;
          /** At most 32 characters. */
          readonly phone?: string | undefined;
          /** At most 254 characters. */
          readonly email?: string | undefined;
        } | null;
        readonly retainUntil: string;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Erases what is kept of a customer. Orders that are under way keep theirs until they have ended: `kept` counts them. */
  'POST /v1/customers/{channel}/{reference}/erase': {
    readonly request: {
      readonly params: {
        readonly channel: string;
        /** At most 128 characters. */
        readonly reference: string;
      };
      readonly body: Readonly<Record<string, never>>;
    };
    readonly answer: {
      /** From 0. */
      readonly erased: number;
      /** From 0. */
      readonly kept: number;
    };
  };
  /** The sourcing rules in force with their document, or those of a `version`; version 0 stands for what holds without any. */
  'GET /v1/sourcing': {
    readonly request: {
      readonly query?: {
        readonly version?: string | undefined;
      };
    };
    readonly answer: {
      /** From 0. */
      readonly version: number;
      readonly appliedAt: string;
      readonly appliedBy: string;
      readonly note: string | null;
      readonly document: string;
      readonly rules: unknown;
    } | {
      readonly version: 0;
      readonly document: null;
      readonly rules: unknown;
    };
  };
  /** Puts a document of sourcing rules in force at once; dryRun only says what it would do with recent orders. An older version comes back by sending its document. */
  'POST /v1/sourcing': {
    readonly request: {
      readonly body: {
        readonly document: string | Readonly<Record<string, unknown>>;
        /** At most 256 characters. */
        readonly note?: string | undefined;
        /** From 0 to 2147483647. */
        readonly basedOn?: number | undefined;
        /** False unless given. */
        readonly dryRun?: boolean | undefined;
      };
    };
    readonly answer: {
      /** From 0. */
      readonly version: number;
      readonly appliedAt: string;
      readonly appliedBy: string;
      readonly note: string | null;
      readonly isNew: boolean;
    } | {
      readonly dryRun: true;
      /** From 0. */
      readonly orders: number;
      /** From 0. */
      readonly changed: number;
      readonly inForce: {
        /** From 0. */
        readonly parcels: number;
        /** From 0. */
        readonly units: number;
        /** Units that are nowhere to be had. From 0. */
        readonly missing: number;
        /** Orders for which a limit would be given up. From 0. */
        readonly gaveUp: number;
        readonly meanKm: number | null;
      };
      readonly proposed: {
        /** From 0. */
        readonly parcels: number;
        /** From 0. */
        readonly units: number;
        /** Units that are nowhere to be had. From 0. */
        readonly missing: number;
        /** Orders for which a limit would be given up. From 0. */
        readonly gaveUp: number;
        readonly meanKm: number | null;
      };
      readonly examples: readonly {
        /** From 0. */
        readonly order: number;
        readonly from: string;
        readonly to: string;
      }[];
    };
  };
  /** All versions of the sourcing rules, the newest first. */
  'GET /v1/sourcing/versions': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly SourcingVersion[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Where units would be taken from at this moment, and why each location is chosen or not. Nothing is held. */
  'POST /v1/sourcing/explain': {
    readonly request: {
      readonly body: {
        readonly channel: string;
        /** At most 500. */
        readonly lines: readonly {
          /** At most 64 characters. */
          readonly line: string;
          /** At most 64 characters. */
          readonly sku: string;
          /** From 1 to 1000000. */
          readonly units: number;
          /** At most 500, [] unless given. */
          readonly avoid?: readonly string[] | undefined;
        }[];
        /** Null unless given. */
        readonly near?: {
          /** From -90 to 90. */
          readonly latitude: number;
          /** From -180 to 180. */
          readonly longitude: number;
        } | null | undefined;
        /** Null unless given. */
        readonly collectAt?: string | null | undefined;
      };
    };
    readonly answer: {
      readonly parts: readonly {
        readonly line: string;
        readonly location: string;
        /** From 0. */
        readonly units: number;
      }[];
      readonly missing: readonly {
        readonly line: string;
        /** From 0. */
        readonly units: number;
      }[];
      readonly gaveUp: readonly ("keep" | "fresh" | "capacity")[];
      readonly candidates: readonly {
        readonly location: string;
        readonly chosen: readonly {
          readonly line: string;
          readonly location: string;
          /** From 0. */
          readonly units: number;
        }[];
        readonly why: string;
        readonly distanceKm: number | null;
        readonly silentMinutes: number | null;
        /** From 0. */
        readonly parcelsToday: number;
        readonly places: readonly {
          readonly by: string;
          readonly place: number | null;
        }[];
      }[];
    };
  };
  /** Makes a webhook, which is told of what happens from now on. Its secret is shown only here. */
  'POST /v1/webhooks': {
    readonly request: {
      readonly body: {
        /** What it is for. At most 256 characters. */
        readonly name: string;
        /** Where messages are sent by POST: https, on the public network. At most 2048 characters. */
        readonly url: string;
        /** At most 2. */
        readonly eventTypes: readonly ("availability.changed" | "order.changed")[];
        /** What messages look like, for good: our own form, or CloudEvents 1.0 in structured or in binary mode. "standard" unless given. */
        readonly form?: "standard" | "cloudEvents" | "cloudEventsBinary" | undefined;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: {
      /** From 0. */
      readonly webhook: number;
      /** nats: of the NATS that the hub is run with. */
      readonly kind: "webhook" | "nats";
      readonly name: string;
      readonly url: string;
      /** What messages look like. */
      readonly form: "standard" | "cloudEvents" | "cloudEventsBinary";
      readonly eventTypes: readonly string[];
      readonly state: "active" | "paused" | "ended";
      readonly createdAt: string;
      readonly createdBy: string;
      /** Of the last message that was begun. From 0. */
      readonly sequence: number;
      /** Whether something is to be sent. */
      readonly waits: boolean;
      /** Attempts in a row that failed; `error` is of the last one. From 0. */
      readonly failures: number;
      readonly error: {
        readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
        readonly detail: string;
        readonly remedy: string;
      } | null;
      readonly deliveredAt: string | null;
      /** While a failed message waits. */
      readonly nextAttemptAt: string | null;
      /** What messages are signed with, as Standard Webhooks write it. It is shown only here. */
      readonly secret: string;
    };
  };
  /** All webhooks, those that were ended too: how each of them fares. */
  'GET /v1/webhooks': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Webhook[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One webhook. */
  'GET /v1/webhooks/{webhook}': {
    readonly request: {
      readonly params: {
        readonly webhook: string;
      };
    };
    readonly answer: Webhook;
  };
  /** Makes another secret, shown only here; until the overlap ends the one before is in force too. */
  'POST /v1/webhooks/{webhook}/rotate-secret': {
    readonly request: {
      readonly params: {
        readonly webhook: string;
      };
      readonly body: {
        /** For so long messages are signed with both secrets. From 0 to 168, 24 unless given. */
        readonly overlapHours?: number | undefined;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: {
      /** From 0. */
      readonly webhook: number;
      /** nats: of the NATS that the hub is run with. */
      readonly kind: "webhook" | "nats";
      readonly name: string;
      readonly url: string;
      /** What messages look like. */
      readonly form: "standard" | "cloudEvents" | "cloudEventsBinary";
      readonly eventTypes: readonly string[];
      readonly state: "active" | "paused" | "ended";
      readonly createdAt: string;
      readonly createdBy: string;
      /** Of the last message that was begun. From 0. */
      readonly sequence: number;
      /** Whether something is to be sent. */
      readonly waits: boolean;
      /** Attempts in a row that failed; `error` is of the last one. From 0. */
      readonly failures: number;
      readonly error: {
        readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
        readonly detail: string;
        readonly remedy: string;
      } | null;
      readonly deliveredAt: string | null;
      /** While a failed message waits. */
      readonly nextAttemptAt: string | null;
      /** What messages are signed with, as Standard Webhooks write it. It is shown only here. */
      readonly secret: string;
    };
  };
  /** Sends nothing until it is resumed; what happens meanwhile waits. */
  'POST /v1/webhooks/{webhook}/pause': {
    readonly request: {
      readonly params: {
        readonly webhook: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Webhook;
  };
  /** Sends again, at once. */
  'POST /v1/webhooks/{webhook}/resume': {
    readonly request: {
      readonly params: {
        readonly webhook: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Webhook;
  };
  /** Ends it for good; what was not delivered is listed as dead letters. */
  'POST /v1/webhooks/{webhook}/end': {
    readonly request: {
      readonly params: {
        readonly webhook: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Webhook;
  };
  /** Sends a message of type webhook.ping, to try it. */
  'POST /v1/webhooks/{webhook}/ping': {
    readonly request: {
      readonly params: {
        readonly webhook: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey: string;
    };
    readonly answer: Webhook;
  };
  /** Messages that were set aside, the oldest first, each with its reason. */
  'GET /v1/webhook-dead-letters': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly webhook?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly WebhookDeadLetter[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Sends it again under the same webhook-id; of numbers only those that nothing newer was sent of since. */
  'POST /v1/webhook-dead-letters/{entry}/replay': {
    readonly request: {
      readonly params: {
        readonly entry: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      /** From 0. */
      readonly entry: number;
      /** From 0. */
      readonly webhook: number;
      /** The webhook-id that it is sent under, also when it is sent again. */
      readonly id: string;
      readonly type: string;
      readonly data: Readonly<Record<string, unknown>>;
      readonly correlationId: string;
      readonly occurredAt: string;
      /** From 0. */
      readonly attempts: number;
    };
  };
  /** The kinds of channels that can be spoken with. */
  'GET /v1/channel-kinds': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: {
      readonly items: readonly {
        readonly kind: string;
        readonly summary: string;
      }[];
    };
  };
  /** Begins to speak with a channel: its listings are published there from then on. */
  'POST /v1/channel-accounts': {
    readonly request: {
      readonly body: {
        /** Of the rules; a channel has one account. */
        readonly channel: string;
        /** GET /v1/channel-kinds says what each is. */
        readonly kind: "signedWebhook" | "shopify" | "amazon" | "walmart" | "ebay" | "adobeCommerce" | "googleLocal";
        /** What it is for. At most 256 characters. */
        readonly name: string;
        /** At most 2048 characters. */
        readonly baseUrl: string;
        /** {} unless given. */
        readonly settings?: Readonly<Record<string, unknown>> | undefined;
        /** Kept sealed, and never shown. */
        readonly credentials: Readonly<Record<string, unknown>>;
        /** Reads what the channel says, and sends nothing. False unless given. */
        readonly dryRun?: boolean | undefined;
        /** It is the shop of the account before, at another address: its orders are those that are known. False unless given. */
        readonly sameShop?: boolean | undefined;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: ChannelAccount;
  };
  /** All accounts at channels, those that were ended too: how each of them fares. */
  'GET /v1/channel-accounts': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ChannelAccount[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One account. */
  'GET /v1/channel-accounts/{account}': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
    };
    readonly answer: ChannelAccount;
  };
  /** Other credentials, from the next call on; nothing has to be restarted. */
  'POST /v1/channel-accounts/{account}/credentials': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
      readonly body: {
        /** Of the account: whose credentials these are. */
        readonly kind: "signedWebhook" | "shopify" | "amazon" | "walmart" | "ebay" | "adobeCommerce" | "googleLocal";
        readonly credentials: Readonly<Record<string, unknown>>;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: ChannelAccount;
  };
  /** Begins or ends a dry run: what would be sent is shown by GET /v1/publications?state=differs, and is not sent. */
  'POST /v1/channel-accounts/{account}/dry-run': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
      readonly body: {
        readonly dryRun: boolean;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: ChannelAccount;
  };
  /** Nothing is sent or asked for until it is resumed; what changes meanwhile waits. */
  'POST /v1/channel-accounts/{account}/pause': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: ChannelAccount;
  };
  /** Goes on at once, also when it was waiting after failures. */
  'POST /v1/channel-accounts/{account}/resume': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: ChannelAccount;
  };
  /** Ends it for good, and forgets its credentials and publications. The channel keeps the numbers that it has. */
  'POST /v1/channel-accounts/{account}/end': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: ChannelAccount;
  };
  /** Listings at channels: what each shall say and says. `differs`: those that do not say it. */
  'GET /v1/publications': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly account?: string | undefined;
        /** At most 64 characters. */
        readonly sku?: string | undefined;
        readonly state?: "waiting" | "parked" | "differs" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Publication[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One listing; `explained` leads to the facts behind the number that was published. */
  'GET /v1/publications/{account}/{channelSku}': {
    readonly request: {
      readonly params: {
        readonly account: string;
        /** At most 256 characters. */
        readonly channelSku: string;
      };
    };
    readonly answer: Publication;
  };
  /** The calls that carried a listing in the last 7 days, the newest first: what was sent, why, and what became of it. */
  'GET /v1/publications/{account}/{channelSku}/history': {
    readonly request: {
      readonly params: {
        readonly account: string;
        /** At most 256 characters. */
        readonly channelSku: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Publish[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Has a listing tried again at once, also one that was parked. */
  'POST /v1/publications/{account}/{channelSku}/retry': {
    readonly request: {
      readonly params: {
        readonly account: string;
        /** At most 256 characters. */
        readonly channelSku: string;
      };
      readonly body: Readonly<Record<string, never>>;
    };
    readonly answer: Publication;
  };
  /** Orders of channels that could not be taken: those that are for people (`aside`, the default), or that are tried again (`waiting`). */
  'GET /v1/untaken-orders': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly account?: string | undefined;
        /** "aside" unless given. */
        readonly state?: "aside" | "waiting" | "dismissed" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly UntakenOrder[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One of them, as it came. It may be personal data: only for keys that may write. */
  'GET /v1/untaken-orders/{account}/{order}': {
    readonly request: {
      readonly params: {
        readonly account: string;
        /** What the channel calls it. At most 128 characters. */
        readonly order: string;
      };
    };
    readonly answer: UntakenOrderAsItCame;
  };
  /** Has it read at its channel and taken, at once; also when it was dismissed. */
  'POST /v1/untaken-orders/{account}/{order}/retry': {
    readonly request: {
      readonly params: {
        readonly account: string;
        /** What the channel calls it. At most 128 characters. */
        readonly order: string;
      };
      readonly body: Readonly<Record<string, never>>;
    };
    readonly answer: UntakenOrder;
  };
  /** Closes the case, with why; what is held for it is given back. It comes anew when it changes at its channel. */
  'POST /v1/untaken-orders/{account}/{order}/dismiss': {
    readonly request: {
      readonly params: {
        readonly account: string;
        /** What the channel calls it. At most 128 characters. */
        readonly order: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly note: string;
      };
    };
    readonly answer: UntakenOrder;
  };
  /** For channels: a webhook, its body as its kind has it and signs it. Taken once, however often it is sent. */
  'POST /v1/channel-webhooks/{account}': {
    readonly request: {
      readonly params: {
        readonly account: string;
      };
    };
    readonly answer: {
      readonly isNew: boolean;
    };
  };
  /** Kinds of ERPs that can be connected, each with a mapping to begin with. */
  'GET /v1/erp-kinds': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        readonly kind: string;
        readonly title: string;
        /** Whether it takes documents back itself. */
        readonly cancels: boolean;
        /** What makes a second document under a key impossible. */
        readonly once: "upsert" | "uniqueField" | "atomicRename";
        readonly readsStock: boolean;
        /** A mapping to begin with. */
        readonly example: Readonly<Record<string, unknown>>;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Connects an ERP; documents of what happens from now on go there once a mapping is live. */
  'POST /v1/erps': {
    readonly request: {
      readonly body: {
        readonly kind: "rest";
        /** Names it for good. */
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
        readonly settings: {
          /** At most 2048 characters. */
          readonly url: string;
          /** At most 500 characters, "/{target}/{key}" unless given. */
          readonly path?: string | undefined;
          /** "PUT" unless given. */
          readonly method?: "PUT" | "PATCH" | undefined;
          /** At most 500 characters. */
          readonly stockPath?: string | undefined;
        };
        /** Kept sealed, and never shown. */
        readonly credentials: {
          /** At most 4096 characters. */
          readonly bearer: string;
        } | {
          /** At most 4096 characters. */
          readonly user: string;
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          readonly header: string;
          /** At most 4096 characters. */
          readonly value: string;
        };
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "erpnext";
        /** Names it for good. */
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
        readonly settings: {
          /** At most 2048 characters. */
          readonly url: string;
          /** "shelfwire_key" unless given. */
          readonly keyField?: string | undefined;
        };
        /** Kept sealed, and never shown. */
        readonly credentials: {
          /** At most 4096 characters. */
          readonly apiKey: string;
          /** At most 4096 characters. */
          readonly apiSecret: string;
        };
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "odoo";
        /** Names it for good. */
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
        readonly settings: {
          /** At most 2048 characters. */
          readonly url: string;
          /** Sent as X-Odoo-Database. */
          readonly database: string;
        };
        /** Kept sealed, and never shown. */
        readonly credentials: {
          /** At most 4096 characters. */
          readonly apiKey: string;
        };
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "idoc";
        /** Names it for good. */
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
        readonly settings: {
          /** SNDPOR */
          readonly senderPort: string;
          /** SNDPRT: the stores are customers, unless told otherwise. "KU" unless given. */
          readonly senderType?: string | undefined;
          /** RCVPOR */
          readonly receiverPort: string;
          /** RCVPRT: a logical system, unless told otherwise. "LS" unless given. */
          readonly receiverType?: string | undefined;
          /** RCVPRN */
          readonly receiver: string;
          /** MANDT */
          readonly client?: string | undefined;
          /** The IDocs are marked as tests. False unless given. */
          readonly test?: boolean | undefined;
          /** Fields that your release or extension has beside those that are known, with their lengths. {} unless given. */
          readonly fields?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
          /** An SFTP server; absent: the folder of this ERP below --erp-folder. */
          readonly sftp?: {
            readonly host: string;
            /** From 1 to 65535, 22 unless given. */
            readonly port?: number | undefined;
            /** At most 128 characters. */
            readonly user: string;
            readonly hostKey: string;
            /** At most 500 characters, "." unless given. */
            readonly folder?: string | undefined;
          } | undefined;
        };
        /** Kept sealed, and never shown. */
        readonly credentials: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>>;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "x12";
        /** Names it for good. */
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
        readonly settings: {
          readonly sender: string;
          /** "ZZ" unless given. */
          readonly senderQualifier?: string | undefined;
          /** Of the functional group; the sender unless told otherwise. */
          readonly senderCode?: string | undefined;
          readonly receiver: string;
          /** "ZZ" unless given. */
          readonly receiverQualifier?: string | undefined;
          readonly receiverCode?: string | undefined;
          /** T: the partner takes it as a test. "P" unless given. */
          readonly usage?: "P" | "T" | undefined;
          /** An SFTP server; absent: the folder of this ERP below --erp-folder. */
          readonly sftp?: {
            readonly host: string;
            /** From 1 to 65535, 22 unless given. */
            readonly port?: number | undefined;
            /** At most 128 characters. */
            readonly user: string;
            readonly hostKey: string;
            /** At most 500 characters, "." unless given. */
            readonly folder?: string | undefined;
          } | undefined;
        };
        /** Kept sealed, and never shown. */
        readonly credentials: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>>;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "files";
        /** Names it for good. */
        readonly code: string;
        /** At most 256 characters. */
        readonly name: string;
        readonly settings: {
          /** "json" unless given. */
          readonly format?: "json" | "csv" | undefined;
          /** An SFTP server; absent: the folder of this ERP below --erp-folder. */
          readonly sftp?: {
            readonly host: string;
            /** From 1 to 65535, 22 unless given. */
            readonly port?: number | undefined;
            /** At most 128 characters. */
            readonly user: string;
            readonly hostKey: string;
            /** At most 500 characters, "." unless given. */
            readonly folder?: string | undefined;
          } | undefined;
        };
        /** Kept sealed, and never shown. */
        readonly credentials: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>>;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Erp;
  };
  /** All ERPs, those that were ended too: how each of them fares. */
  'GET /v1/erps': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Erp[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One ERP. */
  'GET /v1/erps/{erp}': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
    };
    readonly answer: Erp;
  };
  /** Sets its settings and its pace, and its credentials where they are given; in force at once. */
  'PUT /v1/erps/{erp}': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: {
        readonly kind: "rest";
        readonly settings: {
          /** At most 2048 characters. */
          readonly url: string;
          /** At most 500 characters, "/{target}/{key}" unless given. */
          readonly path?: string | undefined;
          /** "PUT" unless given. */
          readonly method?: "PUT" | "PATCH" | undefined;
          /** At most 500 characters. */
          readonly stockPath?: string | undefined;
        };
        /** Needed where the settings name another server: scheme, host or port, or the key of an SFTP server. */
        readonly credentials?: {
          /** At most 4096 characters. */
          readonly bearer: string;
        } | {
          /** At most 4096 characters. */
          readonly user: string;
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          readonly header: string;
          /** At most 4096 characters. */
          readonly value: string;
        } | undefined;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "erpnext";
        readonly settings: {
          /** At most 2048 characters. */
          readonly url: string;
          /** "shelfwire_key" unless given. */
          readonly keyField?: string | undefined;
        };
        /** Needed where the settings name another server: scheme, host or port, or the key of an SFTP server. */
        readonly credentials?: {
          /** At most 4096 characters. */
          readonly apiKey: string;
          /** At most 4096 characters. */
          readonly apiSecret: string;
        } | undefined;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "odoo";
        readonly settings: {
          /** At most 2048 characters. */
          readonly url: string;
          /** Sent as X-Odoo-Database. */
          readonly database: string;
        };
        /** Needed where the settings name another server: scheme, host or port, or the key of an SFTP server. */
        readonly credentials?: {
          /** At most 4096 characters. */
          readonly apiKey: string;
        } | undefined;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "idoc";
        readonly settings: {
          /** SNDPOR */
          readonly senderPort: string;
          /** SNDPRT: the stores are customers, unless told otherwise. "KU" unless given. */
          readonly senderType?: string | undefined;
          /** RCVPOR */
          readonly receiverPort: string;
          /** RCVPRT: a logical system, unless told otherwise. "LS" unless given. */
          readonly receiverType?: string | undefined;
          /** RCVPRN */
          readonly receiver: string;
          /** MANDT */
          readonly client?: string | undefined;
          /** The IDocs are marked as tests. False unless given. */
          readonly test?: boolean | undefined;
          /** Fields that your release or extension has beside those that are known, with their lengths. {} unless given. */
          readonly fields?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
          /** An SFTP server; absent: the folder of this ERP below --erp-folder. */
          readonly sftp?: {
            readonly host: string;
            /** From 1 to 65535, 22 unless given. */
            readonly port?: number | undefined;
            /** At most 128 characters. */
            readonly user: string;
            readonly hostKey: string;
            /** At most 500 characters, "." unless given. */
            readonly folder?: string | undefined;
          } | undefined;
        };
        /** Needed where the settings name another server: scheme, host or port, or the key of an SFTP server. */
        readonly credentials?: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>> | undefined;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "x12";
        readonly settings: {
          readonly sender: string;
          /** "ZZ" unless given. */
          readonly senderQualifier?: string | undefined;
          /** Of the functional group; the sender unless told otherwise. */
          readonly senderCode?: string | undefined;
          readonly receiver: string;
          /** "ZZ" unless given. */
          readonly receiverQualifier?: string | undefined;
          readonly receiverCode?: string | undefined;
          /** T: the partner takes it as a test. "P" unless given. */
          readonly usage?: "P" | "T" | undefined;
          /** An SFTP server; absent: the folder of this ERP below --erp-folder. */
          readonly sftp?: {
            readonly host: string;
            /** From 1 to 65535, 22 unless given. */
            readonly port?: number | undefined;
            /** At most 128 characters. */
            readonly user: string;
            readonly hostKey: string;
            /** At most 500 characters, "." unless given. */
            readonly folder?: string | undefined;
          } | undefined;
        };
        /** Needed where the settings name another server: scheme, host or port, or the key of an SFTP server. */
        readonly credentials?: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>> | undefined;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      } | {
        readonly kind: "files";
        readonly settings: {
          /** "json" unless given. */
          readonly format?: "json" | "csv" | undefined;
          /** An SFTP server; absent: the folder of this ERP below --erp-folder. */
          readonly sftp?: {
            readonly host: string;
            /** From 1 to 65535, 22 unless given. */
            readonly port?: number | undefined;
            /** At most 128 characters. */
            readonly user: string;
            readonly hostKey: string;
            /** At most 500 characters, "." unless given. */
            readonly folder?: string | undefined;
          } | undefined;
        };
        /** Needed where the settings name another server: scheme, host or port, or the key of an SFTP server. */
        readonly credentials?: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>> | undefined;
        /** {} unless given. */
        readonly pace?: {
          /** Documents that it gets at once, of different streams, over all hubs. From 1 to 64, 8 unless given. */
          readonly atOnce?: number | undefined;
          /** Documents a second, over all hubs. Null unless given. */
          readonly perSecond?: number | null | undefined;
          /** So long an answer is waited for, and what takes several calls as a whole. From 100 to 20000, 15000 unless given. */
          readonly timeoutMs?: number | undefined;
          /** Maintenance windows: documents wait. At most 50, [] unless given. */
          readonly quiet?: readonly {
            /** At most 7. */
            readonly days?: readonly number[] | undefined;
            readonly from: string;
            readonly until: string;
          }[] | undefined;
          /** Of the windows. At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** Sales from this value on, in the smallest unit of money, go before others. Null unless given. */
          readonly highValueMinor?: number | null | undefined;
        } | undefined;
      };
    };
    readonly answer: Erp;
  };
  /** Sets its credentials; in force at once. What failed for them is tried again. */
  'POST /v1/erps/{erp}/credentials': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: {
        readonly kind: "rest";
        readonly credentials: {
          /** At most 4096 characters. */
          readonly bearer: string;
        } | {
          /** At most 4096 characters. */
          readonly user: string;
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          readonly header: string;
          /** At most 4096 characters. */
          readonly value: string;
        };
      } | {
        readonly kind: "erpnext";
        readonly credentials: {
          /** At most 4096 characters. */
          readonly apiKey: string;
          /** At most 4096 characters. */
          readonly apiSecret: string;
        };
      } | {
        readonly kind: "odoo";
        readonly credentials: {
          /** At most 4096 characters. */
          readonly apiKey: string;
        };
      } | {
        readonly kind: "idoc";
        readonly credentials: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>>;
      } | {
        readonly kind: "x12";
        readonly credentials: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>>;
      } | {
        readonly kind: "files";
        readonly credentials: {
          /** At most 4096 characters. */
          readonly password: string;
        } | {
          /** At most 16384 characters. */
          readonly privateKey: string;
          /** At most 4096 characters. */
          readonly passphrase?: string | undefined;
        } | Readonly<Record<string, never>>;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Erp;
  };
  /** Posts nothing until it is resumed; documents wait. */
  'POST /v1/erps/{erp}/pause': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Erp;
  };
  /** Posts again, at once, also what waited for its breaker. */
  'POST /v1/erps/{erp}/resume': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Erp;
  };
  /** Ends it for good: its credentials are forgotten, what waits is a dead letter. */
  'POST /v1/erps/{erp}/end': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: Erp;
  };
  /** What the ERP itself believes to have, asked of it now, by its own names. */
  'GET /v1/erps/{erp}/stock': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly since?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        /** The ERP's own name, as is the sku. */
        readonly location: string;
        readonly sku: string;
        readonly quantity: number;
        readonly changedAt: string | null;
      }[];
      readonly next: string | null;
    };
  };
  /** Every mapping that was ever live, the newest first. */
  'GET /v1/erps/{erp}/mappings': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ErpMapping[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Tries a mapping, on the newest documents of each kind and a made one of every store, and puts it live when it stands that; with `dryRun` it only tries. */
  'POST /v1/erps/{erp}/mappings': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: {
        /** The mapping: YAML or JSON as text, or the same as JSON itself. */
        readonly document: string | Readonly<Record<string, unknown>>;
        /** Null unless given. */
        readonly note?: string | null | undefined;
        /** Only shows what it makes of documents. False unless given. */
        readonly dryRun?: boolean | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: ErpMapping | {
      readonly isGood: boolean;
      readonly tried: readonly {
        readonly key: string;
        readonly kind: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded";
        readonly target: string | null;
        /** What the ERP would be sent; null where it cancels, or fails. */
        readonly payload: Readonly<Record<string, unknown>> | null;
        readonly problem: string | null;
        /** What the mapping reads. */
        readonly document: Readonly<Record<string, unknown>>;
      }[];
    };
  };
  /** By day, kind and store: how many documents are in which state at this ERP and at another. */
  'GET /v1/erps/{erp}/comparison': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly query: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        /** The other ERP. */
        readonly with: string;
        /** By the instants of the documents themselves. */
        readonly from: string;
        /** At most 31 days later. */
        readonly until: string;
        readonly kind?: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded" | undefined;
        readonly store?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        /** Of the documents, UTC. */
        readonly day: string;
        readonly kind: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded";
        readonly location: string | null;
        /** `absent`: no route led there. */
        readonly here: "waiting" | "posted" | "dead" | "skipped" | "absent";
        readonly there: "waiting" | "posted" | "dead" | "skipped" | "absent";
        /** From 0. */
        readonly documents: number;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Documents that are not in the same state at this ERP and at another, the oldest first. */
  'GET /v1/erps/{erp}/comparison/documents': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly query: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        /** The other ERP. */
        readonly with: string;
        /** By the instants of the documents themselves. */
        readonly from: string;
        /** At most 31 days later. */
        readonly until: string;
        readonly kind?: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded" | undefined;
        readonly store?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        readonly key: string;
        readonly kind: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded";
        readonly location: string | null;
        /** `absent`: no route led there. */
        readonly here: "waiting" | "posted" | "dead" | "skipped" | "absent";
        readonly there: "waiting" | "posted" | "dead" | "skipped" | "absent";
        readonly at: string;
        readonly documentHere: number | null;
        readonly documentThere: number | null;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Documents for ERPs, the oldest first: of one ERP, in one state (`dead` are dead letters), under one key. */
  'GET /v1/erp-documents': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly erp?: string | undefined;
        readonly state?: "waiting" | "posted" | "dead" | "skipped" | undefined;
        /** At most 128 characters. */
        readonly key?: string | undefined;
        /** Only what the partner says it did not take. */
        readonly rejected?: "0" | "1" | "false" | "true" | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ErpDocument[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One document: what it says, and what the mapping that is live makes of it. */
  'GET /v1/erp-documents/{document}': {
    readonly request: {
      readonly params: {
        readonly document: string;
      };
    };
    readonly answer: {
      /** From 0. */
      readonly document: number;
      readonly erp: string;
      /** Documents of one stream come in order. */
      readonly stream: string;
      /** At the ERP, the same at each attempt and replay. */
      readonly key: string;
      readonly kind: "sale" | "return" | "receipt" | "transferOut" | "transferIn" | "transferSettled" | "adjustment" | "handOver" | "count" | "variance" | "void" | "orderConfirmed" | "orderChanged" | "orderShipped" | "orderCancelled" | "orderRefunded";
      readonly location: string | null;
      readonly fact: string | null;
      readonly at: string;
      readonly correlationId: string;
      readonly state: "waiting" | "posted" | "dead" | "skipped";
      /** From 0. */
      readonly attempts: number;
      readonly error: {
        readonly code: "FACT_INVALID" | "FACT_TOO_LARGE" | "FACT_KIND_UNKNOWN" | "KEY_REUSED" | "VOID_OF_VOID" | "FACT_AHEAD" | "PULLED_ORDER_INVALID" | "POS_UNREACHABLE" | "POS_UNAUTHORIZED" | "POS_BUSY" | "POS_ANSWER_INVALID" | "QUARANTINE_FULL" | "TRANSFER_TO_ITSELF" | "SKU_UNKNOWN" | "COUNT_ENDED" | "COUNT_MOVED_ON" | "COUNT_UNSETTLED" | "COUNT_LIMIT" | "BODY_NOT_JSON" | "BODY_TOO_LARGE" | "REQUEST_INVALID" | "NOT_FOUND" | "CONFLICT" | "UNAUTHORIZED" | "FORBIDDEN" | "HOST_FORBIDDEN" | "IDEMPOTENCY_KEY_REQUIRED" | "IDEMPOTENCY_KEY_REUSED" | "KEY_RESERVED" | "IDEMPOTENCY_IN_PROGRESS" | "RATE_LIMITED" | "INTERNAL" | "AVAILABILITY_PENDING" | "PAST_PRUNED" | "RULES_INVALID" | "RESERVATION_SHORT" | "RESERVATION_ENDED" | "RESERVATION_UNKNOWN" | "RESERVATION_OTHER_SKU" | "RESERVATION_EXCEEDED" | "ORDER_TOTALS" | "ORDER_REUSED" | "ORDER_EDIT_UNFOLLOWED" | "ORDER_NAME_UNKNOWN" | "ORDER_UNAVAILABLE" | "ORDER_UNITS" | "ORDER_TOO_EARLY" | "ORDER_TOO_LATE" | "ORDER_SUBSTITUTE" | "ORDER_ENDED" | "TASK_ENDED" | "TASK_UNITS" | "RETURN_UNITS" | "RETURNED_TWICE" | "RETURN_SALE_UNKNOWN" | "TASK_CONFLICT" | "RECONCILE_SETTINGS_INVALID" | "RECONCILE_LIMIT" | "RECONCILE_NOT_CORRECTABLE" | "RECONCILE_NOT_READABLE" | "RECONCILE_RUN_LOST" | "WEBHOOK_URL_FORBIDDEN" | "WEBHOOK_LIMIT" | "WEBHOOK_ENDED" | "WEBHOOK_SUPERSEDED" | "WEBHOOK_REFUSED" | "WEBHOOK_GONE" | "WEBHOOK_TIMEOUT" | "WEBHOOK_UNREACHABLE" | "NATS_UNREACHABLE" | "NATS_DENIED" | "NATS_CREDENTIALS_INVALID" | "NATS_STREAM_UNFIT" | "NATS_REFUSED" | "CHANNEL_KIND_UNKNOWN" | "CHANNEL_ACCOUNT_LIVE" | "CHANNEL_SHOP_DIFFERS" | "CHANNEL_ACCOUNT_ENDED" | "CHANNEL_UNREACHABLE" | "CHANNEL_TLS" | "CHANNEL_TIMEOUT" | "CHANNEL_UNAUTHORIZED" | "CHANNEL_CLAIM_LOST" | "CHANNEL_THROTTLED" | "CHANNEL_LATER" | "CHANNEL_FAILED" | "CHANNEL_ANSWER_INVALID" | "CHANNEL_REFUSED" | "CHANNEL_SKU_UNKNOWN" | "CHANNEL_SKU_AMBIGUOUS" | "CHANNEL_SIGNATURE_INVALID" | "SETTLEMENT_INVALID" | "CHANNEL_ORDER_UNREADABLE" | "CHANNEL_ORDER_NOT_YET" | "CHANNEL_ORDER_MISSING" | "CHANNEL_MESSAGE_INVALID" | "CHANNEL_KEY_MISSING" | "ERP_SETTINGS_INVALID" | "ERP_URL_FORBIDDEN" | "ERP_CREDENTIALS_NEEDED" | "INBOUND_SETTINGS_INVALID" | "INBOUND_LIMIT" | "INBOUND_CLOSED" | "INBOUND_LOCATION_UNKNOWN" | "INBOUND_LOCATION_FORBIDDEN" | "INBOUND_COUNT_FORBIDDEN" | "INBOUND_INVALID" | "INBOUND_STATEMENT_REUSED" | "INBOUND_SIGNATURE_INVALID" | "INBOUND_FILE_UNMAPPED" | "PRODUCT_RULES_INVALID" | "ERP_LIMIT" | "ERP_ENDED" | "ERP_MAPPING_INVALID" | "ERP_MAPPING_FAILED" | "ERP_REFUSED" | "ERP_CONFLICT" | "ERP_OUTDATED" | "ERP_UNAUTHORIZED" | "ERP_UNREACHABLE" | "ERP_TIMEOUT" | "ERP_FAILED" | "ERP_ANSWER_INVALID" | "ERP_THROTTLED" | "ERP_VOIDED" | "ERP_SKIPPED" | "WHAT_IF_QUEUE_FULL" | "WHAT_IF_NOT_DONE" | "WHAT_IF_OUT_OF_MEMORY" | "WHAT_IF_TOO_LONG" | "WHAT_IF_RUNNER_LOST" | "WHAT_IF_CRASHED" | "RECOMPUTE_FAILED" | "PROTOCOL_TOO_OLD" | "PROTOCOL_TOO_NEW" | "HELLO_REQUIRED" | "SIGNATURE_INVALID" | "NONCE_REPLAYED" | "DEVICE_UNKNOWN" | "DEVICE_REVOKED" | "TOKEN_INVALID" | "TOKEN_USED" | "TOKEN_EXPIRED" | "FRAME_INVALID" | "FRAME_TOO_LARGE" | "SEQ_GAP" | "EPOCH_UNKNOWN" | "HUB_BUSY" | "HUB_UNREACHABLE" | "COLLECTION_UNKNOWN" | "CHECKPOINT_INVALID" | "NOT_ENROLLED" | "STORE_DIFFERS" | "ALREADY_ENROLLED" | "FOLDER_IN_USE" | "DISK_LOW" | "STORAGE_FULL" | "STORAGE_IO" | "STORAGE_BUSY" | "STORAGE_CLOSED" | "STORAGE_FORBIDDEN" | "STORAGE_DAMAGED" | "STORAGE_RECOVERED" | "STORAGE_NEWER" | "STORAGE_NOT_DURABLE" | "STORAGE_ENGINE_OTHER" | "STORAGE_COPY_DIFFERS" | "ARCHIVE_UNREACHABLE" | "ARCHIVE_UNAUTHORIZED" | "ARCHIVE_NOT_COUCHDB" | "ARCHIVE_REFUSED" | "JOURNAL_CLOSED" | "CSV_ROW_INVALID" | "DOCUMENT_CUT" | "CSV_FILE_INVALID" | "POSLOG_TRANSACTION_INVALID" | "POSLOG_FILE_INVALID" | "CSV_FILE_UNREADABLE" | "QUARANTINE_NOT_EMPTY" | "CLOCK_OFF" | "AGENT_START_FAILED" | "DESKTOP_ELECTRON_MISSING" | "NETWORK_PORT_TAKEN" | "NETWORK_PORT_FORBIDDEN" | "NETWORK_ADDRESS_ABSENT" | "NETWORK_KEY_DAMAGED" | "NETWORK_GIVEN" | "NETWORK_PENDING" | "NETWORK_GUESSING" | "OPTION_INVALID" | "CONFIG_INVALID" | "HUB_MISSING" | "LISTEN_FAILED" | "DB_UNAVAILABLE" | "PG_BINARIES_MISSING" | "PG_START_FAILED" | "PG_ACCOUNT" | "PG_FOLDER_UNREACHABLE" | "MIGRATION_CHANGED" | "MIGRATION_FAILED" | "MIGRATION_NEWER";
        readonly detail: string;
        readonly remedy: string;
      } | null;
      /** What the ERP calls it. */
      readonly reference: string | null;
      /** The version that it was posted with. */
      readonly mapping: number | null;
      readonly madeAt: string;
      readonly endedAt: string | null;
      /** Of its interchange, where the ERP takes such. */
      readonly controlNumber: number | null;
      /** What the partner says it did with it. */
      readonly acknowledgement: {
        readonly state: "accepted" | "acceptedWithErrors" | "rejected";
        /** In the partner's own codes. */
        readonly detail: string;
      } | null;
      readonly acknowledgedAt: string | null;
      readonly content: Readonly<Record<string, unknown>>;
      readonly target: string | null;
      readonly payload: Readonly<Record<string, unknown>> | null;
      readonly problem: string | null;
    };
  };
  /** Posts a dead letter again under its key, mapped by what is live; the ERP is asked first whether it has it. */
  'POST /v1/erp-documents/{document}/replay': {
    readonly request: {
      readonly params: {
        readonly document: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: ErpDocument;
  };
  /** Ends a dead letter without posting it, with the reason. */
  'POST /v1/erp-documents/{document}/skip': {
    readonly request: {
      readonly params: {
        readonly document: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly reason: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: ErpDocument;
  };
  /** Posts up to 1000 dead letters of an ERP again, the oldest first, as after another mapping. */
  'POST /v1/erps/{erp}/replay': {
    readonly request: {
      readonly params: {
        readonly erp: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      /** From 0. */
      readonly replayed: number;
    };
  };
  /** All comparisons. */
  'GET /v1/comparisons': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Comparison[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One comparison. */
  'GET /v1/comparisons/{comparison}': {
    readonly request: {
      readonly params: {
        readonly comparison: string;
      };
    };
    readonly answer: Comparison;
  };
  /** Makes a comparison, or sets one anew: what with, when, and who decides that a difference is corrected. */
  'PUT /v1/comparisons/{comparison}': {
    readonly request: {
      readonly params: {
        readonly comparison: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly name: string;
        readonly side: "erp";
        readonly settings: {
          readonly erp: string;
          /** At most 5000. */
          readonly locations?: readonly {
            /** At most 256 characters. */
            readonly theirs: string;
            readonly ours: string;
          }[] | undefined;
          /** At most 140 characters. */
          readonly locationTable?: string | undefined;
          /** At most 140 characters. */
          readonly skuTable?: string | undefined;
          /** From 0 to 86400, 60 unless given. */
          readonly settleSeconds?: number | undefined;
        };
        /** Null unless given. */
        readonly schedule?: {
          /** From 1 to 44640. */
          readonly everyMinutes: number;
        } | {
          readonly dailyAt: string;
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
        } | null | undefined;
        /** {"mode":"never"} unless given. */
        readonly correct?: {
          readonly mode: "never";
        } | {
          readonly mode: "approval";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
        } | {
          readonly mode: "rule";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 1000000000000. */
          readonly valueMinor?: number | undefined;
          /** From 2 to 100, 2 unless given. */
          readonly seen?: number | undefined;
          /** From 1 to 10000, 100 unless given. */
          readonly most?: number | undefined;
        } | undefined;
        /** True unless given. */
        readonly enabled?: boolean | undefined;
      } | {
        /** At most 256 characters. */
        readonly name: string;
        readonly side: "statements";
        readonly settings: {
          readonly source: string;
        };
        /** Null unless given. */
        readonly schedule?: {
          /** From 1 to 44640. */
          readonly everyMinutes: number;
        } | {
          readonly dailyAt: string;
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
        } | null | undefined;
        /** {"mode":"never"} unless given. */
        readonly correct?: {
          readonly mode: "never";
        } | {
          readonly mode: "approval";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
        } | {
          readonly mode: "rule";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 1000000000000. */
          readonly valueMinor?: number | undefined;
          /** From 2 to 100, 2 unless given. */
          readonly seen?: number | undefined;
          /** From 1 to 10000, 100 unless given. */
          readonly most?: number | undefined;
        } | undefined;
        /** True unless given. */
        readonly enabled?: boolean | undefined;
      } | {
        /** At most 256 characters. */
        readonly name: string;
        readonly side: "channel";
        readonly settings: {
          readonly channel: string;
        };
        /** Null unless given. */
        readonly schedule?: {
          /** From 1 to 44640. */
          readonly everyMinutes: number;
        } | {
          readonly dailyAt: string;
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
        } | null | undefined;
        /** {"mode":"never"} unless given. */
        readonly correct?: {
          readonly mode: "never";
        } | {
          readonly mode: "approval";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
        } | {
          readonly mode: "rule";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 1000000000000. */
          readonly valueMinor?: number | undefined;
          /** From 2 to 100, 2 unless given. */
          readonly seen?: number | undefined;
          /** From 1 to 10000, 100 unless given. */
          readonly most?: number | undefined;
        } | undefined;
        /** True unless given. */
        readonly enabled?: boolean | undefined;
      } | {
        /** At most 256 characters. */
        readonly name: string;
        readonly side: "store";
        readonly settings: {
          /** At most 2000. */
          readonly stores?: readonly string[] | undefined;
          /** From 1 to 600, 60 unless given. */
          readonly waitSeconds?: number | undefined;
        };
        /** Null unless given. */
        readonly schedule?: {
          /** From 1 to 44640. */
          readonly everyMinutes: number;
        } | {
          readonly dailyAt: string;
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
        } | null | undefined;
        /** {"mode":"never"} unless given. */
        readonly correct?: {
          readonly mode: "never";
        } | {
          readonly mode: "approval";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
        } | {
          readonly mode: "rule";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 1000000000000. */
          readonly valueMinor?: number | undefined;
          /** From 2 to 100, 2 unless given. */
          readonly seen?: number | undefined;
          /** From 1 to 10000, 100 unless given. */
          readonly most?: number | undefined;
        } | undefined;
        /** True unless given. */
        readonly enabled?: boolean | undefined;
      } | {
        /** At most 256 characters. */
        readonly name: string;
        readonly side: "till";
        readonly settings: {
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
          /** "00:00" unless given. */
          readonly dayBegins?: string | undefined;
          /** From 1 to 62, 7 unless given. */
          readonly days?: number | undefined;
        };
        /** Null unless given. */
        readonly schedule?: {
          /** From 1 to 44640. */
          readonly everyMinutes: number;
        } | {
          readonly dailyAt: string;
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
        } | null | undefined;
        /** {"mode":"never"} unless given. */
        readonly correct?: {
          readonly mode: "never";
        } | {
          readonly mode: "approval";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
        } | {
          readonly mode: "rule";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 1000000000000. */
          readonly valueMinor?: number | undefined;
          /** From 2 to 100, 2 unless given. */
          readonly seen?: number | undefined;
          /** From 1 to 10000, 100 unless given. */
          readonly most?: number | undefined;
        } | undefined;
        /** True unless given. */
        readonly enabled?: boolean | undefined;
      } | {
        /** At most 256 characters. */
        readonly name: string;
        readonly side: "settlement";
        readonly settings: {
          readonly channel: string;
          /** From 1 to 400, 60 unless given. */
          readonly days?: number | undefined;
        };
        /** Null unless given. */
        readonly schedule?: {
          /** From 1 to 44640. */
          readonly everyMinutes: number;
        } | {
          readonly dailyAt: string;
          /** At most 64 characters, "UTC" unless given. */
          readonly timeZone?: string | undefined;
        } | null | undefined;
        /** {"mode":"never"} unless given. */
        readonly correct?: {
          readonly mode: "never";
        } | {
          readonly mode: "approval";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
        } | {
          readonly mode: "rule";
          /** "ours" unless given. */
          readonly towards?: "ours" | "theirs" | undefined;
          /** From 1 to 1000000. */
          readonly units: number;
          /** From 0 to 1000000000000. */
          readonly valueMinor?: number | undefined;
          /** From 2 to 100, 2 unless given. */
          readonly seen?: number | undefined;
          /** From 1 to 10000, 100 unless given. */
          readonly most?: number | undefined;
        } | undefined;
        /** True unless given. */
        readonly enabled?: boolean | undefined;
      };
    };
    readonly answer: Comparison;
  };
  /** Asks for a run; while one is not finished that one is the answer. */
  'POST /v1/comparisons/{comparison}/run': {
    readonly request: {
      readonly params: {
        readonly comparison: string;
      };
      readonly body: Readonly<Record<string, never>>;
      readonly idempotencyKey?: string;
    };
    readonly answer: ComparisonRun;
  };
  /** Runs that were done in a period as points of a chart, in the order of time; the newest 1000 of them. */
  'GET /v1/comparisons/{comparison}/series': {
    readonly request: {
      readonly params: {
        readonly comparison: string;
      };
      readonly query?: {
        readonly from?: string | undefined;
        readonly until?: string | undefined;
      };
    };
    readonly answer: {
      readonly points: readonly {
        readonly at: string;
        /** From 0. */
        readonly run: number;
        /** From 0. */
        readonly compared: number;
        /** From 0. */
        readonly differing: number;
        /** From 0. */
        readonly inFlight: number;
        /** From 0. */
        readonly unposted: number;
        /** From 0. */
        readonly unknown: number;
        /** From 0. */
        readonly units: number;
        /** From 0. */
        readonly valueMinor: number;
      }[];
    };
  };
  /** Runs of all comparisons or of one, the newest first. */
  'GET /v1/comparison-runs': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly comparison?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly ComparisonRun[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One run: how far it is, what it found. */
  'GET /v1/comparison-runs/{run}': {
    readonly request: {
      readonly params: {
        readonly run: string;
      };
    };
    readonly answer: ComparisonRun;
  };
  /** Differences in the order in which they were first seen: of a comparison, in a state, with a cause, of a location or sku. */
  'GET /v1/differences': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly comparison?: string | undefined;
        readonly state?: "open" | "explained" | "corrected" | "ignored" | "gone" | undefined;
        readonly cause?: "inFlight" | "unposted" | "unknown" | undefined;
        readonly location?: string | undefined;
        /** At most 64 characters. */
        readonly sku?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Difference[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One difference. */
  'GET /v1/differences/{difference}': {
    readonly request: {
      readonly params: {
        readonly difference: string;
      };
    };
    readonly answer: Difference;
  };
  /** Corrects a difference, once: `ours` corrects the other side, `theirs` our stock by an adjustment. */
  'POST /v1/differences/{difference}/approve': {
    readonly request: {
      readonly params: {
        readonly difference: string;
      };
      readonly body: {
        /** As its comparison says unless given. */
        readonly towards?: "ours" | "theirs" | undefined;
        /** At most 256 characters. */
        readonly note?: string | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Difference;
  };
  /** Leaves a difference as it is, with the reason, until it changes. */
  'POST /v1/differences/{difference}/ignore': {
    readonly request: {
      readonly params: {
        readonly difference: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Difference;
  };
  /** Takes back that a difference is ignored. */
  'POST /v1/differences/{difference}/reopen': {
    readonly request: {
      readonly params: {
        readonly difference: string;
      };
      readonly body: {
        /** At most 256 characters. */
        readonly note: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: Difference;
  };
  /** States what tills sold on business days (Z reports), all or nothing; of a day the last statement counts. */
  'POST /v1/day-totals': {
    readonly request: {
      readonly body: {
        /** At most 2000. */
        readonly items: readonly {
          readonly location: string;
          readonly businessDay: string;
          /** Null: the whole store. Null unless given. */
          readonly till?: string | null | undefined;
          readonly currency: string;
          /** After discounts, as the lines of sales are. From 0 to 100000000000. */
          readonly salesMinor: number;
          /** From 0 to 100000000000, 0 unless given. */
          readonly returnsMinor?: number | undefined;
          /** Null: not stated, and not compared. Null unless given. */
          readonly soldUnits?: number | null | undefined;
          /** Null unless given. */
          readonly returnedUnits?: number | null | undefined;
        }[];
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      /** From 0. */
      readonly stated: number;
    };
  };
  /** What tills stated, by business day. */
  'GET /v1/day-totals': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly location?: string | undefined;
        readonly from?: string | undefined;
        readonly until?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        readonly location: string;
        readonly businessDay: string;
        readonly till: string | null;
        readonly currency: string;
        /** From 0. */
        readonly salesMinor: number;
        /** From 0. */
        readonly returnsMinor: number;
        readonly soldUnits: number | null;
        readonly returnedUnits: number | null;
        readonly statedAt: string;
        readonly statedBy: string;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Takes a settlement report of a channel; the same one again changes nothing. */
  'POST /v1/settlements': {
    readonly request: {
      readonly body: {
        readonly channel: string;
        /** At most 64 characters. */
        readonly settlementId: string;
        /** At most 20000. */
        readonly lines: readonly {
          /** At most 128 characters. */
          readonly transactionType: string;
          readonly orderId: string | null;
          readonly sku: string | null;
          readonly quantity: number | null;
          /** At most 128 characters. */
          readonly amountType: string;
          /** At most 128 characters. */
          readonly amountDescription: string;
          /** From -100000000000 to 100000000000. */
          readonly amountMinor: number;
          readonly currency: string;
          readonly postedAt: string | null;
        }[];
      } | {
        readonly channel: string;
        /** The text of a GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2. At most 4194304 characters. */
        readonly amazonReport: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      /** From 0. */
      readonly settlement: number;
      readonly channel: string;
      readonly settlementId: string;
      /** From 0. */
      readonly lines: number;
      readonly postedFrom: string | null;
      readonly postedTo: string | null;
      readonly receivedAt: string;
      readonly receivedBy: string;
    };
  };
  /** Settlement reports that were taken, the newest first. */
  'GET /v1/settlements': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly channel?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly {
        /** From 0. */
        readonly settlement: number;
        readonly channel: string;
        readonly settlementId: string;
        /** From 0. */
        readonly lines: number;
        readonly postedFrom: string | null;
        readonly postedTo: string | null;
        readonly receivedAt: string;
        readonly receivedBy: string;
      }[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Recomputes of availability, the newest first, with their progress in skus. */
  'GET /v1/recompute-jobs': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly RecomputeJob[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** Asks for a replay of a past period under other policies; it is run when its turn comes. */
  'POST /v1/what-if-jobs': {
    readonly request: {
      readonly body: {
        readonly from: string;
        readonly to: string;
        /** At most 20. */
        readonly policies: readonly ({
          /** At most 60 characters. */
          readonly name: string;
          /** {} unless given. */
          readonly channels?: Readonly<Record<string, {
            /** From 0.0001 to 0.2. */
            readonly epsilon?: number | undefined;
            /** From 0 to 1000000. */
            readonly units?: number | undefined;
            /** From 0 to 1000. */
            readonly factor?: number | undefined;
          }>> | undefined;
          readonly rule: "none";
        } | {
          /** At most 60 characters. */
          readonly name: string;
          /** {} unless given. */
          readonly channels?: Readonly<Record<string, {
            /** From 0.0001 to 0.2. */
            readonly epsilon?: number | undefined;
            /** From 0 to 1000000. */
            readonly units?: number | undefined;
            /** From 0 to 1000. */
            readonly factor?: number | undefined;
          }>> | undefined;
          readonly rule: "fixed";
          /** From 0 to 1000000. */
          readonly units: number;
          /** False unless given. */
          readonly onlySilent?: boolean | undefined;
        } | {
          /** At most 60 characters. */
          readonly name: string;
          /** {} unless given. */
          readonly channels?: Readonly<Record<string, {
            /** From 0.0001 to 0.2. */
            readonly epsilon?: number | undefined;
            /** From 0 to 1000000. */
            readonly units?: number | undefined;
            /** From 0 to 1000. */
            readonly factor?: number | undefined;
          }>> | undefined;
          readonly rule: "meanDay";
          /** From 0 to 1000, 1 unless given. */
          readonly factor?: number | undefined;
          /** "up" unless given. */
          readonly rounding?: "up" | "nearest" | undefined;
        } | {
          /** At most 60 characters. */
          readonly name: string;
          /** {} unless given. */
          readonly channels?: Readonly<Record<string, {
            /** From 0.0001 to 0.2. */
            readonly epsilon?: number | undefined;
            /** From 0 to 1000000. */
            readonly units?: number | undefined;
            /** From 0 to 1000. */
            readonly factor?: number | undefined;
          }>> | undefined;
          readonly rule: "meanSilence";
          /** From 0 to 1000, 1 unless given. */
          readonly factor?: number | undefined;
          /** "up" unless given. */
          readonly rounding?: "up" | "nearest" | undefined;
        } | {
          /** At most 60 characters. */
          readonly name: string;
          /** {} unless given. */
          readonly channels?: Readonly<Record<string, {
            /** From 0.0001 to 0.2. */
            readonly epsilon?: number | undefined;
            /** From 0 to 1000000. */
            readonly units?: number | undefined;
            /** From 0 to 1000. */
            readonly factor?: number | undefined;
          }>> | undefined;
          readonly rule: "lagBuffer";
          /** From 0.0001 to 0.2. */
          readonly epsilon: number;
        })[];
        /** "recorded" unless given. */
        readonly outages?: "recorded" | "random" | "nightly" | "weekend" | undefined;
        /** "ledger" unless given. */
        readonly stock?: "ledger" | "simulated" | undefined;
        /** From 0 to 1, 0 unless given. */
        readonly channelShare?: number | undefined;
        /** From 0 to 730, 56 unless given. */
        readonly learnDays?: number | undefined;
        /** From 0 to 1000000, 1 unless given. */
        readonly seed?: number | undefined;
      };
      readonly idempotencyKey: string;
    };
    readonly answer: WhatIfJob;
  };
  /** What-if jobs that are kept, the newest first, without their reports. */
  'GET /v1/what-if-jobs': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly WhatIfJob[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** One what-if job: how far it is, its report when it is done, why when it failed. */
  'GET /v1/what-if-jobs/{job}': {
    readonly request: {
      readonly params: {
        readonly job: string;
      };
    };
    readonly answer: WhatIfJobInFull;
  };
  /** Ends a what-if job that waits or runs. */
  'POST /v1/what-if-jobs/{job}/cancel': {
    readonly request: {
      readonly params: {
        readonly job: string;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: WhatIfJob;
  };
  /** The report as a page that needs nothing else. */
  'GET /v1/what-if-jobs/{job}/page': {
    readonly request: {
      readonly params: {
        readonly job: string;
      };
    };
    readonly answer: string;
  };
  /** The report's picture. */
  'GET /v1/what-if-jobs/{job}/page.svg': {
    readonly request: {
      readonly params: {
        readonly job: string;
      };
    };
    readonly answer: string;
  };
  /** The rules in force with their document; `at` an instant, or those of a `version`. */
  'GET /v1/rules': {
    readonly request: {
      readonly query?: {
        readonly version?: string | undefined;
        readonly at?: string | undefined;
      };
    };
    readonly answer: {
      /** From 0. */
      readonly version: number;
      readonly state: "pending" | "in force" | "past" | "skipped";
      readonly effectiveFrom: string;
      readonly until: string | null;
      readonly appliedAt: string;
      readonly appliedBy: string;
      readonly note: string | null;
      readonly basedOn: number | null;
      readonly restores: number | null;
      /** SHA-256 of the document, in hex. */
      readonly digest: string;
      /** The file, verbatim. */
      readonly document: string;
      /** As it was read, with its defaults. */
      readonly rules: {
        readonly rules: 1;
        /** From 0 to 8760, 72 unless given. */
        readonly transitHours: number;
        /** From 0 to 1, 0.005 unless given. */
        readonly unrecordedLoss: number;
        /** [] unless given. */
        readonly groups: readonly {
          readonly code: string;
          /** [] unless given. */
          readonly locations: readonly string[];
          /** [] unless given. */
          readonly groups: readonly string[];
        }[];
        /** [] unless given. */
        readonly channels: readonly {
          readonly code: string;
          /** At most 256 characters. */
          readonly name: string;
          /** [] unless given. */
          readonly locations: readonly string[];
          /** [] unless given. */
          readonly groups: readonly string[];
          /** From 0.0001 to 0.2, 0.01 unless given. */
          readonly epsilon: number;
          /** From 0 to 1000000, 0 unless given. */
          readonly holdback: number;
          /** From 0 to 1000000. */
          readonly cap?: number | undefined;
          /** From 0 to 1000000, 0 unless given. */
          readonly minPublish: number;
          /** From 0 to 8760, 0 unless given. */
          readonly inboundHorizonHours: number;
        }[];
        /** [] unless given. */
        readonly safetyStock: readonly {
          readonly id: string;
          /** From 0 to 1000000. */
          readonly units: number;
          /** At most 64 characters. */
          readonly sku?: string | undefined;
          /** At most 256 characters. */
          readonly category?: string | undefined;
          readonly location?: string | undefined;
          readonly group?: string | undefined;
          readonly channel?: string | undefined;
          readonly from?: string | undefined;
          readonly until?: string | undefined;
        }[];
        /** [] unless given. */
        readonly limits: readonly {
          readonly id: string;
          readonly channel: string;
          /** At most 64 characters. */
          readonly sku?: string | undefined;
          /** At most 256 characters. */
          readonly category?: string | undefined;
          /** From 0 to 1000000. */
          readonly holdback?: number | undefined;
          /** From 0 to 1000000. */
          readonly cap?: number | undefined;
          /** From 0 to 1000000. */
          readonly minPublish?: number | undefined;
          readonly from?: string | undefined;
          readonly until?: string | undefined;
        }[];
        /** [] unless given. */
        readonly allocations: readonly {
          readonly id: string;
          readonly channel: string;
          readonly mode: "exclusive" | "shared";
          /** From 0 to 1000000. */
          readonly units?: number | undefined;
          /** From 0 to 100. */
          readonly percent?: number | undefined;
          /** At most 64 characters. */
          readonly sku?: string | undefined;
          /** At most 256 characters. */
          readonly category?: string | undefined;
          readonly location?: string | undefined;
          readonly group?: string | undefined;
          readonly from?: string | undefined;
          readonly until?: string | undefined;
        }[];
        /** [] unless given. */
        readonly listings: readonly {
          readonly channel: string;
          /** At most 256 characters. */
          readonly channelSku: string;
          /** At most 64 characters. */
          readonly sku: string;
        }[];
      };
    };
  };
  /** Makes a document of rules the newest version; dryRun only says what would change. */
  'POST /v1/rules': {
    readonly request: {
      readonly query?: {
        readonly dryRun?: "0" | "1" | "false" | "true" | undefined;
      };
      readonly body: {
        readonly document: string | Readonly<Record<string, unknown>>;
        /** At most 256 characters. */
        readonly note?: string | undefined;
        readonly effectiveFrom?: string | undefined;
        /** From 0 to 2147483647. */
        readonly basedOn?: number | undefined;
        /** False unless given. */
        readonly dryRun?: boolean | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: AppliedRules | RulesDryRun;
  };
  /** All versions of the rules, the newest first: who applied what, and when it was in force. */
  'GET /v1/rules/versions': {
    readonly request: {
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly RulesVersion[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
    };
  };
  /** What is different between two versions of the rules; `to` is by default the one in force. */
  'GET /v1/rules/diff': {
    readonly request: {
      readonly query: {
        readonly from: string;
        readonly to?: string | undefined;
      };
    };
    readonly answer: {
      /** From 0. */
      readonly from: number;
      /** From 0. */
      readonly to: number;
      readonly diff: RulesDiff;
    };
  };
  /** Says everything that is wrong with a document of rules, and changes nothing. */
  'POST /v1/rules/validate': {
    readonly request: {
      readonly body: {
        readonly document: string | Readonly<Record<string, unknown>>;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: {
      readonly valid: true;
    };
  };
  /** Makes the document of an older version the newest version. */
  'POST /v1/rules/rollback': {
    readonly request: {
      readonly query?: {
        readonly dryRun?: "0" | "1" | "false" | "true" | undefined;
      };
      readonly body: {
        /** From 1 to 2147483647. */
        readonly toVersion: number;
        /** At most 256 characters. */
        readonly note?: string | undefined;
        readonly effectiveFrom?: string | undefined;
        /** From 0 to 2147483647. */
        readonly basedOn?: number | undefined;
        /** False unless given. */
        readonly dryRun?: boolean | undefined;
      };
      readonly idempotencyKey?: string;
    };
    readonly answer: AppliedRules | RulesDryRun;
  };
  /** The facts with this key or correlation id, and what is in quarantine under this key. */
  'GET /v1/facts/{key}': {
    readonly request: {
      readonly params: {
        /** At most 128 characters. */
        readonly key: string;
      };
      readonly query?: {
        /** At most 1024 characters. */
        readonly cursor?: string | undefined;
        readonly limit?: string | undefined;
        readonly location?: string | undefined;
      };
    };
    readonly answer: {
      readonly items: readonly Fact[];
      /** Give it back as `cursor` for what follows; null at the end. */
      readonly next: string | null;
      readonly quarantined: readonly QuarantinedFact[];
    };
  };
  /** The OpenAPI document of this API. */
  'GET /v1/openapi.json': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: {
      readonly openapi: "3.1.0";
    };
  };
  /** The AsyncAPI document: what webhooks are sent, and what is said over the sockets of stores. */
  'GET /v1/asyncapi.json': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: {
      readonly asyncapi: "3.0.0";
    };
  };
  /** The same as a page. A browser asks for the key: it is the password, the name does not matter. */
  'GET /docs': {
    readonly request: Readonly<Record<string, never>>;
    readonly answer: string;
  };
}
