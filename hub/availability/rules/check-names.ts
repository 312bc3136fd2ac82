import type { RulesPath, RulesProblems } from '#hub/rules/rules-problem.ts';
import { SECTIONS, type RulesDocument } from './rules-document.ts';

/** Codes, ids and listings are there once, and so is each name within a list. */
export function checkNames(document: RulesDocument, problems: RulesProblems): void {
  const groups = new Once(problems, 'group', 'Give one of them another code, or make one group of both.');
  const channels = new Once(problems, 'channel', 'Give one of them another code, or make one channel of both.');
  const rules = new Once(problems, 'rule', 'Give each rule an id of its own: the audit names it by that.');
  const listings = new Once(problems, 'listing', 'A sku of the channel stands for one of ours: leave one of them.');
  for (const section of SECTIONS) {
    for (const [place, entry] of document[section].entries()) {
      if ('id' in entry) rules.take(entry.id, [section, place, 'id']);
      else if ('channelSku' in entry) {
        listings.take(`${entry.channelSku} of ${entry.channel}`, [section, place, 'channelSku']);
      } else {
        (section === 'groups' ? groups : channels).take(entry.code, [section, place, 'code']);
        for (const list of ['locations', 'groups'] as const) {
          const once = new Once(problems, list === 'groups' ? 'group' : 'location', 'Leave one of them.');
          for (const [step, code] of entry[list].entries()) once.take(code, [section, place, list, step]);
        }
      }
    }
  }
}

class Once {
  readonly #first = new Map<string, RulesPath>();
  readonly #problems: RulesProblems;
  readonly #what: string;
  readonly #remedy: string;

  constructor(problems: RulesProblems, what: string, remedy: string) {
    this.#problems = problems;
    this.#what = what;
    this.#remedy = remedy;
  }

  take(name: string, path: RulesPath): void {
    const first = this.#first.get(name);
    if (first === undefined) {
      this.#first.set(name, path);
      return;
    }
    const line = this.#problems.lineOf(first);
    this.#problems.add(
      'duplicate-name',
      path,
      `The ${this.#what} ${name} is here twice, first in line ${line}.`,
      this.#remedy,
    );
  }
}
