import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { natural, pageAnswer } from './answers/fields.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

interface SkuRow {
  sku: string;
  positions: number;
  onHand: number;
  locations: string[];
}

interface StoreRow {
  code: string;
  sentFrom: number;
  sentTo: number;
}

const SKUS = readFileSync(new URL('./sql/unknown-skus.sql', import.meta.url), 'utf8');
const STORES = readFileSync(new URL('./sql/unknown-stores.sql', import.meta.url), 'utf8');

const unknownSku = z
  .strictObject({ sku: z.string(), positions: natural, onHand: z.int(), locations: z.array(z.string()) })
  .meta({ id: 'UnknownSku' });
const unknownStore = z
  .strictObject({ code: z.string(), sentFrom: natural, sentTo: natural })
  .meta({ id: 'UnknownStore' });

/** What facts name and nobody has entered: its units are in the ledger all the same, and belong to it once it is there. */
export function unknownRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/unknown-skus',
      access: 'stock:read',
      summary: 'Skus of positions without a product: counted and sold, but not entered.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(unknownSku),
      async handle({ query }) {
        const list = [readCursor(query.cursor, sku) ?? '', query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<SkuRow>(SKUS, list));
        return { body: pageOf(rows, query.limit, toSku, (row) => row.sku) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/unknown-stores',
      access: 'stock:read',
      summary: 'Stores that transfers name and the hub does not know, with the number of those transfers.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(unknownStore),
      async handle({ query }) {
        const list = [readCursor(query.cursor, storeCode) ?? '', query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<StoreRow>(STORES, list));
        return { body: pageOf(rows, query.limit, toStore, (row) => row.code) };
      },
    }),
  ];
}

function toSku({ sku, positions, onHand, locations }: SkuRow) {
  return { sku, positions, onHand, locations };
}

function toStore({ code, sentFrom, sentTo }: StoreRow) {
  return { code, sentFrom, sentTo };
}
