import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { files } from '#hub/connectors/erp/files/files.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { SftpEmulator } from '#test/support/emulators/sftp-server.ts';
import { PATIENCE_MS, erpContract } from './erp-contract.ts';

erpContract({
  name: 'files over SFTP',
  speaksHttp: false,
  example: files.example,
  refused: {
    document: { act: 'cancel', target: 'sale', key: 'S1/a' },
    code: 'ERP_MAPPING_FAILED',
    says: 'cancels nothing',
  },
  async start() {
    const root = mkdtempSync(join(tmpdir(), 'shelfwire-sftp-contract-'));
    const out = join(root, 'in');
    mkdirSync(out);
    const server = await SftpEmulator.start(root);
    return {
      keys: () =>
        readdirSync(out)
          .filter((name) => !name.startsWith('.'))
          .sort()
          .map((name) => (JSON.parse(readFileSync(join(out, name), 'utf8')) as { key: string }).key),
      async stop() {
        await server.stop();
        rmSync(root, { recursive: true, force: true });
      },
      connect: () =>
        files.create(
          { sftp: { host: '127.0.0.1', port: server.port, user: 'hub', hostKey: server.hostKey, folder: 'in' } },
          { privateKey: server.clientKey },
          { code: 'main', clock: systemClock, toPrivate: true, folder: '/nowhere', timeoutMs: PATIENCE_MS },
        ),
    };
  },
});
