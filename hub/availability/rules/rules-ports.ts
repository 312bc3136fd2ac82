import type { PoolClient } from 'pg';
import type { RulesDocument } from './rules-document.ts';
import type { RuleVersion } from './rule-versions.ts';

/** What a change of the rules would do to the numbers that channels are offered. */
export interface ChangePreview {
  /** Skus times channels that were looked at, by sku. */
  readonly pairs: number;
  /** How many there are. Greater than `pairs`: they were too many for the time that a preview may take. */
  readonly pairsTotal: number;
  /** How many of `pairs` would change. */
  readonly changed: number;
  /** The same by channel, and how many units it is offered, and would be, of all skus that were looked at. */
  readonly channels: readonly {
    readonly channel: string;
    readonly changed: number;
    readonly from: number;
    readonly to: number;
  }[];
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
  /**
   * What the numbers would be under other rules, as those rules hold when they come into force. Called in a transaction
   * that sees one state and is rolled back.
   */
  previewChange?(client: PoolClient, document: RulesDocument, effectiveFrom: Date): Promise<ChangePreview>;
}
