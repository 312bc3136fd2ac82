import { processTerminal, runCommand } from '#shared/runtime/run-command.ts';
import { drawOutcome } from './screen/closing-table.ts';
import { keepRunning } from './screen/keep.ts';
import { demoCli } from './options.ts';
import { Display } from './screen/progress.ts';
import { runDemo, type Audience } from './run.ts';
import { penFor } from './screen/screen.ts';

const out = process.stdout;
const pen = penFor(processTerminal.isInteractive);
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

const audience: Audience = {
  say: (text) => void out.write(` ${pen('dim', text)}\n`),
  show(read) {
    const display = new Display(out, read);
    display.start();
    return () => display.stop();
  },
};

const argv = process.argv.slice(2);
process.exitCode = await runCommand(
  demoCli,
  {
    async run({ options }) {
      try {
        const outcome = await runDemo(options, audience, interrupted.signal, async (outcome, system) => {
          out.write(`\n${drawOutcome(outcome, pen).join('\n')}\n`);
          if (options.keep) await keepRunning(system, interrupted.signal, (text) => void out.write(`${text}\n`));
        });
        return outcome.problems.length === 0 ? 0 : 1;
      } catch (error) {
        if (!interrupted.signal.aborted) throw error;
        out.write('\n stopped; everything that ran was ended and removed\n');
        return 130;
      }
    },
  },
  argv[0] === 'run' ? argv : ['run', ...argv],
);
