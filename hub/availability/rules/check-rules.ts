import { checkAmbiguity } from './check-ambiguity.ts';
import { checkEntries } from './check-entries.ts';
import { checkExclusives } from './check-exclusives.ts';
import { checkGroups } from './check-groups.ts';
import { checkNames } from './check-names.ts';
import { checkReferences, type KnownNames } from './check-references.ts';
import { checkSpread } from './check-spread.ts';
import { readRules, type RulesRead } from './read-rules.ts';
import type { RulesDocument } from './rules-document.ts';

/**
 * Everything that can be told of a document: its form, its names, and what its entries mean together. `problems` of the
 * answer lists all; with `known` the names of the database are looked at too.
 */
export function checkRules(text: string, known?: KnownNames): RulesRead {
  return checkRead(readRules(text), known);
}

export function checkRead(read: RulesRead, known?: KnownNames): RulesRead {
  if (read.document === undefined || read.problems.total > 0) read.problems.stopShort();
  if (read.document === undefined) return read;
  checkNames(read.document, read.problems);
  checkReferences(read, known);
  checkGroups(read.document, read.problems);
  if (!checkSpread(read.document, read.problems)) {
    read.problems.stopShort();
    return read;
  }
  checkEntries(read);
  checkAmbiguity(read.document, read.problems);
  checkExclusives(read.document, read.problems);
  return read;
}

/** The document of a reading that must have no problem; throws RULES_INVALID with all of them. */
export function acceptRules({ document, problems }: RulesRead): RulesDocument {
  problems.refuse();
  if (document === undefined) throw new Error('A document without problems must be there.');
  return document;
}
