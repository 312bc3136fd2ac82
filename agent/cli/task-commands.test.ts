import { expect, it } from 'vitest';
import { runCommand } from '#shared/runtime/run-command.ts';
import { capturedRun } from '#test/support/captured-run.ts';
import { runAgent } from '#test/support/running-agent.ts';
import { STORE_TASK } from '#test/support/store-task.ts';
import { agentCommands } from '../commands.ts';
import { agentCli } from '../options.ts';

it('shelfwire-agent tasks: lists, answers with lines, and says when no agent runs', async () => {
  const agent = await runAgent();
  await agent.daemon.store.db.tasks.upsert(STORE_TASK);
  const run = (...argv: string[]) =>
    capturedRun((terminal) => runCommand(agentCli, agentCommands, [...argv, '--data', agent.folder], terminal));
  expect((await run('tasks', 'list')).out).toBe(
    '1  open  ship web W-1, for c-1, due 2026-01-31T00:00:00.000Z\n    line a=b  A  3 to hand over, 0 of them picked; 0 handed over\n',
  );
  expect(JSON.parse((await run('tasks', 'list', '--json')).out)).toMatchObject({ tasks: [{ task: 1 }] });
  expect((await run('tasks', 'accept', '1')).out).toContain('accepted');
  expect((await run('tasks', 'pick', '1', '--line', 'a=b=1')).out).toContain('1 of them picked');
  expect((await run('tasks', 'reject', '1', '--line', 'a=b=1', '--reason', 'broken')).out).toContain('    broken\n');
  expect((await run('tasks', 'hand-over', '1')).err).toContain('Units of task 1 are shipped.');
  expect((await run('tasks', 'ship', '1', '--line', 'a')).err).toContain('LINE=UNITS');
  expect((await run('tasks', 'pick', '1', '--substitute', 'a=b=1')).err).toContain('LINE=UNITS=SKU');
  const [line] = STORE_TASK.lines;
  await agent.daemon.store.db.tasks.upsert({
    ...STORE_TASK,
    id: '2',
    task: 2,
    lines: [{ ...line!, substitution: 'store' }],
  });
  const instead = ['2', '--line', 'a=b=1', '--substitute', 'a=b=2=A=2'];
  expect((await run('tasks', 'pick', ...instead)).out).toContain(
    '    line a=b  A  1 to hand over, 1 of them picked; 0 handed over; may be substituted\n' +
      '    line a=b  A=2 instead of A  2 to hand over, 2 of them picked; 0 handed over\n',
  );
  expect((await run('tasks', 'ship', ...instead)).out).toContain('2  shipped');
  expect((await run('tasks', 'ship', '1')).out).toContain('1  shipped');
  expect((await run('tasks', 'list')).out).toBe('Nothing is to be done.\n');
  await agent.daemon.stop('test');
  expect(await run('tasks', 'list')).toMatchObject({ code: 3, out: '', err: expect.stringContaining('not running') });
});
