import type { Queryable } from '#hub/db/snapshot.ts';
import type { Within } from '#hub/db/transaction.ts';
import type { Keep } from './acts.ts';
import type { RouteAnswer } from './route-answer.ts';

/** Acts, and within the act's transaction makes its answer and keeps it: a crash leaves both or neither. */
export async function keeping<Answer extends RouteAnswer>(
  keep: Keep,
  act: (within: Within) => Promise<void>,
  make: (client: Queryable) => Promise<Answer>,
): Promise<Answer> {
  let made: Answer | undefined;
  await act(async (client) => {
    made = await make(client);
    await keep(client, made);
  });
  if (made === undefined) throw new Error('an act did not call back within its transaction');
  return made;
}
