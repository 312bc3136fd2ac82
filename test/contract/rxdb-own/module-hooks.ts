import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const CONFIG = new URL('test-config.ts', import.meta.url).href;

/**
 * Lets the test files of an RxDB checkout run against the RxDB that is installed here.
 *
 * - `../../plugins/NAME/index.mjs` is `rxdb/plugins/NAME`: tests and storage must share one RxDB.
 * - `./config.ts` is ours: it names the storage under test.
 * - A package that is not installed here is taken from the checkout.
 * - Their TypeScript imports types without saying so, which type stripping cannot leave out: swc does.
 */
export function registerCheckout(checkout: string): void {
  const root = pathToFileURL(join(checkout, '/')).href;
  registerHooks({
    resolve(specifier, context, next) {
      // Kept, because the next resolver changes its context.
      const parentURL = context.parentURL;
      const own = parentURL?.startsWith(`${root}test/`) ?? false;
      const plugin = /^(?:\.\.\/)+plugins\/([\w-]+)\/index\.mjs$/.exec(specifier)?.[1];
      if (own && plugin !== undefined)
        return next(`rxdb/plugins/${plugin}`, { ...context, parentURL: import.meta.url });
      if (own && specifier === './config.ts') return next(CONFIG, context);
      if (!/^[\w@]/.test(specifier) || specifier.startsWith('node:')) return next(specifier, context);
      if (!own)
        return orFromCheckout(
          () => next(specifier, context),
          () => next(specifier, { ...context, parentURL: root }),
        );
      const here = { ...context, parentURL: import.meta.url };
      return orFromCheckout(
        () => next(specifier, here),
        () => next(specifier, { ...context, parentURL }),
      );
    },
    load(url, context, next) {
      if (!url.startsWith(`${root}test/`) || !url.endsWith('.ts')) return next(url, context);
      const filename = fileURLToPath(url);
      const { code } = transformSync(readFileSync(filename, 'utf8'), {
        filename,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        sourceMaps: 'inline',
      });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}

function orFromCheckout<Result>(here: () => Result, there: () => Result): Result {
  try {
    return here();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    return there();
  }
}
