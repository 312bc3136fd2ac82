/** Runs test files of an RxDB checkout with one storage: `CHECKOUT OUTPUT TIMEOUT_MS FILE...`. Writes outcomes as JSON. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MochaLike, type Outcome } from './mocha-like.ts';
import { registerCheckout } from './module-hooks.ts';

const [checkout = '', output = '', timeoutMs = '', ...files] = process.argv.slice(2);
// What a test leaves behind is the test's, and RxDB ends the process for it: the next test must still run.
const exit = process.exit.bind(process);
process.exit = (() => {}) as never;
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
registerCheckout(checkout);
const outcomes: Outcome[] = [];
for (const file of files) {
  const keep = (outcome: Outcome) => {
    outcomes.push({ ...outcome, title: `${file} > ${outcome.title}` });
    // At once: what ends the process must not take with it what was passed before.
    writeFileSync(output, JSON.stringify(outcomes));
  };
  const mocha = new MochaLike(Number(timeoutMs), keep);
  Object.assign(globalThis, mocha.globals());
  try {
    await import(pathToFileURL(join(checkout, file)).href);
    await mocha.run();
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    keep({ title: '(loads)', state: 'failed', error: text });
  }
}
exit(0);
