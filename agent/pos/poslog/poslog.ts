import { DocumentGroup } from '../files/document-group.ts';
import { endsWithElement } from '../files/file-end.ts';
import { Interrupted, type FileFormat, type OpenFile } from '../files/file-format.ts';
import { factsOfTransaction } from './facts-of-transaction.ts';
import type { PoslogFeed } from './feed-config.ts';
import { textOfXml } from './text-stream.ts';
import { TransactionReader, type Transaction } from './transaction-reader.ts';

/** Logs of tills in the standard's XML. */
export function poslogFormat(feed: PoslogFeed): FileFormat {
  return { prefix: 'poslog', feed, endsWhole: endsWithElement, take: (file) => takePoslog(feed, file) };
}

/**
 * Streams one log into the journal. A transaction that cannot be read is rejected alone. Throws POSLOG_FILE_INVALID when
 * the file is no log, or breaks off: what was complete before that is taken, and known when the whole file comes.
 */
async function takePoslog(feed: PoslogFeed, file: OpenFile): Promise<void> {
  const { report } = file;
  const group = new DocumentGroup(file);
  const factsOf = factsOfTransaction(feed);
  const add = (transaction: Transaction): void => {
    const { line, raw, element, reason } = transaction;
    report.rowsRead += 1;
    const facts = element === undefined ? { rejected: reason } : factsOf(element);
    if ('rejected' in facts) {
      return group.reject({ line, raw, code: 'POSLOG_TRANSACTION_INVALID', reason: facts.rejected });
    }
    if (facts.passedOver !== undefined) report.passOver(facts.passedOver);
    group.add({ documents: facts.documents.map((one) => ({ ...one, rows: [{ line, raw }] })), rejected: [] });
  };
  const reader = new TransactionReader();
  try {
    for await (const text of textOfXml(file.path)) {
      if (file.isStopping()) throw new Interrupted();
      for (const transaction of reader.push(text)) {
        group.header ??= reader.rootText;
        add(transaction);
      }
      await group.flushIfFull();
    }
    for (const transaction of reader.end()) {
      group.header ??= reader.rootText;
      add(transaction);
    }
  } finally {
    await group.flush();
  }
}
