import { expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { callWithToken, type Grant } from './access-tokens.ts';
import type { Http, HttpAnswer } from './http.ts';

const ok: HttpAnswer = { status: 200, headers: {}, text: '' };

/** A channel that grants t1, t2, ..., each for an hour, and takes those that are in `good`. */
function channel() {
  const clock = new ManualClock();
  const http: Http = async () => ok;
  const good = new Set<string>();
  let granted = 0;
  const grant = async (): Promise<Grant> => {
    await Promise.resolve();
    granted += 1;
    good.add(`t${granted}`);
    return { token: `t${granted}`, expiresInMs: 3_600_000 };
  };
  const used: string[] = [];
  const ask = (name = 'a', from = grant) =>
    callWithToken({ http, clock }, { name, grant: from }, async (token) => {
      used.push(token);
      return { ...ok, status: good.has(token) ? 200 : 401 };
    });
  return { clock, good, used, ask, granted: () => granted };
}

it('asks for a token once for calls at the same time, and for another shortly before its end', async () => {
  const { clock, ask, granted, used } = channel();
  await Promise.all([ask(), ask(), ask()]);
  expect([granted(), used]).toEqual([1, ['t1', 't1', 't1']]);
  clock.pass(3_539_000);
  await ask();
  expect(granted()).toBe(1);
  clock.pass(2_000);
  await ask();
  expect([granted(), used.at(-1)]).toEqual([2, 't2']);
});

it('replaces a token that is refused, once for all calls that had it, and gives the second refusal as it is', async () => {
  const { ask, good, granted, used } = channel();
  await ask();
  good.clear();
  const answers = await Promise.all([ask(), ask()]);
  expect([answers.map(({ status }) => status), granted()]).toEqual([[200, 200], 2]);
  expect(used).toEqual(['t1', 't1', 't1', 't2', 't2']);
  good.clear();
  const never = async () => ({ token: 'bad', expiresInMs: 3_600_000 });
  expect((await ask('a', never)).status).toBe(401);
});

it('keeps tokens apart by their name, and nothing of a grant that failed', async () => {
  const { ask, granted } = channel();
  await ask('a');
  await ask('b');
  expect(granted()).toBe(2);
  const fails = () => Promise.reject(new Error('no'));
  await expect(ask('c', fails)).rejects.toThrow('no');
  expect((await ask('c')).status).toBe(200);
});
