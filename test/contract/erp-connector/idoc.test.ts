import { idoc } from '#hub/connectors/erp/idoc/idoc.ts';
import { receiptNumberOf } from '#hub/connectors/erp/idoc/write-idoc.ts';
import { FileErp } from '#test/support/file-erp.ts';
import { readIdoc } from '#test/support/idoc-reader.ts';
import { erpContract } from './erp-contract.ts';

erpContract({
  name: 'idoc',
  speaksHttp: false,
  example: idoc.example,
  refused: {
    document: {
      act: 'write',
      target: 'WPUBON01',
      payload: { SNDPRN: '1', E1WPB01: { E1WPB02: { MENGE: '12345678901' } } },
    },
    code: 'ERP_MAPPING_FAILED',
    says: 'E1WPB01.E1WPB02.MENGE: "12345678901" is longer than 10 signs.',
  },
  async start() {
    const erp = new FileErp(idoc, { senderPort: 'SHELFWIRE', receiverPort: 'SAPPRD', receiver: 'PRDCLNT100' });
    return {
      keys: () =>
        erp.contents.map((text) => {
          const { control } = readIdoc(text);
          const archived = control.get('ARCKEY') ?? '';
          return (
            erp.asked.find((key) => key === archived || receiptNumberOf(key) === archived) ?? `unknown ${archived}`
          );
        }),
      stop: async () => erp.remove(),
      connect: () => erp.connect(),
    };
  },
});
