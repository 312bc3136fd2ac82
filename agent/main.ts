import { runCommand } from '#shared/runtime/run-command.ts';
import { agentCommands } from './commands.ts';
import { agentCli } from './options.ts';

process.exitCode = await runCommand(agentCli, agentCommands, process.argv.slice(2));
