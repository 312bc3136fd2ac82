import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArrivalOrigin } from '#shared/agent-api/arrivals.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { openEdgeStore, type EdgeStore } from '#test/support/edge-store.ts';
import { RxdbJournalLog } from '../journal-log-rxdb.ts';
import { ArrivalDrafts } from './arrival-drafts.ts';
import type { SaidFact } from './arrival-facts.ts';

const NOTE: ArrivalOrigin = { kind: 'delivery', reference: 'LS-1' };
const code = (name: string) => expect.objectContaining({ code: name });

let edge: EdgeStore;
beforeAll(async () => {
  edge = await openEdgeStore();
});
afterAll(() => edge[Symbol.asyncDispose]());

/** As after a restart of the agent: nothing is known but what is on disk. */
const opened = () =>
  new ArrivalDrafts({
    folder: edge.folder,
    log: new RxdbJournalLog(edge.store.db.journal),
    arrivals: edge.store.ownArrivals,
    clock: systemClock,
  });
const said: string[] = [];
const say = async (facts: readonly SaidFact[]): Promise<void> => {
  said.push(...facts.map(({ key }) => key));
  await edge.context.intake.take(
    'ui:Ada',
    facts.map((submission) => ({ submission, verbatim: () => '' })),
  );
};

describe('receipts that are being typed', () => {
  it('F2 each change is on disk when it is answered, whatever happens to the window or the agent', async () => {
    const draft = await opened().begin(NOTE, 'Ada', false);
    expect((await opened().begin(NOTE, 'Ben', false)).id).toBe(draft.id);
    const changed = await opened().change(draft.id, { revision: 1, lines: [{ sku: 'A', units: 3, damaged: 1 }] });
    expect(await opened().list()).toEqual([changed]);
    await expect(opened().change(draft.id, { revision: 1, lines: [] })).rejects.toEqual(code('CONFLICT'));
    // The answer was lost: who says it again has not lost the receipt. Somebody else who has counted the same has said it too.
    const more = { revision: 2, lines: [{ sku: 'A', units: 4, damaged: 1 }] };
    const taken = await opened().change(draft.id, { ...more, key: 'said-by-ada' });
    expect(await opened().change(draft.id, { ...more, key: 'said-by-ada' })).toEqual(taken);
    await expect(opened().change(draft.id, { ...more, key: 'said-by-ben' })).rejects.toEqual(code('CONFLICT'));
    await opened().discard(draft.id);
    await expect(opened().change(draft.id, { revision: 2, lines: [] })).rejects.toEqual(code('NOT_FOUND'));
  });

  it('F4 it is said once, though two confirm it, and though the agent dies before the draft is gone', async () => {
    const drafts = opened();
    const { id } = await drafts.begin(NOTE, 'Ada', false);
    const { revision } = await drafts.change(id, { revision: 1, lines: [{ sku: 'A', units: 3, damaged: 0 }] });
    const whole = { revision, final: false };
    const keys = await Promise.all([drafts.confirm(id, whole, say), drafts.confirm(id, whole, say)]);
    expect(new Set(keys)).toEqual(new Set([`arrival-${id}`]));
    expect(said).toEqual([`arrival-${id}`]);
    expect(await drafts.list()).toEqual([]);

    const second = await drafts.begin({ kind: 'transfer', from: 'S02', transfer: 'T1' }, 'Ada', false);
    const ready = await drafts.change(second.id, { revision: 1, lines: [{ sku: 'A', units: 2, damaged: 1 }] });
    const kill = async (facts: readonly SaidFact[]): Promise<void> => {
      await say(facts);
      throw new Error('killed');
    };
    const confirmed = { revision: ready.revision, final: true };
    await expect(drafts.confirm(second.id, confirmed, kill)).rejects.toThrow('killed');
    said.length = 0;
    const after = opened();
    await expect(after.change(second.id, { revision: ready.revision, lines: [] })).rejects.toEqual(code('NOT_FOUND'));
    expect(await after.confirm(second.id, confirmed, say)).toBe(`arrival-${second.id}`);
    expect([said, await after.list()]).toEqual([[], []]);
    expect((await edge.facts()).map(({ kind }) => kind)).toEqual(['receipt', 'transferIn', 'adjustment']);
  });

  it('M7 what the till received of a transfer meanwhile is not received twice by who has not been told', async () => {
    const drafts = opened();
    const origin: ArrivalOrigin = { kind: 'transfer', from: 'S02', transfer: 'T7' };
    const { id } = await drafts.begin(origin, 'Ada', true);
    const { revision } = await drafts.change(id, { revision: 1, lines: [{ sku: 'A', units: 5, damaged: 0 }] });
    const body = { from: 'S02', transfer: 'T7', lines: [{ sku: 'A', quantity: 5 }] };
    const arrival = { submission: { kind: 'transferIn', key: 'till-T7', body }, verbatim: () => '' };
    await edge.context.intake.take('http:till-1', [arrival]);
    said.length = 0;
    const whole = { revision, final: false };
    await expect(drafts.confirm(id, whole, say)).rejects.toEqual(code('CONFLICT'));
    expect([said, (await drafts.list()).map((one) => one.id)]).toEqual([[], [id]]);
    // Whoever was told knows better.
    expect(await opened().confirm(id, whole, say)).toBe(`arrival-${id}`);
    // A page that has stood still since does not know that all of it has come; one that shows the rest of it does.
    const { id: stale } = await drafts.begin(origin, 'Ben', false);
    const typed = await drafts.change(stale, { revision: 1, lines: [{ sku: 'A', units: 5, damaged: 0 }] });
    await expect(drafts.confirm(stale, { ...typed, final: false }, say)).rejects.toEqual(code('CONFLICT'));
    await drafts.discard(stale);
    const { id: rest } = await drafts.begin(origin, 'Ben', true);
    const more = await drafts.change(rest, { revision: 1, lines: [{ sku: 'A', units: 1, damaged: 0 }] });
    expect(await drafts.confirm(rest, { ...more, final: false }, say)).toBe(`arrival-${rest}`);
  });

  it('what the journal refuses leaves the draft; a file that nobody can read is in nobody’s way', async () => {
    const drafts = opened();
    const { id } = await drafts.begin(NOTE, 'Ada', false);
    await drafts.change(id, { revision: 1, lines: [{ sku: 'A', units: 1, damaged: 0 }] });
    const full = () => Promise.reject(new Error('the disk is full'));
    await expect(drafts.confirm(id, { revision: 2, final: false }, full)).rejects.toThrow('full');
    writeFileSync(join(edge.folder, 'arrivals', '00000000-0000-4000-8000-000000000000.json'), '{');
    expect((await opened().list()).map((draft) => draft.id)).toEqual([id]);
  });
});
