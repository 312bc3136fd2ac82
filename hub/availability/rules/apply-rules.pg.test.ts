import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { seedStores } from '#test/support/hub-api.ts';
import { activateDue } from './activate-rules.ts';
import { applyRules, dryRunRules, editRules, rollBackRules, validateRules } from './apply-rules.ts';
import { listVersions, newestVersion, versionAt, type RuleVersion } from './rule-versions.ts';
import { setChannel } from './set-channel.ts';

const HOUR_MS = 3_600_000;

let database: TestDatabase;
/** What came into force, as the hook was told. */
let applied: number[];
const ports = {
  onApplied: async (_: PoolClient, { version }: RuleVersion) => void applied.push(version),
};

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  await database.pool.query("INSERT INTO products (sku, name, category) VALUES ('A', 'a', 'hats'), ('B', 'b', NULL)");
  applied = [];
});

const channel = (name: string, locations = '[S1]') =>
  `rules: 1\nchannels:\n  - {code: web, name: ${name}, locations: ${locations}}\n`;
const apply = (text: string, how: object = {}) => applyRules(database.pool, text, { by: 'test', ...how }, ports);
const inForce = async (at: Date) => (await versionAt(database.pool, at))?.version;
const later = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
const states = async (now: Date) =>
  (await listVersions(database.pool, { before: undefined, limit: 10, now })).map(
    ({ version, state }) => `${version} ${state}`,
  );

async function shown(): Promise<unknown> {
  const { rows } = await database.pool.query(
    `SELECT c.channel_no AS no, c.code, c.name, removed_at IS NOT NULL AS removed,
            ARRAY(SELECT location_no FROM channel_locations l WHERE l.channel_code = c.code ORDER BY 1) AS locations,
            ARRAY(SELECT channel_sku || '=' || sku FROM listings l WHERE l.channel_no = c.channel_no ORDER BY 1) AS listings
       FROM channels c ORDER BY channel_no`,
  );
  return rows;
}

