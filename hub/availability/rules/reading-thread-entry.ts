import { parentPort } from 'node:worker_threads';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { acceptRules, checkRead } from './check-rules.ts';
import { readRules, type RulesRead } from './read-rules.ts';
import type { ReadingAnswer, ReadingAsk } from './reading.ts';

const say = (answer: ReadingAnswer): void => parentPort?.postMessage(answer, []);
let read: RulesRead | undefined;

parentPort?.on('message', (question: ReadingAsk) => {
  if (question.kind === 'read') {
    read = readRules(question.text);
    say({ kind: 'read', document: read.document });
    return;
  }
  if (read === undefined) throw new Error('rules were to be checked before they were read');
  try {
    acceptRules(checkRead(read, question.known));
    say({ kind: 'good' });
  } catch (error) {
    // Anything unforeseen ends the thread.
    if (!(error instanceof ShelfwireError)) throw error;
    say({ kind: 'bad', detail: error.message, context: { ...error.context } });
  }
});
