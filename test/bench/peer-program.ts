import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A peer's program, which prints one line of JSON. */
export interface Program {
  /** The first line of the program's standard output, parsed; rejects with its last words when it ends without one. */
  answer(signal: AbortSignal): Promise<unknown>;
  /** Ends the program at once; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a program that ends when this process does. */
export function startProgram(script: string, parameters: string[], workingFolder: string): Program {
  // A pipe that we never write to: it ends when this process dies, and the programs end with it.
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, [script, ...parameters], {
    cwd: workingFolder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  // Listened to from the start, so that a line printed before anybody asks is not missed.
  const firstLine = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${basename(script)} ended with ${code}: ${reasonOf(lastWords)}`)));
  });
  firstLine.catch(() => undefined);
  return {
    async answer(signal) {
      signal.throwIfAborted();
      const ended = new AbortController();
      const tooLate = once(signal, 'abort', { signal: ended.signal }).then(() => signal.throwIfAborted());
      tooLate.catch(() => undefined);
      try {
        return JSON.parse(String(await Promise.race([firstLine, tooLate]))) as unknown;
      } finally {
        ended.abort();
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The error of what a program wrote before it ended, without the source line and the stack around it. */
function reasonOf(lastWords: string): string {
  return /^\w*Error\b.*$/m.exec(lastWords)?.[0] ?? lastWords.trim();
}
