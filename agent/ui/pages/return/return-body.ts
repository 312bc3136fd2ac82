import type { SoldLine, SoldReceipt } from '#shared/agent-api/answers.ts';
import type { Condition } from '#shared/protocol/fields.ts';
import { refundParts, type RefundPart } from '#shared/stock/refund.ts';

/** What comes back of a line, and how it was found. */
export interface Choice {
  readonly units: number;
  readonly condition: Condition;
}

/** By the line's place in the sale. */
export type Choices = ReadonlyMap<number, Choice>;

export const leftOf = ({ quantity, returned }: SoldLine): number => quantity - returned;

/** The line that a scanned article comes back of: the first of it that has more left than was chosen. */
export function scannedLine({ lines }: SoldReceipt, choices: Choices, sku: string): SoldLine | undefined {
  return lines.find((line) => line.sku === sku && (choices.get(line.line)?.units ?? 0) < leftOf(line));
}

/** What is given back for units of a line. */
export const refundOf = (line: SoldLine, units: number): RefundPart[] =>
  units > 0 ? refundParts(line, line.returned, units) : [];

export const refundMinor = ({ lines }: SoldReceipt, choices: Choices): number =>
  lines.reduce(
    (sum, line) =>
      sum +
      refundOf(line, choices.get(line.line)?.units ?? 0).reduce(
        (all, part) => all + part.quantity * part.unitPriceMinor,
        0,
      ),
    0,
  );

/** The fact's body. */
export function returnBody(sale: SoldReceipt, choices: Choices, reason: string) {
  const lines = sale.lines.flatMap((line) => {
    const { units = 0, condition = 'sellable' } = choices.get(line.line) ?? {};
    return refundOf(line, units).map((part) => ({
      sku: line.sku,
      ...part,
      condition,
      ...(line.isService ? { service: true } : {}),
    }));
  });
  return {
    ...(sale.receiptNo === null ? {} : { receiptNo: sale.receiptNo }),
    sale: sale.key,
    reason,
    currency: sale.currency,
    lines,
  };
}
