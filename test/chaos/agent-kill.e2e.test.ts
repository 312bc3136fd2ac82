import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { freePort } from '#test/support/hub-process.ts';
import { readJournalFile } from '#test/support/journal-file.ts';
import { Program, runCommand, waitUntil } from '#test/support/program.ts';

/** `KILLS=100` before the command runs long. */
const KILLS = Number(process.env['KILLS'] ?? 4);
const SEED = 20_261_120;
const TILLS = 4;
const WAIT_MS_MAX = 60_000;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Answer {
  readonly status: string;
  readonly seq: number;
}

it(`F2 F3 F4 an agent killed with -9 ${KILLS} times while tills post keeps every fact that it answered, seq gapless`, async () => {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-chaos-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const data = join(root, 'agent');
  const token = await runCommand(['agent/main.ts', 'client', 'add', 'till', '--data', data]);
  const url = `http://127.0.0.1:${await freePort()}`;
  const argv = ['agent/main.ts', 'run', '--data', data, '--port', new URL(url).port, '--requests-per-second', '100000'];
  const agent = new Program('agent', argv, join(root, 'agent.log'));
  cleanups.push(() => agent.stop());

  const post = async (body: unknown): Promise<{ code: number; answer: unknown }> => {
    const response = await fetch(`${url}/v1/facts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MS_MAX),
    });
    return { code: response.status, answer: await response.json() };
  };
  /** What was answered: the agent must never take it back. */
  const acknowledged = new Map<string, number>();
  const sent = new Set<string>();
  let made = 0;
  /** Posts until the agent is gone: single facts and arrays, and every fifth a second time. */
  const till = async (): Promise<void> => {
    for (;;) {
      const facts = Array.from({ length: made % 3 === 0 ? 12 : 1 }, () => saleOf(made++));
      for (const { key } of facts) sent.add(key);
      try {
        for (let time = 0; time < (made % 5 === 0 ? 2 : 1); time++) {
          const { code, answer } = await post(facts.length === 1 ? facts[0] : facts);
          expect([200, 201]).toContain(code);
          const answers = facts.length === 1 ? [answer as Answer] : (answer as { results: Answer[] }).results;
          for (const [index, { key }] of facts.entries()) {
            expect(acknowledged.get(key) ?? answers[index]!.seq).toBe(answers[index]!.seq);
            acknowledged.set(key, answers[index]!.seq);
          }
        }
      } catch (error) {
        if (error instanceof Error && error.name === 'AssertionError') throw error;
        return;
      }
    }
  };

  const random = seededRandom(SEED);
  for (let kill = 0; kill < KILLS; kill++) {
    agent.start();
    await waitUntil('the agent answers', WAIT_MS_MAX, () =>
      fetch(`${url}/health`).then(
        (response) => response.ok,
        () => false,
      ),
    );
    const before = acknowledged.size;
    const tills = Array.from({ length: TILLS }, till);
    await waitUntil('the tills are served', WAIT_MS_MAX, () => acknowledged.size >= before + TILLS);
    await delay(random() * 300);
    await agent.killHard();
    await Promise.all(tills);
  }

  agent.start();
  await waitUntil('the agent answers', WAIT_MS_MAX, () =>
    fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    ),
  );
  // Its own word: everything that it acknowledged is a duplicate, under the same seq.
  const keys = [...acknowledged.keys()];
  for (let from = 0; from < keys.length; from += 500) {
    const page = keys.slice(from, from + 500);
    const { answer } = await post(page.map((key) => saleOf(Number(key.slice('sale-'.length)))));
    const { results } = answer as { results: Answer[] };
    expect(results.map(({ status, seq }) => `${status} ${seq}`)).toEqual(
      page.map((key) => `duplicate ${acknowledged.get(key)}`),
    );
  }
  await agent.stop();

  // Its disk: every seq once and none missing, nothing that nobody sent, holes marked as such.
  const journal = readJournalFile(data);
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
  expect(new Set(journal.map(({ epoch }) => epoch)).size).toBe(1);
  const facts = journal.filter(({ kind }) => kind !== 'void');
  expect(facts.filter(({ key }) => !sent.has(key))).toEqual([]);
  expect(new Set(facts.map(({ key }) => key)).size).toBe(facts.length);
  expect(agent.crashes).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS * TILLS);
});

function saleOf(number: number) {
  const lines = [{ sku: `SKU-${number % 50}`, quantity: 1 + (number % 4), unitPriceMinor: 250 }];
  return { kind: 'sale', key: `sale-${number}`, body: { currency: 'GBP', lines } };
}
