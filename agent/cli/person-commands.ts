import { PERSON_ROLES } from '#shared/agent-api/answers.ts';
import { makePrivateFolder } from '#shared/runtime/private-folder.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import type { AgentCli } from '../options.ts';
import { People } from '../people/people.ts';

type PersonHandlers = Pick<CommandHandlers<AgentCli>, 'person add' | 'person list' | 'person remove'>;

/** Who may sign in at the store's app. They work while the agent runs: it reads the file again when it has changed. */
export const personCommands: PersonHandlers = {
  async 'person add'({ options, args }, terminal) {
    makePrivateFolder(options.data);
    const { role, pin } = options;
    const given = new People(options.data).add({ name: args.name, role: role ?? PERSON_ROLES[0], pin }, Date.now());
    terminal.err(`${args.name} signs in with this PIN. It is shown only now.\n`);
    terminal.out(`${given}\n`);
    return 0;
  },

  async 'person list'({ options }, terminal) {
    const people = new People(options.data).list();
    if (options.json) terminal.out(`${JSON.stringify({ people })}\n`);
    else if (people.length === 0) terminal.out('Nobody yet: shelfwire-agent person add NAME --role manager\n');
    else {
      const width = Math.max(...people.map(({ name }) => name.length));
      for (const { name, role, createdAt } of people) {
        terminal.out(`${name.padEnd(width)}  ${role.padEnd(7)}  since ${createdAt}\n`);
      }
    }
    return 0;
  },

  async 'person remove'({ options, args }, terminal) {
    new People(options.data).remove(args.name);
    terminal.out(`${args.name} cannot sign in any more.\n`);
    return 0;
  },
};
