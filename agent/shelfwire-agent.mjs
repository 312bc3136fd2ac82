#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// The program, in plain JavaScript: what makes it small must be set before the first of it is read (README.md, "Memory").
// It shares the till's machine: while it reads the store's products and stock its heap grows in small steps, or the room that it
// took for a moment would stay its own. `run` ends that, for it doubles the processor time of a fact.
setFlagsFromString('--optimize-for-size');
// What was compiled once is not compiled again, and the compiler is not even loaded. Beside the program, where whoever may
// change the cache may change the program too; where that cannot be written, it goes without.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/node-compile'));
await import('./main.ts');
