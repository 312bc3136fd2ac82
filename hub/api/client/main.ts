import { writeFile } from 'node:fs/promises';
import { openApiDocument } from '../document/openapi-document.ts';
import { describedRoutes } from './described-routes.ts';
import { operationsText } from './operations-text.ts';

/** `npm run client`: writes the types of the client anew after a change of the API. */
await writeFile(
  new URL('../../../shared/hub-api/operations.ts', import.meta.url),
  operationsText(openApiDocument(describedRoutes(), '')),
);
