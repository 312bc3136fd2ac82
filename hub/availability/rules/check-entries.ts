import type { RulesPath, RulesProblems } from '#hub/rules/rules-problem.ts';
import { compileRules } from './compile-rules.ts';
import type { RulesRead } from './read-rules.ts';
import type { RuleTarget } from './rule-rank.ts';
import { validityOf } from './validity.ts';

/** What each rule says by itself makes sense. */
export function checkEntries({ document, problems, leftOut }: RulesRead): void {
  if (document === undefined) return;
  for (const section of ['safetyStock', 'limits', 'allocations'] as const) {
    for (const [place, rule] of document[section].entries()) {
      checkTargets(rule, [section, place], problems);
      checkValidity(rule, [section, place], problems);
    }
  }
  for (const [place, { id, holdback, cap, minPublish }] of document.limits.entries()) {
    if (holdback !== undefined || cap !== undefined || minPublish !== undefined) continue;
    const remedy = 'Give it `holdback`, `cap` or `minPublish`, or remove it.';
    problems.add('no-effect', ['limits', place, 'id'], `The limit ${id} sets nothing.`, remedy);
  }
  for (const [place, { id, units, percent }] of document.allocations.entries()) {
    if ((units === undefined) !== (percent === undefined)) continue;
    const what = units === undefined ? 'neither `units` nor `percent`' : 'both `units` and `percent`';
    const remedy = 'Give it exactly one of the two.';
    problems.add('units-or-percent', ['allocations', place, 'id'], `The allocation ${id} has ${what}.`, remedy);
  }
  const channels = new Map(document.channels.map(({ code, locations, groups }) => [code, { locations, groups }]));
  const groups = new Set(document.groups.map(({ code }) => code));
  for (const [place, row] of compileRules(document).allocations.entries()) {
    const rule = document.allocations[place];
    const spot = rule?.location ?? rule?.group;
    if (row.locations.length > 0 || spot === undefined || !channels.has(row.channel)) continue;
    // Groups that are wrong themselves are told of as that.
    if (rule?.location === undefined && !groups.has(spot)) continue;
    if (channels.get(row.channel)?.groups.some((code) => leftOut.groups.has(code))) continue;
    const field = rule?.location === undefined ? 'group' : 'location';
    if (problems.has(['allocations', place, field])) continue;
    problems.add(
      'no-effect',
      ['allocations', place, field],
      `The allocation ${row.ruleId} holds nowhere: ${row.channel} does not sell from ${spot}.`,
      `Add ${spot} to the channel's ${field}s, or name another ${field}.`,
    );
  }
}

function checkTargets(rule: RuleTarget & { readonly id: string }, path: RulesPath, problems: RulesProblems): void {
  const refuse = (one: 'sku' | 'location', several: 'category' | 'group') => {
    if (rule[one] === undefined || rule[several] === undefined) return;
    const remedy = `Leave \`${several}\` away to speak of the ${one}, or \`${one}\` to speak of the ${several}.`;
    problems.add('two-targets', [...path, several], `The rule ${rule.id} names a ${one} and a ${several}.`, remedy);
  };
  refuse('sku', 'category');
  refuse('location', 'group');
}

function checkValidity(
  rule: { readonly id: string; readonly from?: string | undefined; readonly until?: string | undefined },
  path: RulesPath,
  problems: RulesProblems,
): void {
  const { from, until } = validityOf(rule);
  if (from === null || until === null || from < until) return;
  const remedy = `Put \`until\` after ${rule.from}, or leave it away.`;
  problems.add('empty-validity', [...path, 'until'], `The rule ${rule.id} ends before it begins.`, remedy);
}
