import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openApiDocument } from '../document/openapi-document.ts';
import { describedRoutes } from './described-routes.ts';
import { operationsText } from './operations-text.ts';

it("the client's types are those of the routes; after a change of the API: npm run client", async () => {
  const written = await readFile(new URL('../../../shared/hub-api/operations.ts', import.meta.url), 'utf8');
  expect(written).toBe(operationsText(openApiDocument(describedRoutes(), '')));
});
