import { eraseExpired } from './store/personal-data.ts';
import { forgetCancellations } from './store/unseen-cancellations.ts';
import { forgetTasks } from './tasks/forget-tasks.ts';
import { takeAnswers } from './tasks/take-answers.ts';
import { followHolds } from './work/follow-holds.ts';
import { expireUncollected, lookAgain } from './work/look-again.ts';
import { workEffects, type WorkParts } from './work/work-effects.ts';

/** Something that is done again and again. Each may run in every hub at once. */
export interface OrderTask {
  readonly name: string;
  readonly everyMs: number;
  readonly firstAfterMs: number;
  turn(): Promise<void>;
}

/** What keeps orders going, whoever was killed in between. */
export function orderTasks(parts: WorkParts): OrderTask[] {
  return [
    { name: 'what orders ask for', everyMs: 500, firstAfterMs: 0, turn: () => workEffects(parts) },
    {
      name: 'orders whose units went another way',
      everyMs: 2_000,
      firstAfterMs: 0,
      turn: async () => void (await followHolds(parts)),
    },
    {
      name: 'what stores answer to tasks',
      everyMs: 500,
      firstAfterMs: 0,
      turn: () => takeAnswers(parts),
    },
    {
      name: 'tasks that stores may forget',
      everyMs: 3_600_000,
      firstAfterMs: 120_000,
      turn: async () => void (await forgetTasks(parts.pool, parts.now())),
    },
    {
      name: 'orders that wait',
      everyMs: 5_000,
      firstAfterMs: 0,
      turn: () => lookAgain(parts.pool, parts.now()),
    },
    {
      name: 'orders that nobody collects',
      everyMs: 60_000,
      firstAfterMs: 5_000,
      turn: () => expireUncollected(parts),
    },
    {
      name: 'cancellations of orders that never came',
      everyMs: 3_600_000,
      firstAfterMs: 180_000,
      turn: () => forgetCancellations(parts.pool, parts.now()),
    },
    {
      name: 'personal data whose time is over',
      everyMs: 3_600_000,
      firstAfterMs: 60_000,
      turn: async () => void (await eraseExpired(parts.pool, parts.now())),
    },
  ];
}
