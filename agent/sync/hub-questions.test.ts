import { describe, expect, it } from 'vitest';
import { ERRORS } from '#shared/protocol/errors.ts';
import type { Answer } from '#shared/protocol/events.ts';
import type { OtherStock } from '#shared/protocol/messages/questions.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { HubQuestions } from './hub-questions.ts';
import type { Connection } from './link.ts';

const refused = (code: 'REQUEST_INVALID' | 'RATE_LIMITED'): Answer<OtherStock> => ({
  ok: false,
  error: { code, detail: 'no', remedy: ERRORS[code].remedy },
});
const connected = (answer: () => Promise<Answer<OtherStock>>): Connection & { asked: number } => {
  const never = () => new Promise<never>(() => undefined);
  const connection = {
    asked: 0,
    hello: never,
    push: never,
    pull: never,
    status: never,
    view: never,
    coming: never,
    otherStock: () => {
      connection.asked += 1;
      return answer();
    },
    close: () => undefined,
  };
  return connection;
};
const code = (name: string) => expect.objectContaining({ code: name });

describe('questions to the hub', () => {
  it('says at once that there is no connection, and after a while that nobody answers', async () => {
    const clock = new ManualClock();
    const questions = new HubQuestions(clock);
    await expect(questions.otherStock('A')).rejects.toEqual(code('HUB_UNREACHABLE'));
    questions.attach(connected(() => new Promise(() => undefined)));
    const asked = questions.otherStock('A');
    clock.pass(8_000);
    await expect(asked).rejects.toEqual(code('HUB_UNREACHABLE'));
    questions.detach();
    await expect(questions.otherStock('A')).rejects.toEqual(code('HUB_UNREACHABLE'));
  });

  it('S6 asks a hub that does not know the question once a connection, and no more', async () => {
    const questions = new HubQuestions(new ManualClock());
    const old = connected(() => Promise.resolve(refused('REQUEST_INVALID')));
    questions.attach(old);
    for (let time = 0; time < 3; time += 1) {
      await expect(questions.otherStock('A')).rejects.toEqual(code('REQUEST_INVALID'));
    }
    expect(old.asked).toBe(1);
    const answer: OtherStock = { sku: 'A', asOf: 1_700_000_000_000, stores: [], more: 0 };
    questions.attach(connected(() => Promise.resolve({ ok: true, value: answer })));
    expect(await questions.otherStock('A')).toEqual(answer);
  });

  it('a busy hub is asked again', async () => {
    const questions = new HubQuestions(new ManualClock());
    const busy = connected(() => Promise.resolve(refused('RATE_LIMITED')));
    questions.attach(busy);
    await expect(questions.otherStock('A')).rejects.toEqual(code('RATE_LIMITED'));
    await expect(questions.otherStock('A')).rejects.toEqual(code('RATE_LIMITED'));
    expect(busy.asked).toBe(2);
  });
});
