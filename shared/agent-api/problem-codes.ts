import type { ErrorCode } from '../protocol/errors.ts';

/** Codes of what is set aside here or at the hub: each has its words in every language of the app. */
export const ASIDE_CODES = [
  'FACT_INVALID',
  'FACT_KIND_UNKNOWN',
  'FACT_TOO_LARGE',
  'FACT_AHEAD',
  'KEY_REUSED',
  'VOID_OF_VOID',
  'TRANSFER_TO_ITSELF',
  'RETURNED_TWICE',
  'BODY_NOT_JSON',
  'BODY_TOO_LARGE',
  'CSV_ROW_INVALID',
  'CSV_FILE_INVALID',
  'DOCUMENT_CUT',
  'POSLOG_TRANSACTION_INVALID',
  'POSLOG_FILE_INVALID',
  'PULLED_ORDER_INVALID',
  'INTERNAL',
] as const satisfies readonly ErrorCode[];
export type AsideCode = (typeof ASIDE_CODES)[number];

/** Codes that the status of a store may name: of the store as a whole, its connection, a source, the store's network, the disk. */
export const STATUS_CODES = [
  'NOT_ENROLLED',
  'CLOCK_OFF',
  'DISK_LOW',
  'QUARANTINE_FULL',
  'STORAGE_RECOVERED',
  'STORAGE_DAMAGED',
  'STORAGE_FULL',
  'STORAGE_IO',
  'STORAGE_BUSY',
  'STORAGE_FORBIDDEN',
  'STORAGE_CLOSED',
  'JOURNAL_CLOSED',
  'CONFIG_INVALID',
  'OPTION_INVALID',
  'HUB_UNREACHABLE',
  'HUB_BUSY',
  'HELLO_REQUIRED',
  'DB_UNAVAILABLE',
  'RATE_LIMITED',
  'REQUEST_INVALID',
  'CHECKPOINT_INVALID',
  'EPOCH_UNKNOWN',
  'SEQ_GAP',
  'FRAME_INVALID',
  'FRAME_TOO_LARGE',
  'DEVICE_UNKNOWN',
  'DEVICE_REVOKED',
  'SIGNATURE_INVALID',
  'NONCE_REPLAYED',
  'PROTOCOL_TOO_OLD',
  'PROTOCOL_TOO_NEW',
  'POS_UNREACHABLE',
  'POS_UNAUTHORIZED',
  'POS_BUSY',
  'POS_ANSWER_INVALID',
  'CSV_FILE_UNREADABLE',
  'NETWORK_PORT_TAKEN',
  'NETWORK_PORT_FORBIDDEN',
  'NETWORK_ADDRESS_ABSENT',
  'NETWORK_KEY_DAMAGED',
  'NETWORK_GUESSING',
  'INTERNAL',
] as const satisfies readonly ErrorCode[];
export type StatusCode = (typeof STATUS_CODES)[number];

/** What a problem is about, for words in another language than that of its detail. Each is there where it applies. */
export interface ProblemParams {
  /** Of the source that has it ("odoo:shop"). */
  readonly source?: string;
  readonly hubUrl?: string;
  /** Where the store's network is to be listened on. */
  readonly address?: string;
  readonly seconds?: number;
  /** The machine's clock is behind the hub's, not ahead of it. */
  readonly isBehind?: boolean;
  readonly freeMegabytes?: number;
}
