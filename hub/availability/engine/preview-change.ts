import { setImmediate } from 'node:timers/promises';
import { bufferThresholds } from '#shared/stock/buffer-thresholds.ts';
import { joined } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import type { ChangePreview } from '#hub/availability/rules/rules-ports.ts';
import { readNumbers, ruleRowsOf, type Numbers, type RuleRow, type RuleRows } from './make-rule-set.ts';
import { previewText } from './preview-sql.ts';
import type { RuleKind, RuleSet } from './rule-set.ts';
import type { SqlShape } from './slot-sql.ts';

/** Positions that one statement looks at. */
const CHUNK_POSITIONS = 20_000;
const EXAMPLES = 10;
/** No set that is written down has this number. */
const UNWRITTEN = 0;

export interface PreviewQuestion {
  readonly document: RulesDocument;
  /** Which dated rules hold, ms since 1970. */
  readonly at: number;
  /** From when locations that are not silent are seen, ms since 1970. */
  readonly seenAt: number;
  /** What is not looked at by then is left out; the answer says so. */
  readonly budgetMs: number;
}

interface Part {
  readonly channels: readonly { channel: string; pairs: number; changed: number; from: number; to: number }[];
  readonly examples: ChangePreview['examples'];
}

const HAS_TERMS = 'SELECT EXISTS (SELECT FROM shelf_terms) AS there';
const SIZE = `
  SELECT (SELECT count(*) FROM availability)::int AS skus, (SELECT count(*) FROM shelf_terms)::int AS positions`;
const SKUS = 'SELECT sku FROM availability WHERE sku > $1 ORDER BY sku LIMIT $2';
/** Before the first rules nothing is kept for channels yet: positions alone tell what there is. */
const FIRST_SIZE = 'SELECT count(DISTINCT sku)::int AS skus, count(*)::int AS positions FROM positions';
const FIRST_SKUS = 'SELECT DISTINCT sku FROM positions WHERE sku > $1 ORDER BY sku LIMIT $2';
const KNOWN_RISKS = 'SELECT DISTINCT epsilon FROM lag_thresholds WHERE class = 0';
const SHOWN = 'SELECT code, channel_no AS no FROM channels WHERE removed_at IS NULL';

/**
 * What channels would be offered by the rules of a document, of stock, silence and demand as they are: sku by sku in one
 * snapshot, so call it in a transaction that has one. Writes nothing.
 */
export async function previewChange(client: Queryable, question: PreviewQuestion): Promise<ChangePreview> {
  const endsAt = performance.now() + question.budgetMs;
  const numbers = await readNumbers(client);
  const shown = await client.query<{ code: string; no: number }>(SHOWN);
  const all = withNewChannels(numbers, question.document);
  const codes = new Map(shown.rows.map(({ code, no }) => [no, code]));
  for (const { code } of question.document.channels) codes.set(all.slots.get(code) ?? 0, code);
  const rules = ruleRowsOf(question.document, all, question.at);
  const set = toRuleSet(rules, question.at);
  const thresholds = await newThresholds(client, set, endsAt);
  const hasTerms = (await client.query<{ there: boolean }>(HAS_TERMS)).rows[0]?.there === true;
  const [sizeText, skusText] = hasTerms ? [SIZE, SKUS] : [FIRST_SIZE, FIRST_SKUS];
  const text = previewText(set, shapeOf(rules), codes, hasTerms ? 'shelf_terms' : 'positions');
  const given = [JSON.stringify(rules.rows), JSON.stringify(rules.channels), JSON.stringify(thresholds), EXAMPLES];
  const { skus = 0, positions = 0 } = (await client.query<{ skus: number; positions: number }>(sizeText)).rows[0] ?? {};
  const chunkSkus = Math.max(10, Math.ceil((CHUNK_POSITIONS * skus) / Math.max(1, positions)));
  const parts: Part[] = [];
  for (let after = ''; codes.size > 0;) {
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) break;
    const chunk = (await client.query<{ sku: string }>(skusText, [after, chunkSkus])).rows.map((row) => row.sku);
    if (chunk.length === 0) break;
    const values = [UNWRITTEN, question.seenAt, joined(chunk), ...given];
    const part = await within(client, leftMs, () => client.query<Part>(text, values));
    if (part?.rows[0] === undefined) break;
    parts.push(part.rows[0]);
    after = chunk.at(-1) ?? after;
  }
  return summed(parts, skus * codes.size);
}

