import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the store's app; the daemon serves `dist`, Electron loads it from there. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Nothing inline: the pages forbid it.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_200,
  },
});
