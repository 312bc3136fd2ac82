import type { FactDraft } from '#shared/protocol/fact.ts';

/** The key of the fact that a draft takes back, if it is such a draft. */
export function voidedKey({ kind, body }: FactDraft): string | undefined {
  return kind === 'void' && 'voids' in body ? body.voids : undefined;
}

/** What must be looked up before a draft is placed: whether it is known, and what it takes back. */
export function keysToKnow(draft: FactDraft): string[] {
  const target = voidedKey(draft);
  return target === undefined ? [draft.key] : [draft.key, target];
}