describe('versions', () => {
  it('a document is applied at once, shown in the tables, and told to who makes numbers of it', async () => {
    const text = `${channel('Web', '[S2, S1]')}  - {code: amz, name: Amazon}\nlistings:\n  - {channel: web, channelSku: X, sku: A}\n`;
    const { version, isNew, diff } = await apply(text, { note: 'first' });
    expect(version).toMatchObject({ version: 1, state: 'in force', appliedBy: 'test', note: 'first', basedOn: null });
    expect([isNew, applied, diff.map(({ change, name }) => `${change} ${name}`)]).toEqual([
      true,
      [1],
      ['added web', 'added amz', 'added X of web'],
    ]);
    expect(await shown()).toEqual([
      { no: 1, code: 'web', name: 'Web', removed: false, locations: [1, 2], listings: ['X=A'] },
      { no: 2, code: 'amz', name: 'Amazon', removed: false, locations: [], listings: [] },
    ]);
    const found = await versionAt(database.pool, new Date());
    expect([found!.document, found!.rules.channels[0]!.epsilon]).toEqual([text, 0.01]);
  });

  it('the same document again is no new version, with other line ends neither', async () => {
    await apply(channel('Web'));
    expect(await apply(`\uFEFF${channel('Web').replaceAll('\n', '\r\n')}`)).toMatchObject({
      isNew: false,
      version: { version: 1 },
    });
    expect(await apply(channel('Web'), { effectiveFrom: later(1) })).toMatchObject({ isNew: false });
    expect(applied).toEqual([1]);
  });

  it('a channel keeps its number when it goes and comes back, and no other gets it', async () => {
    await apply(channel('Web'));
    await apply('rules: 1\nchannels: [{code: amz, name: Amazon}]\n');
    await apply('rules: 1\nchannels: [{code: ebay, name: eBay}, {code: web, name: Web 2, locations: [S2]}]\n');
    expect(await shown()).toMatchObject([
      { no: 1, code: 'web', name: 'Web 2', removed: false, locations: [2] },
      { no: 2, code: 'amz', removed: true, locations: [] },
      { no: 3, code: 'ebay', removed: false },
    ]);
  });

  it('A1 what was in force at a past instant stays so, whatever comes later', async () => {
    const first = (await apply(channel('One'))).version.effectiveFrom;
    const second = (await apply(channel('Two'))).version.effectiveFrom;
    await expect(apply(channel('Three'), { effectiveFrom: new Date(Date.now() - 1) })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await apply(channel('Three'), { effectiveFrom: later(1) });
    expect(await inForce(new Date(first.getTime() - 1))).toBeUndefined();
    expect(await inForce(new Date(second.getTime() - 1))).toBe(1);
    expect(await inForce(second)).toBe(2);
  });

  it('a clock that was set back does not put versions out of order', async () => {
    await database.pool.query(
      `INSERT INTO rule_versions (version, document, rules, digest, effective_from, applied_at, applied_by)
       VALUES (1, 'rules: 1', '{"rules": 1}', sha256(''), now() + interval '1 min', now() + interval '1 min', 'x')`,
    );
    const { version } = await apply(channel('Web'));
    expect(version.version).toBe(2);
    expect(version.effectiveFrom.getTime()).toBeGreaterThan(Date.now() + 50_000);
    expect(version.state).toBe('in force');
  });

  it('one for later waits, and comes into force at its instant, once, also by several hubs', async () => {
    await apply(channel('Now'));
    const due = later(1);
    expect((await apply(channel('Later'), { effectiveFrom: due })).version.state).toBe('pending');
    expect(await shown()).toMatchObject([{ name: 'Now' }]);
    const activate = (at: number) => activateDue(database.pool, new Date(at), ports);
    expect(await activate(due.getTime() - 1)).toBeUndefined();
    const answers = await Promise.all([1, 2, 3].map(() => activate(due.getTime())));
    expect(answers.filter(Boolean)).toMatchObject([{ version: 2 }]);
    expect(await activate(due.getTime() + 1)).toBeUndefined();
    // A hub whose clock is behind undoes nothing.
    expect(await activate(Date.now())).toBeUndefined();
    expect([applied, await shown()]).toMatchObject([[1, 2], [{ name: 'Later' }]]);
    expect([await inForce(new Date(due.getTime() - 1)), await inForce(due)]).toEqual([1, 2]);
  });

  it('a newer version skips those pending for the same instant or later, and says so', async () => {
    await apply(channel('One'));
    const [soon, late] = [later(1), later(2)];
    await apply(channel('Two'), { effectiveFrom: soon });
    await apply(channel('Three'), { effectiveFrom: late });
    expect(await states(new Date())).toEqual(['3 pending', '2 pending', '1 in force']);
    expect((await apply(channel('Four'), { effectiveFrom: late })).skips).toEqual([3]);
    expect(await states(late)).toEqual(['4 in force', '3 skipped', '2 past', '1 past']);
    // The document in force again, at once: so pending ones are called off.
    expect((await apply(channel('One'))).skips).toEqual([2, 4]);
    expect(await states(late)).toEqual(['5 in force', '4 skipped', '3 skipped', '2 skipped', '1 past']);
    expect(await inForce(late)).toBe(5);
    expect(await activateDue(database.pool, late, ports)).toBeUndefined();
  });

  it('the pending document again at another instant is a new version, at the same instant none', async () => {
    const [soon, late] = [later(1), later(2)];
    await apply(channel('One'), { effectiveFrom: late });
    expect((await apply(channel('One'), { effectiveFrom: late })).isNew).toBe(false);
    expect(await apply(channel('One'), { effectiveFrom: soon })).toMatchObject({ isNew: true, skips: [1] });
  });

  it('of two that know the same version one is refused with CONFLICT, and both are tried at once', async () => {
    await apply(channel('One'));
    const tries = await Promise.allSettled(
      ['Two', 'Three', 'Four'].map((name) => apply(channel(name), { basedOn: 1 })),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    const refused = tries.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('version 2 is the newest, by test'),
    });
    await expect(apply(channel('Five'), { basedOn: 0 })).rejects.toMatchObject({ code: 'CONFLICT' });
    // Who names none is not refused, but follows.
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => apply(channel(name))));
    expect((await newestVersion(database.pool, new Date()))!.version).toBe(6);
    expect(applied).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('an old version is brought back as a new one, though a product of it has lost its category', async () => {
    const hats = `${channel('Web')}safetyStock:\n  - {id: h, units: 2, category: hats}\n`;
    await apply(hats);
    await apply(channel('Other'));
    await database.pool.query('UPDATE products SET category = NULL');
    await expect(apply(hats)).rejects.toMatchObject({ code: 'RULES_INVALID' });
    const { version } = await rollBackRules(database.pool, 1, { by: 'test' }, ports);
    expect(version).toMatchObject({ version: 3, restores: 1, basedOn: 2, state: 'in force' });
    expect((await versionAt(database.pool, new Date()))!.document).toBe(hats);
    await expect(rollBackRules(database.pool, 9, { by: 'test' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('the audit cannot be rewritten', async () => {
    await apply(channel('Web'));
    for (const statement of [
      "UPDATE rule_versions SET note = 'never said'",
      'DELETE FROM rule_versions',
      'TRUNCATE rule_versions CASCADE',
      'INSERT INTO rule_versions SELECT * FROM rule_versions',
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow(/history|duplicate key/);
    }
    const before =
      "INSERT INTO rule_versions SELECT 2, document, rules, digest, now() - interval '1 h', now(), 'x' FROM rule_versions";
    await expect(database.pool.query(before)).rejects.toThrow('check constraint');
  });

  it('what fails after the version is written leaves nothing of it', async () => {
    const broken = { onApplied: () => Promise.reject(new Error('no numbers')) };
    await expect(applyRules(database.pool, channel('Web'), { by: 'test' }, broken)).rejects.toThrow('no numbers');
    expect([await shown(), await newestVersion(database.pool, new Date())]).toEqual([[], undefined]);
  });
});

describe('checks against the database', () => {
  it('name what is unknown, with the nearest that is known', async () => {
    await database.pool.query(
      "INSERT INTO products (sku, name) SELECT 'SKU-' || n, 'x' FROM generate_series(1000, 3000) n",
    );
    const text =
      'rules: 1\nchannels: [{code: web, name: Web, locations: [S11]}]\nlimits:\n  - {id: a, channel: web, sku: SKU-200, cap: 1}\n  - {id: b, channel: web, category: hat, cap: 2}\n';
    const refused = await validateRules(database.pool, text).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'RULES_INVALID',
      context: {
        problems: [
          { line: 2, kind: 'unknown-name', remedy: expect.stringContaining('Did you mean S1?') },
          { line: 4, kind: 'unknown-name', remedy: expect.stringMatching(/Did you mean SKU-200\d\?/) },
          { line: 5, kind: 'unknown-name', remedy: expect.stringContaining('Did you mean hats?') },
        ],
      },
    });
  });

  it('a dry run says what would change and changes nothing', async () => {
    await apply(channel('One'));
    await apply(channel('Later'), { effectiveFrom: later(1) });
    const numbers = {
      pairs: 10,
      pairsTotal: 10,
      changed: 1,
      channels: [],
      examples: [{ sku: 'A', channel: 'web', from: 3, to: 0 }],
    };
    let seen: string | undefined;
    const preview = {
      previewChange: async (client: PoolClient, document: RuleVersion['rules']) => {
        await client.query('CREATE TEMP TABLE scratch (n int)');
        seen = document.channels[0]!.name;
        return numbers;
      },
    };
    const run = await dryRunRules(database.pool, channel('Two'), { by: 'test' }, preview);
    expect(run).toMatchObject({
      isNew: true,
      skips: [2],
      numbers,
      diff: [{ name: 'web', fields: [{ from: 'One', to: 'Two' }] }],
    });
    expect([seen, await inForce(new Date())]).toEqual(['Two', 1]);
    expect(await dryRunRules(database.pool, channel('Two'), { by: 'test' })).not.toHaveProperty('numbers');
  });
});

describe('small changes without the file', () => {
  const edit = (name: string) =>
    editRules(
      database.pool,
      async (_, newest) => setChannel(newest?.document, { code: 'web', name, locations: ['S2'] }),
      { by: 'test' },
      ports,
    );

  it('make versions of the document, whose comments stay', async () => {
    await edit('First');
    expect((await versionAt(database.pool, new Date()))!.document).toBe(
      'rules: 1\nchannels:\n  - code: web\n    name: First\n    locations: [ S2 ]\n',
    );
    await apply('# ours\nrules: 1\nchannels: # all\n  - {code: amz, name: A} # not yet\n');
    await edit('Web');
    const text = (await versionAt(database.pool, new Date()))!.document;
    expect(text).toContain('# not yet');
    expect(text).toContain('# ours');
    expect(await shown()).toMatchObject([{ code: 'web', name: 'Web' }, { code: 'amz' }]);
  });

  it('are refused while a version is pending', async () => {
    await apply(channel('One'), { effectiveFrom: later(1) });
    await expect(edit('Web')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('many at once all count', async () => {
    const codes = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      codes.map((code) =>
        editRules(
          database.pool,
          async (_, newest) => setChannel(newest?.document, { code, name: code, locations: [] }),
          { by: 'test' },
        ),
      ),
    );
    const { rules } = (await versionAt(database.pool, new Date()))!;
    expect(rules.channels.map(({ code }) => code).sort()).toEqual(codes);
  });
});
