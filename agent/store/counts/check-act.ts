import type { Person } from '#shared/agent-api/answers.ts';
import type { TakenAct } from '#shared/agent-api/count-acts.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Count } from './count.ts';
import type { ActEntry } from './fold-sku.ts';
import { zoneKey } from './fold-sku.ts';

/** What only managers say: it decides about what others have seen. */
const FOR_MANAGERS: ReadonlySet<TakenAct['do']> = new Set(['resolve', 'recount', 'zero']);

/** The same act, but for how long ago it was when it was sent. */
export function isSameAct(entry: ActEntry, by: string, { ageMs: _age, ...act }: TakenAct): boolean {
  const { ageMs: _stored, ...stored } = entry.act;
  return entry.by === by && JSON.stringify(stored) === JSON.stringify(act);
}

/**
 * Whether this person may say this of the count as it is.
 * @param find the act with a key, also one that is said just before this one
 * Throws COUNT_ENDED, FORBIDDEN, NOT_FOUND, REQUEST_INVALID.
 */
export function checkAct(
  count: Count,
  { name, role }: Person,
  act: TakenAct,
  find: (key: string) => ActEntry | undefined,
): void {
  if (count.state !== 'open') throw new ShelfwireError('COUNT_ENDED', `The count is ${count.state}.`);
  if (FOR_MANAGERS.has(act.do) && role !== 'manager') {
    throw new ShelfwireError('FORBIDDEN', 'Only a manager may decide this.');
  }
  if (act.do === 'undo' || act.do === 'amend') {
    const target = find(act.entry);
    if (target === undefined) throw new ShelfwireError('NOT_FOUND', `The count has no act "${act.entry}".`);
    if (target.by !== name && role !== 'manager') {
      throw new ShelfwireError('FORBIDDEN', `That was said by ${target.by}.`);
    }
    if (target.act.do === 'undo') throw new ShelfwireError('REQUEST_INVALID', 'What was taken back is said anew.');
    if (act.do === 'amend' && target.act.do !== 'scan') {
      throw new ShelfwireError('REQUEST_INVALID', 'Only a scan is amended.');
    }
  }
  if (act.do === 'resolve' && act.choice !== 'add') {
    const { take } = act.choice;
    const there = count.tally.sku(act.sku)?.zones.find(({ zone }) => zoneKey(zone) === zoneKey(act.zone));
    if (there?.counters.some(({ by }) => by === take) !== true) {
      throw new ShelfwireError('REQUEST_INVALID', `${take} has not counted "${act.sku}" in "${act.zone}".`);
    }
  }
}
