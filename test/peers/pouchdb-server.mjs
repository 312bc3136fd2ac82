// The peer's server: express-pouchdb on a free port of 127.0.0.1 over LevelDB, in a process of its own.
//
//   node pouchdb-server.mjs FOLDER minimumForPouchDB|fullCouchDB
//
// Prints one line, `{"port": n, "statsPort": n}`. The second port answers any request with the bytes that went
// through the first one and the processor time used so far; it is apart so that asking costs the measured side
// nothing. Ends when its standard input ends, that is when whoever started it ends it or dies, and then removes
// FOLDER.
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { sep } from 'node:path';
import express from 'express';
import expressPouchdb from 'express-pouchdb';
import PouchDB from 'pouchdb';

const [folder, mode] = process.argv.slice(2);
if (mode === undefined) throw new Error('usage: node pouchdb-server.mjs FOLDER minimumForPouchDB|fullCouchDB');

const app = express();
// The first mode speaks the whole replication protocol without log file, users and validation; the second is the
// package's own default.
const databases = PouchDB.defaults({ prefix: folder + sep });
app.use(expressPouchdb(databases, { mode }));

const open = new Set();
const closed = { bytesIn: 0, bytesOut: 0 };
const server = createServer(app);
server.on('connection', (socket) => {
  open.add(socket);
  socket.on('close', () => {
    open.delete(socket);
    closed.bytesIn += socket.bytesRead;
    closed.bytesOut += socket.bytesWritten;
  });
});

const stats = createServer((_request, response) => {
  const totals = { ...closed };
  for (const socket of open) {
    totals.bytesIn += socket.bytesRead;
    totals.bytesOut += socket.bytesWritten;
  }
  const { user, system } = process.cpuUsage();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...totals, cpuUs: user + system }));
});

const listen = (listener) =>
  new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => resolve(listener.address().port));
  });

// Ctrl-C reaches every process of a terminal; the end of standard input follows it, and does the tidying.
process.on('SIGINT', () => {});
process.stdin.resume();
process.stdin.on('end', () => {
  // The draining process ends by the same event; give it a moment to stop writing.
  setTimeout(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  }, 250);
});

console.log(JSON.stringify({ port: await listen(server), statsPort: await listen(stats) }));
