import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPouchPeer, type PeerResult } from './peer-pouchdb.ts';
import { median, printTable, round } from './print.ts';
import { makeSales } from './sales.ts';

interface Comparison {
  readonly sales: number;
  readonly rounds: number;
  readonly short: boolean;
  readonly factsPerSecond: number;
}

type Mode = NonNullable<Parameters<typeof runPouchPeer>[0]['mode']>;

/** The peer's own defaults are batch 100 and fullCouchDB; the others are what suits it best. */
const WAYS: readonly { mode: Mode; batch: number }[] = [
  { mode: 'minimumForPouchDB', batch: 1_000 },
  { mode: 'minimumForPouchDB', batch: 100 },
  { mode: 'fullCouchDB', batch: 100 },
];

/** The same sales from a PouchDB to an express-pouchdb, and how much faster we are. */
export async function comparePeer({ sales, rounds, short, factsPerSecond }: Comparison): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-bench-peer-'));
  try {
    const salesFile = join(folder, 'sales.jsonl');
    const lines = makeSales(sales, { beginAt: Date.now(), prefix: 'till' }).map(({ content, key, at }) =>
      JSON.stringify({ key, at, source: 'http:till', ...content }),
    );
    await writeFile(salesFile, lines.join('\n'));
    const rows: string[][] = [];
    for (const { mode, batch } of short ? WAYS.slice(0, 1) : WAYS) {
      const results: PeerResult[] = [];
      for (let turn = 0; turn < rounds; turn += 1) {
        const result = await runPouchPeer({ salesFile, docs: sales, batch, mode });
        if ('skipped' in result) {
          console.log(`\npeer      skipped: ${result.skipped}`);
          return;
        }
        results.push(result);
        console.log(`  peer ${mode}, batch ${batch}: ${round(result.docsPerSecond)} docs/s`);
      }
      rows.push(rowOf(`PouchDB -> express-pouchdb, ${mode}, batch ${round(batch)}`, results, factsPerSecond));
    }
    printTable(
      ['peer, medians', 'docs/s', 'bytes up', 'bytes down', 'client us', 'server us', 'we are faster by'],
      rows,
    );
    console.log(
      '          the peer keeps documents only and does not sync a batch to disk; ours is committed with fsync',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowOf(name: string, results: readonly PeerResult[], factsPerSecond: number): string[] {
  const middle = (of: (result: PeerResult) => number): number => median(results.map(of));
  const docsPerSecond = middle((result) => result.docsPerSecond);
  return [
    name,
    round(docsPerSecond),
    round(
      middle((result) => result.bytesUpPerDoc),
      1,
    ),
    round(
      middle((result) => result.bytesDownPerDoc),
      1,
    ),
    round(
      middle((result) => result.clientCpuUsPerDoc),
      1,
    ),
    round(
      middle((result) => result.serverCpuUsPerDoc),
      1,
    ),
    `x ${round(factsPerSecond / docsPerSecond, 1)}`,
  ];
}
