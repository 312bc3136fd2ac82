import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '#agent/store/store.ts';
import { loadDeviceKey } from '#agent/sync/device-key.ts';
import { enrol } from '#agent/sync/enrol.ts';
import { startSync } from '#agent/sync/sync.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { waitUntil } from '#test/support/program.ts';

const WAIT_MS_MAX = 60_000;
const ACKNOWLEDGED = 300;
const UNSENT = 100;
/** What the damage takes: facts that the hub has, and facts that it has not. */
const LOST_SENT = [50, 51, 290];
const LOST_UNSENT = [350, 380, 400];

const parts = { clock: systemClock, logger: silentLogger };
const key = (place: number) => `fact-${String(place).padStart(4, '0')}`;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => from + place);

it('F2 F3 F4 a store whose journal was damaged joins the hub again: what either side has counts once, what is lost is named', async () => {
  const root = mkdtempSync(join(tmpdir(), 'shelfwire-damaged-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const hub = await HubProcess.prepare(root, database.url);
  onTestFinished(() => hub.stop());
  await hub.start();

  const folder = join(root, 'store');
  let store = await openStore({ folder, ...parts });
  const device = { deviceName: 'till', folder, device: store.device, clock: systemClock };
  await enrol({ hubUrl: hub.url, token: await hub.createToken('NORTH', 'North'), ...device });
  const goOnline = (own: Store) =>
    startSync({
      store: own,
      hubUrl: hub.url,
      deviceKey: loadDeviceKey(folder),
      random: () => 0.01,
      agentVersion: 'test',
      ...parts,
    });
  const everythingIsAnswered = (own: Store) =>
    waitUntil('the hub has everything', WAIT_MS_MAX, () => own.device.marks.ackedSeq === own.journal.lastSeq);

  let sync = goOnline(store);
  await store.journal.append(numbers(1, ACKNOWLEDGED).map((place) => adjustmentDraft(key(place))));
  await everythingIsAnswered(store);
  await sync.stop();
  await store.journal.append(
    numbers(ACKNOWLEDGED + 1, ACKNOWLEDGED + UNSENT).map((place) => adjustmentDraft(key(place))),
  );
  await store.close();

  breakFacts(join(folder, 'store.sqlite'), [...LOST_SENT, ...LOST_UNSENT]);
  store = await openStore({ folder, ...parts });
  onTestFinished(() => store.close());
  sync = goOnline(store);
  onTestFinished(() => sync.stop());
  await store.journal.append([adjustmentDraft('after the damage')]);
  await waitUntil('the hub has what was sold after the damage', WAIT_MS_MAX, async () => {
    const { rowCount } = await database.pool.query(`SELECT FROM facts WHERE key = 'after the damage'`);
    return rowCount === 1;
  });
  await everythingIsAnswered(store);

  const survivors = numbers(1, ACKNOWLEDGED + UNSENT).filter((place) => !LOST_UNSENT.includes(place));
  const { rows } = await database.pool.query<{ key: string }>(
    `SELECT key FROM facts WHERE kind <> 'void' ORDER BY key COLLATE "C"`,
  );
  expect(rows.map((row) => row.key)).toEqual(['after the damage', ...survivors.map(key)]);
  const aside = await database.pool.query('SELECT key, code FROM quarantine');
  expect(aside.rows).toEqual([]);
  const position = await database.pool.query<{ on_hand: number }>('SELECT on_hand FROM positions');
  expect(position.rows).toEqual([{ on_hand: survivors.length + 1 }]);
  const [report = ''] = readdirSync(join(folder, 'damaged'));
  const told = JSON.parse(readFileSync(join(folder, 'damaged', report, 'report.json'), 'utf8')) as {
    journal: { missing: [number, number][] }[];
  };
  expect(told.journal[0]?.missing).toEqual([
    [50, 51],
    [290, 290],
    [350, 350],
    [380, 380],
    [400, 400],
  ]);
});

/** Breaks the documents of facts where they lie in the table; indexes do not have what is broken. */
function breakFacts(file: string, places: readonly number[]): void {
  const bytes = readFileSync(file);
  for (const place of places) {
    const at = bytes.indexOf(`"key":"${key(place)}"`);
    expect(at).toBeGreaterThan(0);
    bytes.write('?', at + 1);
  }
  writeFileSync(file, bytes);
}
