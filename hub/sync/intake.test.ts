import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Push, PushAnswer } from '#shared/protocol/messages/push.ts';
import { sleep, systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { MemoryLedger } from '#test/support/memory-ledger.ts';
import { pushOf } from '#test/support/frames.ts';
import { Intake, type IntakeOptions, type PushScope } from './intake.ts';

const EPOCH = 1_700_000_000_000;

function scope(journal: number, over: Partial<PushScope> = {}): PushScope {
  return { location: journal, journal, epoch: EPOCH, protocol: 2, backlogEndSeq: 0, ...over };
}

function push(fromSeq: number, count: number, journal = 1): Push {
  return pushOf({ epoch: EPOCH, fromSeq, count, keyPrefix: `J${journal}-` });
}

function setup(over: Partial<IntakeOptions> = {}) {
  const ledger = new MemoryLedger();
  const random = seededRandom(1);
  const intake = new Intake({ ledger, clock: systemClock, random, logger: silentLogger, ...over });
  return { ledger, intake };
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ShelfwireError ? error.code : String(error)),
  );

describe('intake', () => {
  it('S1 answers only after the commit', async () => {
    const { ledger, intake } = setup();
    const gate = ledger.holdCommits();
    let answer: PushAnswer | undefined;
    const pushed = intake.push(scope(1), push(1, 3)).then((value) => (answer = value));
    await expect.poll(() => ledger.started).toBe(1);
    await sleep(systemClock, 20);
    expect(answer).toBeUndefined();
    gate.release();
    await pushed;
    expect(answer).toMatchObject({ ackedSeq: 3, duplicates: 0, quarantined: [], backOffMs: 0 });
    expect(ledger.watermark(1)).toBe(3);
  });

  it('S1 a merge that fails acknowledges nothing and says when to try again', async () => {
    const { ledger, intake } = setup();
    ledger.failNext(new Error('connection lost'));
    const error = await intake.push(scope(1), push(1, 3)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ShelfwireError);
    expect((error as ShelfwireError).code).toBe('HUB_BUSY');
    expect((error as ShelfwireError).context['retryAfterMs']).toBeGreaterThan(0);
    expect(ledger.watermark(1)).toBe(0);
    expect(await intake.push(scope(1), push(1, 3))).toMatchObject({ ackedSeq: 3 });
  });

  it('S1 a commit whose answer was lost is a duplicate when it is sent again', async () => {
    const { ledger, intake } = setup();
    ledger.failNext(new Error('connection lost'), { afterCommit: true });
    expect(await codeOf(intake.push(scope(1), push(1, 3)))).toBe('HUB_BUSY');
    expect(await intake.push(scope(1), push(1, 3))).toMatchObject({ ackedSeq: 3, duplicates: 3 });
  });

  it('a failed merge takes the frames behind it along, so that none is merged out of order', async () => {
    const { ledger, intake } = setup();
    const gate = ledger.holdCommits();
    ledger.failNext(new Error('away'));
    const first = codeOf(intake.push(scope(1), push(1, 3)));
    await expect.poll(() => ledger.started).toBe(1);
    const second = codeOf(intake.push(scope(1), push(4, 3)));
    gate.release();
    expect(await Promise.all([first, second])).toEqual(['HUB_BUSY', 'HUB_BUSY']);
    expect(ledger.started).toBe(1);
  });

  it('answers a frame beyond the watermark with the watermark', async () => {
    const { intake } = setup();
    await intake.push(scope(1), push(1, 5));
    const answers = await Promise.all([intake.push(scope(1), push(8, 2)), intake.push(scope(1), push(10, 2))]);
    expect(answers.map(({ ackedSeq }) => ackedSeq)).toEqual([5, 5]);
  });

  it('coalesces what waits over stores into one merge, bounded in facts', async () => {
    const { ledger, intake } = setup({ lanes: 1, factsPerMerge: 50 });
    const journals = Array.from({ length: 30 }, (_, index) => index + 1);
    await Promise.all(journals.map((journal) => intake.push(scope(journal), push(1, 5, journal))));
    expect(ledger.merges.length).toBeLessThanOrEqual(4);
    expect(Math.max(...ledger.merges.map(({ facts }) => facts))).toBeLessThanOrEqual(50);
  });

  it('has at most two merges of a lane under way', async () => {
    const { ledger, intake } = setup({ lanes: 1, factsPerMerge: 10 });
    ledger.delayMs = 3;
    await Promise.all(Array.from({ length: 20 }, (_, index) => intake.push(scope(index + 1), push(1, 10, index + 1))));
    expect(ledger.inFlightMost).toBe(2);
  });

  it('a draining store never delays a selling one', async () => {
    const { ledger, intake } = setup({ lanes: 1, drainingFactsPerJournal: 500 });
    const gate = ledger.holdCommits((frames) => frames.some(({ facts }) => facts.length > 100));
    const drained = [1, 501, 1001].map((fromSeq) => intake.push(scope(1), push(fromSeq, 500)));
    const other = intake.push(scope(2), push(1, 500, 2));
    await expect.poll(() => ledger.started).toBeGreaterThan(0);
    expect(await intake.push(scope(3), push(1, 1, 3))).toMatchObject({ ackedSeq: 1 });
    expect(await intake.push(scope(4), push(1, 1, 4))).toMatchObject({ ackedSeq: 1 });
    gate.release();
    expect((await Promise.all([...drained, other])).map(({ ackedSeq }) => ackedSeq)).toEqual([500, 1000, 1500, 500]);
    const ofStore1 = ledger.merges.map(({ frames }) => frames.filter(({ journal }) => journal === 1).length);
    expect(Math.max(...ofStore1)).toBe(1);
  });

  it('S1 while nobody sells, the next merge of a backlog waits ready behind the one under way, and never overtakes it', async () => {
    const { ledger, intake } = setup({ lanes: 1, drainingFactsPerJournal: 500 });
    const gate = ledger.holdCommits(() => true);
    const answers = [1, 501, 1001, 1501].map((fromSeq) => intake.push(scope(1), push(fromSeq, 500)));
    await expect.poll(() => ledger.started).toBe(2);
    await sleep(systemClock, 20);
    expect(ledger.started).toBe(2);
    expect(ledger.watermark(1)).toBe(0);
    gate.release();
    expect((await Promise.all(answers)).map(({ ackedSeq }) => ackedSeq)).toEqual([500, 1000, 1500, 2000]);
    expect(ledger.violations).toEqual([]);
  });

  it('a backlog without end holds up neither another backlog nor the other device of its store', async () => {
    const { ledger, intake } = setup({ lanes: 1, drainingFactsPerJournal: 500 });
    ledger.delayMs = 5;
    const sending = { goesOn: true };
    const acked = new Map<number, number>();
    const drain = async (journal: number, window: number): Promise<void> => {
      for (let next = 1; sending.goesOn; next += 500 * window) {
        const frames = Array.from({ length: window }, (_, place) => push(next + place * 500, 500, journal));
        const answers = await Promise.all(frames.map((frame) => intake.push(scope(journal, { location: 7 }), frame)));
        acked.set(journal, answers.at(-1)?.ackedSeq ?? 0);
      }
    };
    // Something of the first journal always waits.
    const endless = drain(1, 4);
    await expect.poll(() => acked.get(1) ?? 0).toBeGreaterThan(2_000);
    expect(await intake.push(scope(2, { location: 7 }), push(1, 1, 2))).toMatchObject({ ackedSeq: 1 });
    expect(await intake.push(scope(3, { location: 8 }), push(1, 500, 3))).toMatchObject({ ackedSeq: 500 });
    sending.goesOn = false;
    await endless;
    expect(ledger.violations).toEqual([]);
  });

  it('S1 S2 what waits behind a merge that fails is answered with the watermark and taken when it is sent again', async () => {
    const { ledger, intake } = setup({ lanes: 1, drainingFactsPerJournal: 500 });
    const gate = ledger.holdCommits();
    ledger.failNext(new Error('connection lost'));
    const answers = [1, 501].map((fromSeq) => intake.push(scope(1), push(fromSeq, 500)));
    await expect.poll(() => ledger.started).toBe(2);
    gate.release();
    const [first, second] = await Promise.allSettled(answers);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'HUB_BUSY' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { ackedSeq: 0 } });
    for (const fromSeq of [1, 501]) await intake.push(scope(1), push(fromSeq, 500));
    expect(ledger.watermark(1)).toBe(1_000);
  });

  it('a backlog goes on while others sell without a pause', async () => {
    const { ledger, intake } = setup({ lanes: 1, lingerMs: 0 });
    ledger.delayMs = 2;
    const sale = { goesOn: true };
    const sellers = Array.from({ length: 8 }, async (_, index) => {
      for (let seq = 1; sale.goesOn; seq += 1) await intake.push(scope(index + 10), push(seq, 1, index + 10));
    });
    await intake.push(scope(1), push(1, 500));
    sale.goesOn = false;
    await Promise.all(sellers);
    expect(ledger.watermark(1)).toBe(500);
  });

  it('small frames far from the end of a backlog drain as well', async () => {
    const { ledger, intake } = setup({ lanes: 1 });
    const gate = ledger.holdCommits((frames) => frames.some(({ journal }) => journal === 1));
    const drained = intake.push(scope(1, { backlogEndSeq: 5000 }), push(1, 10));
    await expect.poll(() => ledger.started).toBe(1);
    const waiting = intake.push(scope(2, { backlogEndSeq: 5000 }), push(1, 10, 2));
    expect(await intake.push(scope(3, { backlogEndSeq: 20 }), push(1, 10, 3))).toMatchObject({ ackedSeq: 10 });
    expect(ledger.watermark(2)).toBe(0);
    gate.release();
    await Promise.all([drained, waiting]);
  });

  it('says how to slow down when much waits, and refuses beyond the limit', async () => {
    const { ledger, intake } = setup({ lanes: 1, factsPerMerge: 500, waitingFactsSoft: 300, waitingFactsMax: 1200 });
    const gate = ledger.holdCommits();
    const pushes = [1, 2, 3, 4].map((journal) => intake.push(scope(journal), push(1, 500, journal)));
    expect(await codeOf(intake.push(scope(9), push(1, 1, 9)))).toBe('HUB_BUSY');
    gate.release();
    const answers = await Promise.allSettled(pushes);
    const taken = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
    expect(taken.some(({ backOffMs, credit }) => backOffMs > 0 && credit === 1)).toBe(true);
  });

  it('takes a bounded number of frames of one store', async () => {
    const { ledger, intake } = setup({ credit: 4 });
    const gate = ledger.holdCommits();
    const codes = Promise.all(
      Array.from({ length: 12 }, (_, index) => codeOf(intake.push(scope(1), push(index + 1, 1)))),
    );
    await sleep(systemClock, 10);
    gate.release();
    expect((await codes).filter((code) => code === 'HUB_BUSY').length).toBe(4);
  });

  it('F5 a fact that the ledger cannot take is quarantined alone, and the rest is taken', async () => {
    const { ledger, intake } = setup({ lanes: 1 });
    ledger.poison = (fact) => fact.ok && fact.key === 'J1-3';
    const answers = await Promise.all([intake.push(scope(1), push(1, 5)), intake.push(scope(2), push(1, 5, 2))]);
    expect(answers[0]).toMatchObject({ ackedSeq: 5, quarantined: [{ seq: 3, code: 'FACT_INVALID' }] });
    expect(answers[1]).toMatchObject({ ackedSeq: 5, quarantined: [] });
  });

  it('S4 X2 refuses another epoch, another version, frames that lie about themselves and bombs', async () => {
    const { ledger, intake } = setup({ credit: 4 });
    const good = push(1, 3);
    expect(await codeOf(intake.push(scope(1, { epoch: EPOCH + 1 }), good))).toBe('EPOCH_UNKNOWN');
    expect(await codeOf(intake.push(scope(1), { ...good, encoding: 'json' }))).toBe('FRAME_INVALID');
    expect(await codeOf(intake.push(scope(1, { protocol: 1 }), good))).toBe('FRAME_INVALID');
    expect(await codeOf(intake.push(scope(1), { ...good, count: 4 }))).toBe('FRAME_INVALID');
    expect(await codeOf(intake.push(scope(1), { ...good, frame: Buffer.from('no zstd') }))).toBe('FRAME_INVALID');
    const bomb = zstdCompressSync(Buffer.alloc(LIMITS.frameUnfoldedBytesMax - 1, '\n'));
    const pushed = intake.push(scope(1), { ...good, frame: bomb });
    // Not "and holds 8388608": then each line would have been read before it was refused.
    await expect(pushed).rejects.toMatchObject({
      code: 'FRAME_INVALID',
      message: 'The frame says 3 facts and holds others.',
    });
    const huge = Buffer.alloc(600_000, 'x');
    expect(await codeOf(intake.push(scope(1), { ...good, encoding: 'lines', frame: huge }))).toBe('FRAME_TOO_LARGE');
    expect(ledger.started).toBe(0);
  });

  it('finishes what it has and takes nothing more when it stops', async () => {
    const { ledger, intake } = setup();
    ledger.delayMs = 10;
    const pushed = intake.push(scope(1), push(1, 3));
    const drained = intake.drain();
    expect(await codeOf(intake.push(scope(2), push(1, 3, 2)))).toBe('HUB_BUSY');
    await drained;
    expect(await pushed).toMatchObject({ ackedSeq: 3 });
  });

  it('S1 S2 random frames, failures and repeats end with every fact once, in order, each store at most in one merge', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const random = seededRandom(seed);
        const { ledger, intake } = setup({
          lanes: 2,
          factsPerMerge: 40,
          drainingFactsPerJournal: 20,
          liveFactsMax: 8,
          lingerMs: 0,
          random,
        });
        ledger.fails = () => {
          const chance = random();
          return chance < 0.1 ? 'before' : chance < 0.2 ? 'after' : 'no';
        };
        const store = async (journal: number): Promise<void> => {
          const last = 60;
          for (let acked = 0; acked < last;) {
            const window = [];
            let next = Math.max(1, acked + 1 - Math.floor(random() * 3));
            for (let frames = 0; frames < 3 && next <= last; frames += 1) {
              const count = Math.min(last - next + 1, 1 + Math.floor(random() * 16));
              window.push(intake.push(scope(journal, { location: (journal >> 1) + 1 }), push(next, count, journal)));
              next += random() < 0.1 ? count + 1 : count;
            }
            for (const answer of await Promise.allSettled(window)) {
              if (answer.status !== 'fulfilled') continue;
              expect(answer.value.ackedSeq).toBeLessThanOrEqual(ledger.watermark(journal));
              acked = Math.max(acked, answer.value.ackedSeq);
            }
          }
        };
        await Promise.all([1, 2, 3, 4, 5, 6].map(store));
        expect(ledger.violations).toEqual([]);
        for (const journal of [1, 2, 3, 4, 5, 6])
          expect(ledger.seqs(journal)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
      }),
      { numRuns: 15 },
    );
  });
});
