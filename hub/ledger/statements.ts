import { readFileSync } from 'node:fs';

/** A statement of sql/, prepared once per connection under its own name. */
function statement(name: string): { name: string; text: string } {
  return { name, text: readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8') };
}

export const INSERT_FACTS = statement('insert-facts');
export const APPLY_LINES = statement('apply-lines');
export const SETTLE_LINES = statement('settle-lines');
export const ABSORB_LINES = statement('absorb-lines');
export const TELL_POSITIONS = statement('tell-positions');
export const INSERT_COUNTS = statement('insert-counts');
export const VOID_COUNTS = statement('void-counts');
export const RECOUNT = statement('recount');
export const INSERT_VOIDS = statement('insert-voids');
export const FIND_KEY_HOLDERS = statement('find-key-holders');
export const FIND_OTHER_FACTS = statement('find-other-facts');
export const INSERT_QUARANTINE = statement('insert-quarantine');
export const INSERT_RELEASED = statement('insert-released');
export const LOCK_TRANSFERS = statement('lock-transfers');
export const INSERT_TRANSFER_ENTRIES = statement('insert-transfer-entries');
export const VOID_TRANSFER_ENTRIES = statement('void-transfer-entries');
export const SUM_TRANSFERS = statement('sum-transfers');
