import type { RulesProblems } from '#hub/rules/rules-problem.ts';
import type { RulesDocument } from './rules-document.ts';

/** No group contains itself, by however many others. Each cycle is told once, where it closes. */
export function checkGroups({ groups }: RulesDocument, problems: RulesProblems): void {
  const places = new Map(groups.map(({ code }, place) => [code, place]));
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (code: string): void => {
    way.push(code);
    const place = places.get(code);
    for (const [step, inner] of (place === undefined ? [] : (groups[place]?.groups ?? [])).entries()) {
      const from = way.indexOf(inner);
      if (from >= 0) {
        const cycle = [...way.slice(from), inner].join(' -> ');
        const remedy = `Take ${inner} out of ${code}, or another group out of the circle.`;
        problems.add(
          'group-cycle',
          ['groups', place ?? 0, 'groups', step],
          `A group contains itself: ${cycle}.`,
          remedy,
        );
      } else if (!done.has(inner)) visit(inner);
    }
    way.pop();
    done.add(code);
  };
  for (const { code } of groups) if (!done.has(code)) visit(code);
}
