import { join } from 'node:path';
import { build, type InlineConfig } from 'vite';

const DIST = join(import.meta.dirname, 'dist');

/** One file of what Electron runs: it loads no TypeScript, and a preload in a sandbox requires nothing but Electron. */
const bundle = (outDir: string, entry: string, file: string, format: 'es' | 'cjs'): InlineConfig => ({
  configFile: false,
  root: import.meta.dirname,
  logLevel: 'error',
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: join(import.meta.dirname, entry),
    outDir,
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    rolldownOptions: { output: { format, entryFileNames: file, codeSplitting: false } },
  },
});

/** Builds main process and preload into a folder, `dist/` unless another is named. */
export async function buildShell(outDir = DIST): Promise<{ readonly main: string; readonly preload: string }> {
  const [main, preload] = ['main.mjs', 'preload.cjs'] as const;
  await build(bundle(outDir, 'shell.main.ts', main, 'es'));
  await build(bundle(outDir, 'window.preload.ts', preload, 'cjs'));
  return { main: join(outDir, main), preload: join(outDir, preload) };
}
