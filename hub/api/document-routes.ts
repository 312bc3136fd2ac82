import { hash } from 'node:crypto';
import { z } from 'zod';
import { asyncApiDocument } from './document/asyncapi-document.ts';
import { DOCUMENT_STYLE, documentPage } from './document/document-page.ts';
import { openApiDocument, type OpenApiDocument } from './document/openapi-document.ts';
import { route, type Route } from './route.ts';

/** Our style sheet and nothing else: no script, no address, no frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', DOCUMENT_STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * GET /v1/openapi.json and the same as a page, GET /docs: made of the routes' own schemas, so they cannot differ from
 * what is accepted and answered.
 */
export function documentRoutes(routes: readonly Route[], version: string): Route[] {
  let made: OpenApiDocument | undefined;
  let page: string | undefined;
  let asyncApi: ReturnType<typeof asyncApiDocument> | undefined;
  const document = (): OpenApiDocument => (made ??= openApiDocument([...routes, ...own], version));
  const own: Route[] = [
    route({
      method: 'get',
      path: '/v1/openapi.json',
      access: 'any',
      summary: 'The OpenAPI document of this API.',
      answer: z.looseObject({ openapi: z.literal('3.1.0') }),
      handle: async () => ({ body: document() }),
    }),
    route({
      method: 'get',
      path: '/v1/asyncapi.json',
      access: 'any',
      summary: 'The AsyncAPI document: what webhooks are sent, and what is said over the sockets of stores.',
      answer: z.looseObject({ asyncapi: z.literal('3.0.0') }),
      handle: async () => ({ body: (asyncApi ??= asyncApiDocument(version)) }),
    }),
    route({
      method: 'get',
      path: '/docs',
      access: 'any',
      summary: 'The same as a page. A browser asks for the key: it is the password, the name does not matter.',
      contentType: 'text/html; charset=utf-8',
      answer: z.string(),
      handle: async () => ({
        headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
        body: (page ??= documentPage(document())),
      }),
    }),
  ];
  return own;
}
