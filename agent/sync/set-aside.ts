import type { Journal } from '#agent/store/journal-contract.ts';
import { SET_ASIDE_AT_HUB, type Quarantine, type Rejected } from '#agent/store/quarantine.ts';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { toLine } from '#shared/protocol/frame.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';

export interface SetAsideParts {
  readonly journal: Pick<Journal, 'epoch' | 'read'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
}

/**
 * Keeps what the hub has set aside of this journal in the store's own quarantine too, so that who runs the store sees it
 * (F5). The hub decides about it and does not tell: the entry stays. Sent again, it is kept once.
 */
export async function keepSetAside(
  { journal, quarantine }: SetAsideParts,
  epoch: number,
  setAside: PushAnswer['quarantined'],
): Promise<void> {
  const kept: Rejected[] = [];
  for (const { seq, code } of setAside) {
    const [fact] = await journal.read(seq, 1);
    // Under another epoch this seq is another fact.
    if (journal.epoch !== epoch) break;
    if (fact?.seq !== seq) continue;
    const detail = `The hub has set this ${fact.kind} aside (fact ${seq}, key "${fact.key}") and its operator decides. It is in the store's own stock.`;
    const verbatim = toLine(fact);
    kept.push({ id: `hub:${epoch}:${seq}`, source: SET_ASIDE_AT_HUB, code: known(code), detail, verbatim });
  }
  if (kept.length > 0) await quarantine.keep(kept);
}

/** A newer hub may have reasons that have no name here. */
function known(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'FACT_INVALID';
}
