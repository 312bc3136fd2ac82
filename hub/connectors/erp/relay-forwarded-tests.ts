import { expect, it } from 'vitest';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { createCountDecisions } from '#hub/ledger/count-decisions.ts';
import { createTransferSettlements } from '#hub/ledger/settlements.ts';
import { ErpNext } from '#test/support/emulators/erp-erpnext.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { makeErp, nothingKept } from '#test/support/erps.ts';
import { line, plain, sale } from '#test/support/hub-api.ts';
import { makeSource, testInbound } from '#test/support/inbound.ts';
import { erpStock, sold, type RelayTest } from '#test/support/relay-test.ts';
import { inspectDocument } from './admin/inspect-document.ts';
import { putLive } from './admin/mappings.ts';
import { erpnextExample } from './erpnext/erpnext-example.ts';
import type { MappingDocument } from './mapping/mapping-document.ts';
import { restExample } from './rest/rest-example.ts';

/** What documents come of facts, and where they go. */
export function forwardedTests(here: RelayTest): void {
  const { pool, surroundings, relay, documents, keysOf, tell, stops, onHand } = here;

  it('O1 each fact once, in the order of its store, as it is said; tasks that move nothing and holes are left out', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    await tell(1, 1, ['receipt', 'r', plain({ sku: 'A', quantity: 9 })], sold('s1'), [
      'adjustment',
      'a',
      { reason: 'wet', lines: [{ sku: 'A', quantity: -1 }] },
    ]);
    await tell(
      1,
      1,
      ['transferOut', 't', { transfer: 'T', to: 'S2', lines: [{ sku: 'A', quantity: 2 }] }],
      ['void', 'hole', { hole: true, reason: 'crash' }],
    );
    await tell(2, 3, ['transferIn', 't', { transfer: 'T', from: 'S1', lines: [{ sku: 'A', quantity: 2 }] }]);
    await tell(1, 2, ['return', 'b', { currency: 'EUR', lines: [{ ...line('A', 1), condition: 'damaged' }] }]);
    await tell(
      1,
      1,
      ['task', 'k1', { task: 1, step: 'accepted', lines: [] }],
      ['task', 'k2', { task: 1, step: 'shipped', lines: [{ line: 'a', sku: 'A', quantity: 1 }] }],
    );
    relay();
    await here.settled();
    expect(keysOf('S1')).toEqual(['S1/r', 'S1/s1', 'S1/a', 'S1/t', 'S1/b', 'S1/k2']);
    expect(keysOf('S2')).toEqual(['S2/t']);
    expect([...here.erp.kept.values()].map(({ target }) => target).sort()).toEqual([
      'adjustment',
      'handOver',
      'receipt',
      'return',
      'sale',
      'transferIn',
      'transferOut',
    ]);
    expect(here.erp.kept.get('sale S1/s1')?.payload).toEqual({
      key: 'S1/s1',
      kind: 'sale',
      location: 'S1',
      at: 1_002,
      correlationId: 's1',
      receiptNo: 'R',
      currency: 'EUR',
      totalMinor: 199,
      totalDiscountMinor: 0,
      lines: [{ sku: 'A', quantity: 1, unitPriceMinor: 199, condition: 'sellable', totalMinor: 199 }],
    });
    expect(here.erp.kept.get('adjustment S1/a')?.payload).toMatchObject({
      direction: 'out',
      lines: [{ source: 'sellable' }],
    });
    expect(await documents({ state: 'posted' })).toHaveLength(7);
    expect((await documents()).every(({ reference }) => reference !== null)).toBe(true);
  });

  it('O1 a document that was given its number before another one, and committed behind it, is posted all the same', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    relay();
    const numbersFrom = (number: number) =>
      pool().query(`SELECT setval(pg_get_serial_sequence('erp_documents', 'document_no'), $1)`, [number]);
    await numbersFrom(1_000_000);
    await tell(1, 1, sold('s1'));
    await here.settled();
    await numbersFrom(900_000);
    await tell(1, 1, sold('s2'));
    await here.settled();
    expect(keysOf('S1')).toEqual(['S1/s1', 'S1/s2']);
  });

  it('O1 of ERPs that are connected at once one is the first, and no more are than there may be', async () => {
    await pool().query(
      `INSERT INTO erps (code, kind, name, settings, credentials, pace, created_by)
       SELECT 'e' || n, 'rest', 'e', '{}', '', '{}', 'test' FROM generate_series(1, 19) AS n`,
    );
    const holder = await pool().connect();
    await holder.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCKS.erpLimit})`);
    const made = ['one', 'two'].map((code) => makeErp(pool(), surroundings(), here.erp.server.url, { code }));
    const settling = Promise.allSettled(made);
    const waiting = `SELECT count(*)::int AS n FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`;
    await expect.poll(async () => (await pool().query<{ n: number }>(waiting)).rows[0]?.n).toBe(2);
    await holder.query('COMMIT');
    holder.release();
    expect((await settling).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('O1 what an ERP itself tells is not told it again, what others tell is; its voids stay with it', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url, { code: 'fin' });
    const inbound = testInbound(pool());
    await makeSource(inbound, { code: 'wms' });
    await makeSource(inbound, { code: 'books', kind: 'erp', settings: { erp: 'fin' } });
    const receipt = { kind: 'receipt', location: 'S1', key: 'r', body: plain({ sku: 'A', quantity: 1 }) };
    await inbound.facts('books', [
      receipt,
      { ...receipt, kind: 'void', key: 'v', body: { voids: 'r', reason: 'twice' } },
    ]);
    await inbound.facts('wms', [receipt]);
    await tell(1, 1, sold('s'));
    relay();
    await here.settled();
    expect(keysOf('S1')).toEqual(['S1/wms:r', 'S1/s']);
  });

  it('O1 M5 what an ERP itself counted is no variance for it, what changes that later is; others are told of both', async () => {
    const other = await RestErp.start();
    stops.push(() => other.stop());
    await makeErp(pool(), surroundings(), here.erp.server.url, { code: 'books' });
    await makeErp(pool(), surroundings(), other.server.url, { code: 'other' });
    await pool().query(`INSERT INTO locations (code, name) VALUES ('W1', 'W1')`);
    const inbound = testInbound(pool());
    await makeSource(inbound, { code: 'ledger', kind: 'erp', settings: { stock: 'count', erp: 'books' } });
    await makeSource(inbound, { code: 'handler' });
    const T = Date.now() - 10_000;
    const move = (kind: string, key: string, quantity: number, occurredAt: number) => ({
      kind,
      key,
      location: 'W1',
      body: {
        occurredAt,
        ...(kind === 'shipment' && { reference: 'x', currency: 'EUR' }),
        lines: [{ sku: 'A', quantity }],
      },
    });
    await inbound.facts('handler', [move('receipt', 'r', 12, T)]);
    relay();
    await here.settled();
    // What it had been told was 12, and it knows better.
    await inbound.stock('ledger', { location: 'W1', key: 'night', asOf: T + 100, lines: [{ sku: 'A', quantity: 10 }] });
    await here.settled();
    expect([erpStock(here.erp), erpStock(other)]).toEqual([{ A: 12 }, { A: 10 }]);
    // Told late: the ERP takes it off, and the count stands.
    await inbound.facts('handler', [move('shipment', 's', 1, T + 50)]);
    await here.settled();
    expect([erpStock(here.erp), erpStock(other)]).toEqual([{ A: 12 }, { A: 10 }]);
  });

  it('O1 without an ERP nothing is written down; what was merged before the first one is not forwarded', async () => {
    await tell(1, 1, sold('before'));
    const { rows } = await pool().query('SELECT FROM document_entries');
    expect(rows).toEqual([]);
    await makeErp(pool(), surroundings(), here.erp.server.url);
    await tell(1, 1, sold('after'));
    relay();
    await here.settled();
    expect(here.erp.keys).toEqual(['sale S1/after']);
  });

  it('O1 what counts found more or less goes as variances, also when late facts change it: both sides have the same stock', async () => {
    await tell(
      1,
      1,
      ['receipt', 'r', plain({ sku: 'A', quantity: 10 }), 100],
      ['count', 'c0', plain({ sku: 'A', quantity: 9 }), 200],
    );
    await makeErp(pool(), surroundings(), here.erp.server.url);
    const base = await onHand();
    relay();
    await tell(
      1,
      1,
      sold('s1'),
      ['count', 'c1', plain({ sku: 'A', quantity: 5 }, { sku: 'B', quantity: 3 }), 2_000],
      ['sale', 's2', sale(line('A', 1)), 3_000],
    );
    await here.settled();
    expect(erpStock(here.erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 3 });
    // Sold before it was counted, told after: the count stands, so it found less than was thought.
    await tell(1, 2, ['sale', 'late', sale(line('A', 2)), 1_500]);
    await here.settled();
    expect(erpStock(here.erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 3 });
    await tell(1, 1, ['void', 'v', { voids: 'c1', reason: 'wrong shelf' }]);
    await here.settled();
    expect(erpStock(here.erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 0 });
    const held = createCountDecisions(pool());
    await held.setLimit({ location: 1, fromAt: 1, units: 1, percent: null, by: 'me' });
    await here.settled();
    expect(erpStock(here.erp)).toEqual({ A: (await onHand())['A']! - base['A']!, B: 0 });
    expect([...here.erp.kept.values()].filter(({ target }) => target === 'variance').length).toBeGreaterThan(3);
  });

  it('O1 M7 what is settled of a transfer is told, what is given up and what came unsent apart: nothing stays on the way', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    relay();
    const transfer = (quantity: number, sku: string, end: object) => ({
      transfer: 'T1',
      ...end,
      ...plain({ sku, quantity }),
    });
    await tell(1, 1, ['transferOut', 'out', transfer(5, 'A', { to: 'S2' })]);
    await tell(2, 3, ['transferIn', 'in', { ...transfer(3, 'A', { from: 'S1' }), final: true }]);
    await tell(2, 3, ['transferIn', 'more', { ...transfer(2, 'B', { from: 'S1' }), final: true }]);
    const { rows } = await pool().query<{ transfer_no: number }>('SELECT transfer_no FROM transfers');
    const settlements = createTransferSettlements(pool());
    await settlements.settle(rows[0]?.transfer_no ?? 0, { lines: undefined, reason: 'other', note: 'x', by: 'me' });
    await here.settled();
    const told = [...here.erp.kept.values()].filter(({ target }) => target === 'transferSettled');
    expect(
      told.map(({ payload }) => [payload['direction'], payload['from'], payload['reason'], payload['lines']]),
    ).toEqual([
      ['out', 'S1', 'other', [expect.objectContaining({ sku: 'A', place: 'S2', quantity: -2, source: 'sellable' })]],
      ['in', 'S1', 'other', [expect.objectContaining({ sku: 'B', place: 'S2', quantity: 2, destination: 'sellable' })]],
    ]);
    expect(
      (await documents())
        .filter(({ kind }) => kind === 'transferSettled')
        .map(({ stream, location }) => [stream, location]),
    ).toEqual([
      ['store S1', 'S1'],
      ['store S1', 'S1'],
    ]);
  });

  it('O1 a void goes where its target went; what was taken back before it was forwarded never is, and nor is the void', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    await tell(1, 1, sold('early'), ['void', 'v1', { voids: 'early', reason: 'x' }]);
    await tell(1, 1, ['void', 'v2', { voids: 'later', reason: 'x' }], sold('later'));
    const running = relay();
    await here.settled();
    expect(here.erp.keys).toEqual([]);
    await tell(1, 1, sold('posted'));
    await here.settled();
    await tell(1, 1, ['void', 'v3', { voids: 'posted', reason: 'x' }]);
    await here.settled();
    expect(here.erp.keys).toEqual(['sale S1/posted', 'void S1/v3']);
    expect(here.erp.kept.get('void S1/v3')?.payload).toMatchObject({ voids: 'S1/posted', of: 'sale' });
    await running.stop();
  });

  it('O1 a void takes back what is really there: where the mapping of then led it, though the live one leads elsewhere', async () => {
    const erp = await ErpNext.start();
    stops.push(() => erp.stop());
    const first: MappingDocument = { ...erpnextExample, routes: [{ kinds: ['sale', 'void'], stores: ['S1'] }] };
    await makeErp(pool(), surroundings(), erp.server.url, {
      kind: 'erpnext',
      settings: { url: erp.server.url },
      credentials: { apiKey: 'key', apiSecret: 'secret' },
      mapping: first,
    });
    relay();
    await tell(1, 1, sold('one'), sold('two', 'B'));
    await here.settled();
    const bins = () => Object.fromEntries([...erp.bins].map(([bin, units]) => [bin.split('\n')[1], units]));
    expect(bins()).toEqual({ A: -1, B: -1 });
    const asEntries = { ...first.documents, sale: first.documents.handOver };
    const elsewhere = { document: { ...first, documents: asEntries }, note: null, by: 'me' };
    await putLive(pool(), 'main', elsewhere, nothingKept);
    await tell(1, 1, ['void', 'v1', { voids: 'one', reason: 'x' }], sold('three'));
    await here.settled();
    expect(bins()).toEqual({ A: -1, B: -1 });
    expect(erp.kept.map(({ doctype, key, docstatus }) => [doctype, key, docstatus])).toEqual([
      ['Sales Invoice', 'S1/one', 2],
      ['Sales Invoice', 'S1/two', 1],
      ['Stock Entry', 'S1/three', 1],
    ]);
    const [, , taken] = await here.documents();
    expect(taken).toMatchObject({ key: 'S1/v1', state: 'posted', reference: erp.kept[0]!.name });
    expect((await inspectDocument(pool(), taken!.document)).tried.target).toBe('Sales Invoice');
  });

  it('O1 two ERPs at once: by kind, by store, by the date of the document; an order stays where its confirmation went', async () => {
    const second = await RestErp.start();
    stops.push(() => second.stop());
    const cut = '2026-01-01T00:00:00Z';
    const { documents: mapped } = restExample;
    const routed = (...routes: (typeof restExample)['routes']) => ({ routes, tables: {}, documents: mapped });
    await makeErp(pool(), surroundings(), here.erp.server.url, {
      code: 'old',
      mapping: routed({ kinds: ['sale', 'void'], until: cut }, { kinds: ['receipt'], stores: ['S2'] }),
    });
    await makeErp(pool(), surroundings(), second.server.url, {
      code: 'new',
      mapping: routed({ kinds: ['sale', 'void'], from: cut }, { kinds: ['receipt'], stores: ['S1'] }),
    });
    const at = Date.parse(cut);
    await tell(
      1,
      1,
      ['sale', 'a', sale(line('A', 1)), at - 1],
      ['sale', 'b', sale(line('A', 1)), at],
      ['receipt', 'r', plain({ sku: 'A', quantity: 1 }), at],
    );
    await tell(2, 3, ['receipt', 'r', plain({ sku: 'A', quantity: 1 }), at - 9]);
    relay();
    await here.settled();
    await tell(1, 1, ['void', 'v', { voids: 'a', reason: 'x' }, at + 5]);
    await here.settled();
    expect(here.erp.keys.sort()).toEqual(['receipt S2/r', 'sale S1/a', 'void S1/v']);
    expect(second.keys.sort()).toEqual(['receipt S1/r', 'sale S1/b']);
  });
}
