import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shelfwire</title>
<h1>The store's app is not built</h1><p>Run <code>npm run build</code>, then load this page again.</p></html>`;

/**
 * The store manager's app: files that say nothing of the store. What they show comes from the API, behind a session.
 * @param folder what Vite has built
 */
export function uiFiles(folder: string): Router {
  const router = Router();
  // Named by their content: they never change.
  router.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '365d', index: false }));
  router.get('/', (_request, response) => {
    response.set('Cache-Control', 'no-cache');
    const page = join(folder, 'index.html');
    if (existsSync(page)) response.sendFile(page);
    else response.status(503).type('html').send(NOT_BUILT);
  });
  return router;
}
