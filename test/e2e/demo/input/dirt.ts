import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { Delivery, ExpectedRefusal, PlanPart } from './delivery.ts';
import { salesDrop } from './drops.ts';
import { postingsOf } from './postings.ts';
import type { StoreCode } from './rules.ts';
import type { Slice } from './slice.ts';
import type { DealtInvoice } from './stores.ts';

/**
 * Bad input of the demo's own, beside what the data set brings: each must be refused with its code, stand verbatim in
 * quarantine, and keep nothing good from being taken. All comes after the first day, so that used keys are used.
 */
export function addDirt(
  slice: Slice,
  posted: readonly DealtInvoice[],
  dropped: readonly DealtInvoice[],
  collected: readonly DealtInvoice[],
): PlanPart {
  const deliveries: Delivery[] = [];
  const refusals: ExpectedRefusal[] = [];
  const day = Math.min(1.2, slice.days.length - 0.02);

  const post = (store: StoreCode, code: ErrorCode, why: string, text: string, fine: string[] = []): void => {
    const bad = { key: '', text, answer: code };
    const rest = fine.map((text) => ({ key: '', text, answer: 'taken' as const }));
    deliveries.push({ store, day, way: 'post', postings: [bad, ...rest], asArray: fine.length > 0 });
    refusals.push({ store, code, verbatim: text, why, rows: [] });
  };
  const drop = (store: StoreCode, name: string, lines: readonly string[]): void => {
    deliveries.push(salesDrop(store, day, name, `${lines.join('\n')}\n`, []));
  };
  const row = (store: StoreCode, why: string, raw: string): string => {
    refusals.push({ store, code: 'CSV_ROW_INVALID', verbatim: raw, why, rows: [] });
    return raw;
  };

  const known = postingOf(posted);
  post('YORK', 'BODY_NOT_JSON', 'malformed JSON', known.slice(0, known.length / 2));
  post('YORK', 'KEY_REUSED', 'key reused, other content', changed(known));
  post('YORK', 'FACT_KIND_UNKNOWN', 'unknown kind', '{"kind":"giftwrap","key":"uci:x1","body":{"lines":[]}}');
  post('YORK', 'FACT_INVALID', 'wrong type', sold('uci:x2', '"three"'));
  post('BATH', 'FACT_INVALID', 'wrong type', sold('uci:x3', '2.5'), [postingOf(collected)]);

  drop('LEEDS', 'broken-rows.csv', [
    slice.header,
    row('LEEDS', 'too few columns', '999001,22423,REGENCY CAKESTAND 3 TIER,2'),
    row('LEEDS', 'quantity is a word', '999002,22423,REGENCY CAKESTAND 3 TIER,two,2011-08-02 10:00:00,12.75,,France'),
    row('LEEDS', 'no such date', '999003,22423,REGENCY CAKESTAND 3 TIER,2,2011-02-30 10:00:00,12.75,,France'),
    row('LEEDS', 'quote not closed', '999004,22423,"REGENCY CAKESTAND 3 TIER,2,2011-08-02 10:00:00,12.75,,France'),
  ]);
  const semicolons = [slice.header, ...dropped[0]!.invoice.rows.slice(0, 3).map(({ raw }) => raw)].map((line) =>
    line.replaceAll(',', ';'),
  );
  drop('LEEDS', 'wrong-delimiter.csv', semicolons);
  refusals.push({
    store: 'LEEDS',
    code: 'CSV_FILE_INVALID',
    verbatim: `${semicolons.join('\n')}\n`,
    why: 'wrong delimiter',
    rows: [],
  });
  const corrected = simpleSale(dropped).invoice.rows.map(({ raw }, index) => (index === 0 ? oneMore(raw) : raw));
  drop('LEEDS', 'key-reused.csv', [slice.header, ...corrected]);
  const verbatim = corrected.join('\n');
  refusals.push({ store: 'LEEDS', code: 'KEY_REUSED', verbatim, why: 'key reused, other content', rows: [] });
  return { deliveries, refusals };
}

/** An early invoice that is one sale and can be taken apart at its commas. */
function simpleSale(dealt: readonly DealtInvoice[]): DealtInvoice {
  const simple = dealt.find(
    ({ facts, unreadable, invoice }) =>
      facts.length === 1 &&
      facts[0]?.kind === 'sale' &&
      unreadable.length === 0 &&
      invoice.rows.length < 40 &&
      invoice.rows.every(({ raw }) => !raw.includes('"')),
  );
  if (!simple) throw new Error('There is no simple sale among these invoices.');
  return simple;
}

const postingOf = (dealt: readonly DealtInvoice[]): string => postingsOf(simpleSale(dealt)).postings[0]!.text;

const changed = (text: string): string => text.replace(/"quantity":(\d+)/, (_all, units) => `"quantity":${+units + 1}`);

const sold = (key: string, quantity: string): string =>
  `{"kind":"sale","key":"${key}","body":{"currency":"GBP","lines":[{"sku":"22423","quantity":${quantity},"unitPriceMinor":1275}]}}`;

function oneMore(raw: string): string {
  const cells = raw.split(',');
  cells[3] = String(Number(cells[3]) + 1);
  return cells.join(',');
}
