import type { CliDefinition } from '#shared/runtime/command-definition.ts';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand, type Terminal } from '#shared/runtime/run-command.ts';
import { MUTANTS } from './mutants.ts';
import { simulate, type RunResult } from './run.ts';

const DEFINITION = {
  name: 'npm run sim --',
  summary: 'Simulates many agents and a hub from a seed and checks the rules while everything fails.',
  version: '1',
  options: {
    seed: { type: 'number', min: 0, max: 4_294_967_295, default: 1, help: 'The first seed.' },
    seeds: { type: 'number', min: 1, max: 1_000_000_000, default: 1, help: 'How many seeds, one after the other.' },
    stores: { type: 'number', min: 1, max: 1_000, default: 3, help: 'Stores; some have two devices.' },
    facts: { type: 'number', min: 1, max: 1_000_000, default: 200, help: 'Facts that the tills of each store tell.' },
    mutant: {
      type: 'enum',
      values: ['none', ...Object.keys(MUTANTS)],
      default: 'none',
      help: 'A rule to break on purpose.',
    },
    verbose: { type: 'boolean', help: 'Print everything that happens.' },
  },
  commands: { run: { summary: 'Run one or more seeds.' } },
} as const satisfies CliDefinition;

const cli = defineCli(DEFINITION);
type Options = Extract<ReturnType<typeof cli.parse>, { command: 'run' }>['options'];

const argv = process.argv.slice(2);
const handlers = { run: ({ options }: { options: Options }, terminal: Terminal) => runSeeds(options, terminal) };
process.exitCode = await runCommand(cli, handlers, argv[0] === 'run' ? argv : ['run', ...argv]);

async function runSeeds(options: Options, terminal: Terminal): Promise<number> {
  const { seed, seeds, stores, facts, verbose } = options;
  const mutant = MUTANTS[options.mutant];
  const startedMs = performance.now();
  const sum = { events: 0, acknowledged: 0, simulatedMs: 0, slowestMs: 0, slowestSeed: seed };
  const bar = progressBar(terminal);
  for (let place = 0; place < seeds; place++) {
    const result = await simulate({
      seed: seed + place,
      stores,
      facts,
      progress: (share) => bar.show((place + share) / seeds, `seed ${seed + place}, ${sum.acknowledged} acknowledged`),
      ...(mutant ? { mutant } : {}),
      ...(verbose ? { tell: (line: string) => terminal.out(`${line}\n`) } : {}),
    });
    if (result.violation) {
      bar.clear();
      terminal.out(describeViolation(result, options));
      return 1;
    }
    sum.events += result.events;
    sum.acknowledged += result.acknowledged;
    sum.simulatedMs += result.simulatedMs;
    if ((result.convergedAfterMs ?? 0) > sum.slowestMs) {
      sum.slowestMs = result.convergedAfterMs ?? 0;
      sum.slowestSeed = result.seed;
    }
    if (seeds === 1) terminal.out(`trace ${result.traceHash}\n`);
  }
  bar.clear();
  const tookMs = performance.now() - startedMs;
  terminal.out(
    [
      `seeds          ${seed} to ${seed + seeds - 1}, every rule held`,
      `acknowledged   ${sum.acknowledged.toLocaleString('en-GB')} facts, all at the hub, positions equal the oracle's`,
      `events         ${sum.events.toLocaleString('en-GB')}`,
      `simulated      ${(sum.simulatedMs / 3_600_000).toFixed(1)} h in ${(tookMs / 1_000).toFixed(1)} s`,
      `convergence    at most ${(sum.slowestMs / 1_000).toFixed(0)} s after the last fault (seed ${sum.slowestSeed})`,
      '',
    ].join('\n'),
  );
  return 0;
}

/** What went wrong, what happened before, and how to see it again. */
function describeViolation(result: RunResult, { stores, facts, mutant }: Options): string {
  const { rule, detail, atMs } = result.violation ?? { rule: '', detail: '', atMs: 0 };
  const broken = mutant === 'none' ? '' : ` --mutant ${mutant}`;
  return [
    ...result.lastNotes,
    '',
    `Rule ${rule} was broken after ${(atMs / 1_000).toFixed(3)} s: ${detail}`,
    `Replay: npm run sim -- --seed ${result.seed} --stores ${stores} --facts ${facts}${broken} --verbose`,
    '',
  ].join('\n');
}

/** One line that is drawn again, at most ten times a second; nothing where nobody looks. */
function progressBar(terminal: Terminal): { show(share: number, text: string): void; clear(): void } {
  let shownMs = 0;
  return {
    show(share, text) {
      if (!terminal.isInteractive || performance.now() - shownMs < 100) return;
      shownMs = performance.now();
      const filled = Math.round(Math.min(1, share) * 30);
      terminal.err(`\r[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${(share * 100).toFixed(0)} % ${text}\u001b[K`);
    },
    clear() {
      if (terminal.isInteractive && shownMs > 0) terminal.err('\r\u001b[K');
    },
  };
}