/** Undefined when it takes longer: PostgreSQL breaks it off, and the transaction goes on. */
async function within<T>(client: Queryable, ms: number, work: () => Promise<T>): Promise<T | undefined> {
  await client.query('SAVEPOINT preview');
  await client.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.ceil(ms))}`);
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: unknown }).code !== QUERY_CANCELED) throw error;
    return undefined;
  } finally {
    // Settings that are local to the savepoint go with it.
    await client.query('ROLLBACK TO SAVEPOINT preview');
  }
}

const QUERY_CANCELED = '57014';

/** Channels that the document brings get the slots behind those that there are. */
function withNewChannels(numbers: Numbers, document: RulesDocument): Numbers {
  const slots = new Map(numbers.slots);
  let last = Math.max(0, ...slots.values());
  for (const { code } of document.channels) if (!slots.has(code)) slots.set(code, (last += 1));
  return { ...numbers, slots };
}

function toRuleSet({ slots, unrecordedLoss, transitHours, channels, rows }: RuleRows, at: number): RuleSet {
  const kinds = new Set<RuleKind>(rows.map(({ kind }) => kind));
  return { ruleSet: UNWRITTEN, rulesVersion: null, holdsAt: at, slots, unrecordedLoss, transitHours, channels, kinds };
}

function shapeOf({ slots, channels, rows }: RuleRows): SqlShape {
  const allocated = rows.some(({ kind }) => kind === 'exclusive' || kind === 'shared');
  const limited =
    rows.some(({ kind }) => kind === 'limit') ||
    channels.some(({ holdback, cap, minPublish }) => holdback > 0 || cap !== null || minPublish > 0);
  return { slots, allocations: allocated ? 1 + exclusivesMost(rows) : 0, limited };
}

/** How many exclusive allocations a position has at most: those of all products, of a category and of a sku add up. */
function exclusivesMost(rows: readonly RuleRow[]): number {
  const exclusive = rows.filter(({ kind }) => kind === 'exclusive');
  let most = 0;
  for (const here of Map.groupBy(exclusive, (row) => row.location_no).values()) {
    const byProduct = [...Map.groupBy(here, (row) => row.product)].map(
      ([product, list]) => [product, list.length] as const,
    );
    const mostOf = (letter: string): number =>
      Math.max(0, ...byProduct.filter(([product]) => product.charAt(0) === letter).map(([, count]) => count));
    most = Math.max(most, mostOf('') + mostOf('c') + mostOf('s'));
  }
  return most;
}

/** Each takes most of a second: many new risks are too many as well. */
async function newThresholds(client: Queryable, set: RuleSet, endsAt: number): Promise<object[]> {
  const known = new Set((await client.query<{ epsilon: number }>(KNOWN_RISKS)).rows.map((row) => row.epsilon));
  const made: object[] = [];
  for (const epsilon of new Set(set.channels.map((channel) => channel.epsilon))) {
    if (known.has(epsilon) || performance.now() > endsAt) continue;
    made.push(...bufferThresholds(epsilon).map((thresholds, place) => ({ epsilon, class: place, thresholds })));
    await setImmediate();
  }
  return made;
}

function summed(parts: readonly Part[], pairsTotal: number): ChangePreview {
  const channels = [
    ...Map.groupBy(
      parts.flatMap((part) => part.channels),
      ({ channel }) => channel,
    ),
  ]
    .map(([channel, own]) => {
      const sum = (field: 'pairs' | 'changed' | 'from' | 'to') => own.reduce((total, part) => total + part[field], 0);
      return { channel, pairs: sum('pairs'), changed: sum('changed'), from: sum('from'), to: sum('to') };
    })
    .sort((a, b) => (a.channel < b.channel ? -1 : 1));
  const weight = ({ from, to }: { from: number; to: number }): number => Math.abs(to - from);
  const examples = parts.flatMap((part) => part.examples).sort((a, b) => weight(b) - weight(a));
  return {
    pairs: channels.reduce((total, { pairs }) => total + pairs, 0),
    pairsTotal,
    changed: channels.reduce((total, { changed }) => total + changed, 0),
    channels: channels.map(({ channel, changed, from, to }) => ({ channel, changed, from, to })),
    examples: examples.slice(0, EXAMPLES),
  };
}
