// The peer's client: one store that was offline. Writes sales into a local PouchDB over LevelDB, then measures how
// long replicating them to the server takes, in a process of its own.
//
//   node pouchdb-drain.mjs --sales FILE --server URL --stats URL --folder FOLDER --mode MODE [--docs 20000] [--batch 100]
//
// FILE holds one sale a line, as JSON; the first `docs` lines are taken. Prints one line of JSON: PeerResult of
// test/bench/peer-pouchdb.ts. Ends without a result when its standard input ends.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import PouchDB from 'pouchdb';

const { values } = parseArgs({
  options: {
    sales: { type: 'string' },
    server: { type: 'string' },
    stats: { type: 'string' },
    folder: { type: 'string' },
    mode: { type: 'string' },
    docs: { type: 'string', default: '20000' },
    batch: { type: 'string', default: '100' },
  },
});
const docs = Number(values.docs);
const batch = Number(values.batch);
for (const name of ['sales', 'server', 'stats', 'folder', 'mode']) {
  if (values[name] === undefined) throw new Error(`--${name} is missing`);
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(1));

const serverStats = async () => (await fetch(values.stats)).json();

/** Writes the first `docs` sales of the file, 1,000 at a time; ids are short and ascending, which suits LevelDB best. */
async function fill(database) {
  let written = 0;
  let group = [];
  const write = async () => {
    const failed = (await database.bulkDocs(group)).filter((row) => row.error);
    if (failed.length > 0) throw new Error(`${failed.length} sales were not written: ${JSON.stringify(failed[0])}`);
    written += group.length;
    group = [];
  };
  const lines = createInterface({ input: createReadStream(values.sales), crlfDelay: Infinity });
  for await (const line of lines) {
    if (line === '') continue;
    group.push({ _id: String(written + group.length + 1).padStart(9, '0'), ...JSON.parse(line) });
    if (written + group.length === docs) break;
    if (group.length === 1000) await write();
  }
  if (group.length > 0) await write();
  if (written !== docs) throw new Error(`${values.sales} holds ${written} sales, ${docs} were asked for`);
}

const local = new PouchDB(join(values.folder, 'store'));
await fill(local);
const remote = new PouchDB(`${values.server}/sales`);
await remote.info();

const serverBefore = await serverStats();
const cpuBefore = process.cpuUsage();
const startedMs = performance.now();
const replicated = await PouchDB.replicate(local, remote, { batch_size: batch });
const seconds = (performance.now() - startedMs) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const serverAfter = await serverStats();

// A drain that left something behind is no drain: the server's own count decides, not the replicator's.
const { doc_count: arrived } = await remote.info();
if (arrived !== docs || replicated.doc_write_failures > 0) {
  throw new Error(`the server holds ${arrived} of ${docs} sales, ${replicated.doc_write_failures} failed`);
}

const perDoc = (total) => Math.round((total / docs) * 10) / 10;
console.log(
  JSON.stringify({
    peer: `PouchDB 9.0.0 -> express-pouchdb 4.2.0 (${values.mode}; LevelDB, no fsync per batch)`,
    docs,
    batch,
    seconds: Math.round(seconds * 1000) / 1000,
    docsPerSecond: Math.round(docs / seconds),
    bytesUpPerDoc: perDoc(serverAfter.bytesIn - serverBefore.bytesIn),
    bytesDownPerDoc: perDoc(serverAfter.bytesOut - serverBefore.bytesOut),
    clientCpuUsPerDoc: perDoc(cpu.user + cpu.system),
    serverCpuUsPerDoc: perDoc(serverAfter.cpuUs - serverBefore.cpuUs),
  }),
);
await local.close();
process.exit(0);
