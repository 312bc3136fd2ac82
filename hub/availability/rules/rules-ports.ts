import type { PoolClient } from 'pg';
import type { RulesDocument } from './rules-document.ts';
import type { RuleVersion } from './rule-versions.ts';

/** What a change of the rules would do to the numbers that channels are offered. */
export interface ChangePreview {
  /** Skus times channels that were looked at. */
  readonly pairs: number;
  /** How many of them would change. */
  readonly changed: number;
  /** Those that change most. */
  readonly examples: readonly {
    readonly sku: string;
    readonly channel: string;
    readonly from: number;
    readonly to: number;
  }[];
}

/** What this room asks of those that make numbers out of rules; the composition root connects them. */
export interface RulesPorts {
  /** A version came into force: called in the transaction that shows it in `channels` and `listings`. */
  onApplied?(client: PoolClient, version: RuleVersion): Promise<void>;
  /** What the numbers would be under other rules. Called in a transaction that is rolled back. */
  previewChange?(client: PoolClient, document: RulesDocument): Promise<ChangePreview>;
}
