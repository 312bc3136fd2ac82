import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { files } from '#hub/connectors/erp/files/files.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { PATIENCE_MS, erpContract } from './erp-contract.ts';

erpContract({
  name: 'files',
  speaksHttp: false,
  example: files.example,
  refused: {
    document: { act: 'cancel', target: 'sale', key: 'S1/a' },
    code: 'ERP_MAPPING_FAILED',
    says: 'cancels nothing',
  },
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'shelfwire-erp-contract-'));
    const out = join(folder, 'main');
    return {
      keys: () =>
        readdirSync(out)
          .filter((name) => !name.startsWith('.'))
          .sort()
          .map((name) => (JSON.parse(readFileSync(join(out, name), 'utf8')) as { key: string }).key),
      stop: async () => rmSync(folder, { recursive: true, force: true }),
      connect: () =>
        files.create({}, {}, { code: 'main', clock: systemClock, toPrivate: true, folder, timeoutMs: PATIENCE_MS }),
    };
  },
});
