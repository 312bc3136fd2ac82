import type { RulesProblems } from '#hub/rules/rules-problem.ts';
import { groupLocations, locationsOf } from './group-locations.ts';
import { RULES_LIMITS } from './read-rules.ts';
import type { GroupRule, RulesDocument } from './rules-document.ts';

const REMEDY = `At most ${RULES_LIMITS.spread} are taken. Let one rule speak of a category, or of all locations, not each of a group.`;

/**
 * Channels and rules times the locations of each stay below a bound: tables have a row for each, and further checks look at
 * each. Whether they do; else the rule that comes above it is told.
 */
export function checkSpread(document: RulesDocument, problems: RulesProblems): boolean {
  const nested = tooNested(document.groups);
  if (nested !== undefined) {
    const message = `Groups, each with the names in the groups in it, come to more than ${RULES_LIMITS.spread} names.`;
    problems.add('too-large', ['groups', nested, 'code'], message, 'Let fewer groups contain others.');
    return false;
  }
  const groups = groupLocations(document.groups);
  let total = 0;
  const takes = (path: readonly [string, number], locations: number): boolean => {
    total += locations;
    if (total <= RULES_LIMITS.spread) return true;
    const message = `Channels and rules, each times its locations, come to more than ${RULES_LIMITS.spread} here.`;
    problems.add('too-large', path, message, REMEDY);
    return false;
  };
  const sellsFrom = new Map<string, number>();
  for (const [place, channel] of document.channels.entries()) {
    const { length } = locationsOf(channel, groups);
    sellsFrom.set(channel.code, length);
    if (!takes(['channels', place], length)) return false;
  }
  for (const [place, { location, group }] of document.safetyStock.entries()) {
    const locations = location !== undefined || group === undefined ? 1 : (groups.get(group)?.length ?? 0);
    if (!takes(['safetyStock', place], locations)) return false;
  }
  for (const [place, { channel, location, group }] of document.allocations.entries()) {
    const ofGroup = group === undefined ? Infinity : (groups.get(group)?.length ?? 0);
    const locations = location === undefined ? Math.min(ofGroup, sellsFrom.get(channel) ?? 0) : 1;
    if (!takes(['allocations', place], locations)) return false;
  }
  return true;
}

/** The group at which the names of all, those of inner groups counted again in each, come above the bound. */
function tooNested(groups: readonly GroupRule[]): number | undefined {
  const byCode = new Map(groups.map((group) => [group.code, group]));
  let total = 0;
  for (const [place, { code }] of groups.entries()) {
    const seen = new Set([code]);
    // A set gives what is added while it is walked, too.
    for (const name of seen) {
      const group = byCode.get(name);
      total += (group?.locations.length ?? 0) + (group?.groups.length ?? 0);
      if (total > RULES_LIMITS.spread) return place;
      for (const inner of group?.groups ?? []) seen.add(inner);
    }
  }
  return undefined;
}
