import { runCommand } from '#shared/runtime/run-command.ts';
import { rulesPorts } from './availability/keep-current.ts';
import { availabilityCommands } from './cli/availability-commands.ts';
import { channelCommands } from './cli/channel-commands.ts';
import { erpCommands } from './cli/erp-commands.ts';
import { inboundCommands } from './cli/inbound-commands.ts';
import { keyCommands } from './cli/key-commands.ts';
import { runHubCommand } from './cli/run-command.ts';
import { reconcileCommands } from './cli/reconcile-commands.ts';
import { rulesCommands } from './cli/rules-commands.ts';
import { schemaCommands } from './cli/schema-commands.ts';
import { storeCommands } from './cli/store-commands.ts';
import { whatIfCommand } from './cli/what-if-command.ts';
import { hubCli } from './options.ts';

const commands = {
  ...runHubCommand,
  ...schemaCommands,
  ...storeCommands,
  ...keyCommands,
  ...channelCommands,
  ...erpCommands,
  ...reconcileCommands,
  ...inboundCommands,
  ...rulesCommands(rulesPorts(() => Date.now())),
  ...availabilityCommands,
  ...whatIfCommand,
};
process.exitCode = await runCommand(hubCli, commands, process.argv.slice(2));
