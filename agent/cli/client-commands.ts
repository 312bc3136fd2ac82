import { makePrivateFolder } from '#shared/runtime/private-folder.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { ClientRegistry } from '../api/client-registry.ts';
import type { AgentCli } from '../options.ts';

type ClientHandlers = Pick<CommandHandlers<AgentCli>, 'client add' | 'client list' | 'client remove'>;

/** Clients of the loopback API. They work while the agent runs: it reads the file again when it has changed. */
export const clientCommands: ClientHandlers = {
  async 'client add'({ options, args }, terminal) {
    makePrivateFolder(options.data);
    const token = new ClientRegistry(options.data).add(args.name, Date.now());
    terminal.err(`Client "${args.name}" may call the loopback API with this token. It is shown only now.\n`);
    terminal.out(`${token}\n`);
    return 0;
  },

  async 'client list'({ options }, terminal) {
    const clients = new ClientRegistry(options.data).list();
    if (options.json) terminal.out(`${JSON.stringify({ clients })}\n`);
    else if (clients.length === 0) terminal.out('No clients yet: shelfwire-agent client add NAME\n');
    else {
      const width = Math.max(...clients.map(({ name }) => name.length));
      for (const { name, createdAt } of clients) terminal.out(`${name.padEnd(width)}  since ${createdAt}\n`);
    }
    return 0;
  },

  async 'client remove'({ options, args }, terminal) {
    new ClientRegistry(options.data).remove(args.name);
    terminal.out(`Client "${args.name}" has no access any more.\n`);
    return 0;
  },
};
