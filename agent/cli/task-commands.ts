import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CommandHandlers, Terminal } from '#shared/runtime/run-command.ts';
import type { AgentCli } from '../options.ts';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { callAgent } from './call-agent.ts';

type TaskCommand = 'tasks list' | 'tasks accept' | 'tasks reject' | 'tasks pick' | 'tasks hand-over' | 'tasks ship';

/** As `status` says it. */
const NOT_RUNNING = 3;

/** Tasks of orders, through the agent that runs: it alone writes the journal. */
export const taskCommands: Pick<CommandHandlers<AgentCli>, TaskCommand> = {
  async 'tasks list'({ options }, terminal) {
    const query = options.state === undefined ? '' : `?state=${options.state}`;
    const answer = await callAgent(options.data, `/v1/tasks${query}`);
    if (answer === undefined) return notRunning(options.data, terminal);
    const { items } = answer as { items: TaskView[] };
    if (options.json) terminal.out(`${JSON.stringify({ tasks: items })}\n`);
    else terminal.out(items.length === 0 ? 'Nothing is to be done.\n' : items.map(taskText).join(''));
    return 0;
  },
  'tasks accept': ({ options, args }, terminal) => say(options.data, args.task, 'accept', {}, terminal),
  'tasks reject': ({ options, args }, terminal) =>
    say(options.data, args.task, 'reject', { ...linesOf(options), reason: options.reason }, terminal),
  'tasks pick': ({ options, args }, terminal) => say(options.data, args.task, 'pick', linesOf(options), terminal),
  'tasks hand-over': ({ options, args }, terminal) =>
    say(options.data, args.task, 'hand-over', linesOf(options), terminal),
  'tasks ship': ({ options, args }, terminal) => say(options.data, args.task, 'ship', linesOf(options), terminal),
};

async function say(folder: string, task: string, step: string, body: object, terminal: Terminal): Promise<number> {
  const answer = await callAgent(folder, `/v1/tasks/${encodeURIComponent(task)}/${step}`, body);
  if (answer === undefined) return notRunning(folder, terminal);
  terminal.out(taskText(answer as TaskView));
  return 0;
}

function notRunning(folder: string, terminal: Terminal): number {
  terminal.err(`The agent is not running on ${folder}.\n`);
  return NOT_RUNNING;
}

/**
 * `--line LINE=UNITS` and `--substitute LINE=UNITS=SKU`; without any, all that is left. A line's name, or a sku, may itself
 * have a "=".
 */
function linesOf({ line: own, substitute }: { line: readonly string[]; substitute: readonly string[] }): {
  lines?: object[];
} {
  if (own.length + substitute.length === 0) return {};
  return {
    lines: [
      ...own.map((text) => {
        const [, line, quantity] = /^(.+)=(\d{1,7})$/.exec(text) ?? [];
        if (line === undefined) throw new ShelfwireError('OPTION_INVALID', `--line ${text}: must be like LINE=UNITS.`);
        return { line, quantity: Number(quantity) };
      }),
      ...substitute.map((text) => {
        const [, line, quantity, sku] = /^(.+?)=(\d{1,7})=(.+)$/.exec(text) ?? [];
        if (line === undefined) {
          throw new ShelfwireError('OPTION_INVALID', `--substitute ${text}: must be like LINE=UNITS=SKU.`);
        }
        return { line, quantity: Number(quantity), substitute: sku };
      }),
    ],
  };
}

function taskText({ task, kind, state, order, customer, dueAt, reason, conflict, lines, unheard }: TaskView): string {
  const due = dueAt === null ? '' : `, due ${new Date(dueAt).toISOString()}`;
  const who = customer === null ? '' : `, for ${customer.name ?? customer.reference}`;
  const notes = [reason, conflict, unheard > 0 ? 'not at the hub yet' : null].filter((note) => note !== null);
  return [
    `${task}  ${state}  ${kind} ${order.channel} ${order.id}${who}${due}`,
    ...lines.map(({ line, sku, substitution, replaces, units, picked, handed }) => {
      const what = replaces === undefined ? sku : `${sku} instead of ${replaces}`;
      const may = substitution === undefined ? '' : '; may be substituted';
      return `    line ${line}  ${what}  ${units} to hand over, ${picked} of them picked; ${handed} handed over${may}`;
    }),
    ...notes.map((note) => `    ${note}`),
    '',
  ].join('\n');
}
