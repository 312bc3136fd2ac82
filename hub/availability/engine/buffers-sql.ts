import type { RuleSet } from './rule-set.ts';
export function hasBuffers(_set: RuleSet): boolean {
  return false;
}
export function buffersText(_set: RuleSet): string {
  return '';
}
