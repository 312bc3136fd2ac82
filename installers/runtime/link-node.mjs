// After `npm ci`: puts the Node that optionalDependencies brought on the PATH of npm's scripts, where npm has not done so
// itself (npm 10 takes the link away again with the packages of other platforms). Runs on whatever Node is installed.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const { platform, arch } = process;
const modules = join(import.meta.dirname, '../../node_modules');
const brought = join(`node-${platform === 'win32' ? 'win' : platform}-${arch}`, 'bin', 'node');
const link = join(modules, '.bin', 'node');

if (existsSync(join(modules, brought)) && !existsSync(link)) {
  mkdirSync(join(modules, '.bin'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join('..', brought), link);
} else if (!existsSync(link) && platform !== 'win32' && Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`Shelfwire needs Node 24. No package brings it for ${platform}-${arch}: put one on your PATH.`);
}
