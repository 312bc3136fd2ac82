import type { FactDraft } from '#shared/protocol/fact.ts';
import { damageKeyOf } from './arrivals/arrival-facts.ts';

/** The key of the fact that a draft takes back, if it is such a draft. */
export function voidedKey({ kind, body }: FactDraft): string | undefined {
  return kind === 'void' && 'voids' in body ? body.voids : undefined;
}

/** What must be looked up before a draft is placed: whether it is known, what it takes back, and what goes with that. */
export function keysToKnow(draft: FactDraft): string[] {
  const target = voidedKey(draft);
  if (target === undefined) return [draft.key];
  const aside = damageKeyOf(target);
  return aside === undefined ? [draft.key, target] : [draft.key, target, aside, keyOfItsVoid(aside)];
}

/**
 * The void that goes with one that takes an arrival back: its damaged units were moved aside by an adjustment, a fact of its own,
 * and one without the other would leave them missing. Key and content are made of what is taken back, so that it is one void
 * whoever says it and however often, also from two devices of the store.
 *
 * An arrival that is not in the journal (pruned, or another device's) may have had damage: its void is said all the same.
 */
export function voidBeside(draft: FactDraft, isKnown: (key: string) => boolean): FactDraft | undefined {
  const target = voidedKey(draft);
  const aside = target === undefined ? undefined : damageKeyOf(target);
  if (target === undefined || aside === undefined) return undefined;
  if (isKnown(target) && !isKnown(aside)) return undefined;
  const { source, correlationId = draft.key } = draft;
  const body = { voids: aside, reason: `taken back with ${target}` };
  return { kind: 'void', key: keyOfItsVoid(aside), source, correlationId, body };
}

const keyOfItsVoid = (key: string): string => `${key}-void`;
