import { x12 } from '#hub/connectors/erp/x12/x12.ts';
import { referenceOf } from '#hub/connectors/erp/x12/transaction-sets.ts';
import { FileErp } from '#test/support/file-erp.ts';
import { readX12 } from '#test/support/x12-reader.ts';
import { erpContract } from './erp-contract.ts';

erpContract({
  name: 'x12',
  speaksHttp: false,
  example: x12.example,
  refused: {
    document: {
      act: 'write',
      target: '852',
      payload: { location: '0001', date: '20260101', lines: [{ sku: 'A*B', activity: 'QS', quantity: 1 }] },
    },
    code: 'ERP_MAPPING_FAILED',
    says: 'LIN: "A*B" has a sign in it that separates in X12.',
  },
  async start() {
    const erp = new FileErp(x12, { sender: 'SHELFWIRE', receiver: 'PARTNER' });
    return {
      keys: () =>
        erp.contents.map((text) => {
          const { reference } = readX12(text);
          return erp.asked.find((key) => referenceOf(key) === reference) ?? `unknown ${reference}`;
        }),
      stop: async () => erp.remove(),
      connect: () => erp.connect(),
    };
  },
});
