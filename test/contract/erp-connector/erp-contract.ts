import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalDocument } from '#hub/connectors/erp/mapping/canonical-document.ts';
import { mappingDocument, type MappingDocument } from '#hub/connectors/erp/mapping/mapping-document.ts';
import { render } from '#hub/connectors/erp/mapping/render.ts';
import { MADE_BODIES } from '#hub/connectors/erp/admin/made-bodies.ts';
import type { ErpConnector, ErpFailureCode, MappedDocument, Posted } from '#hub/connectors/erp/connector.ts';
import { ErpFailure } from '#hub/connectors/erp/connector.ts';
import { DOCUMENT_KINDS, type DocumentKind } from '#hub/outbox/documents/document-kinds.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { EVERY_FAULT, randomFaults, type Asked, type FaultyServer } from '#test/support/emulators/faulty-server.ts';

/** An ERP that a connector is tried against. */
export interface ErpUnderTest {
  /** Keys of what it has, each as often as it has it, in the order in which it came. */
  readonly keys: () => readonly string[];
  readonly stop: () => Promise<void>;
  /** Of ERPs that are spoken with over HTTP. */
  readonly server?: FaultyServer;
  /** Whether a request changes nothing; unless told otherwise a GET does not. */
  readonly isRead?: (asked: Asked) => boolean;
  connect(asked?: { readonly secret?: string; readonly url?: string; readonly timeoutMs?: number }): ErpConnector;
}

/** How long an ERP under test may take, unless a test is about one that does not answer: however busy this machine is. */
export const PATIENCE_MS = 10_000;

export interface ErpContract {
  readonly name: string;
  /** Whether it is a server that can fail, or a folder. */
  readonly speaksHttp: boolean;
  readonly example: MappingDocument;
  readonly start: () => Promise<ErpUnderTest>;
  /** A document that the ERP refuses, and what it says of it. */
  readonly refused: { readonly document: MappedDocument; readonly code?: ErpFailureCode; readonly says: string };
}

/** What every connector must do, whatever stands behind it. */
export function erpContract({ name, speaksHttp, example, start, refused }: ErpContract): void {
  describe(`the ERP connector ${name}`, () => {
    let erp: ErpUnderTest;
    let connector: ErpConnector;
    beforeEach(async () => {
      erp = await start();
      connector = erp.connect();
    });
    afterEach(async () => {
      connector.close();
      await erp.stop();
    });

    const document = (key: string, kind: DocumentKind = 'sale') => render(madeDocument(kind, key), example);

    it('O1 has what was posted, by its key, and nothing else', async () => {
      expect(await connector.lookup(document('S1/a'), 'S1/a')).toBeUndefined();
      const posted = await connector.post(document('S1/a'), 'S1/a');
      expect(await connector.lookup(document('S1/a'), 'S1/a')).toEqual(posted);
      expect(await connector.lookup(document('S1/ab'), 'S1/ab')).toBeUndefined();
      expect(erp.keys()).toEqual(['S1/a']);
    });

    it('O1 O2 the same key twice, and ten times at once, is there once', async () => {
      const first = await connector.post(document('S1/a'), 'S1/a');
      expect(await connector.post(document('S1/a'), 'S1/a')).toEqual(first);
      await Promise.allSettled(Array.from({ length: 10 }, () => connector.post(document('S1/b'), 'S1/b')));
      expect(erp.keys()).toEqual(['S1/a', 'S1/b']);
    });

    it('O1 keys of other alphabets, with slashes, quotes and spaces', async () => {
      const keys = ['S1/ä/ö "x" \'y\' %2F ?&=#', 'S1/販売-1', `S1/${'k'.repeat(115)}`];
      for (const key of keys) await connector.post(document(key), key);
      for (const key of keys) expect(await connector.lookup(document(key), key)).toBeDefined();
      expect(erp.keys()).toEqual(keys);
    });

    it('the example maps every kind that it routes, and the ERP takes what comes of it', async () => {
      expect(mappingDocument.safeParse(JSON.parse(JSON.stringify(example))).error).toBeUndefined();
      const kinds = DOCUMENT_KINDS.filter((kind) => example.routes.some((route) => route.kinds.includes(kind)));
      expect(kinds.length).toBeGreaterThan(3);
      for (const kind of kinds) await connector.post(document(`S1/${kind}`, kind), `S1/${kind}`);
      const written = kinds.filter((kind) => !(kind === 'void' && connector.capabilities.cancels));
      expect(erp.keys()).toEqual(written.map((kind) => `S1/${kind}`));
    });

    it('X2 what it refuses is refused with what it says, and leaves nothing', async () => {
      const failure = await failureOf(connector.post(refused.document, 'S1/bad'));
      expect([failure.code, failure.message]).toEqual([
        refused.code ?? 'ERP_REFUSED',
        expect.stringContaining(refused.says),
      ]);
      expect(erp.keys()).toEqual([]);
    });

    it('O1 takes back what was posted, once, and what is not there needs no taking back', async ({ skip }) => {
      skip(!connector.capabilities.cancels, 'this ERP cancels nothing by itself');
      await connector.post(document('S1/sale'), 'S1/sale');
      const cancel: MappedDocument = render(madeDocument('void', 'S1/v'), example);
      expect(await connector.lookup(cancel, 'S1/v')).toBeUndefined();
      const posted = await connector.post(cancel, 'S1/v');
      expect(await connector.lookup(cancel, 'S1/v')).toEqual(posted);
      expect(await connector.post(cancel, 'S1/v')).toEqual(posted);
      const nothing: MappedDocument = { act: 'cancel', target: cancel.target, key: 'S1/never' };
      expect(await connector.lookup(nothing, 'S1/w')).toEqual({ reference: null });
    });

    it('reads what the ERP has, page by page', async ({ skip }) => {
      skip(!connector.capabilities.readsStock, 'this ERP tells no stock');
      if (connector.capabilities.cancels) await connector.post(document('S1/receipt', 'receipt'), 'S1/receipt');
      const pages = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<ErpConnector['readStock']>> = await connector.readStock({
          since: null,
          cursor,
          limit: 1,
        });
        pages.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      expect(pages.length).toBeGreaterThan(0);
      for (const line of pages)
        expect(line).toMatchObject({
          sku: expect.any(String),
          location: expect.any(String),
          quantity: expect.any(Number),
        });
    });

    if (speaksHttp) {
      it('X1 wrong credentials, nobody there, no TLS: coded, and no secret is in what is said', async () => {
        const server = serverOf(erp);
        const codeOf = async (other: ErpConnector): Promise<string> => {
          const failures = [
            await failureOf(other.post(document('S1/a'), 'S1/a')),
            await failureOf(other.lookup(document('S1/a'), 'S1/a')),
          ];
          other.close();
          for (const { message } of failures) expect(message).not.toMatch(/geheim|secret/);
          expect(failures[0]?.code).toBe(failures[1]?.code);
          return failures[0]?.code ?? '';
        };
        const closed = createServer().listen(0, '127.0.0.1');
        await once(closed, 'listening');
        const { port } = closed.address() as AddressInfo;
        closed.close();
        expect(await codeOf(erp.connect({ secret: 'geheim' }))).toBe('ERP_UNAUTHORIZED');
        expect(await codeOf(erp.connect({ url: `http://127.0.0.1:${port}` }))).toBe('ERP_UNREACHABLE');
        expect(await codeOf(erp.connect({ url: server.url.replace('http:', 'https:') }))).toBe('ERP_UNREACHABLE');
        expect(() => erp.connect({ url: 'http://192.0.2.1' })).toThrow(ErpFailure);
      });

      it.for([
        ['refused', 'ERP_FAILED'],
        ['cut', 'ERP_UNREACHABLE'],
        ['throttled', 'ERP_THROTTLED'],
        ['page', 'ERP_ANSWER_INVALID'],
        ['down', /^ERP_(FAILED|ANSWER_INVALID)$/],
      ] as const)(
        'O1 %s: told apart from an answer, also of a look-up, which never says that nothing is there',
        async ([fault, code]) => {
          serverOf(erp).faults = () => fault;
          expect((await failureOf(connector.post(document('S1/a'), 'S1/a'))).code).toMatch(code);
          expect((await failureOf(connector.lookup(document('S1/a'), 'S1/a'))).code).toMatch(code);
          expect(erp.keys()).toEqual([]);
        },
      );

      it.for(['lost', 'mute', 'failed'] as const)(
        'O1 %s: what took effect although no answer came is found',
        async (fault) => {
          const { isRead = ({ method }) => method === 'GET' } = erp;
          serverOf(erp).faults = (asked) => (isRead(asked) ? undefined : fault);
          const impatient = erp.connect({ timeoutMs: fault === 'mute' ? 300 : PATIENCE_MS });
          const { code } = await failureOf(impatient.post(document('S1/a'), 'S1/a'));
          impatient.close();
          expect(['ERP_UNREACHABLE', 'ERP_TIMEOUT', 'ERP_FAILED'] satisfies ErpFailureCode[]).toContain(code);
          expect(await connector.lookup(document('S1/a'), 'S1/a')).toBeDefined();
          expect(erp.keys()).toEqual(['S1/a']);
        },
      );

      it.for([1, 2, 3])(
        'O1 random faults from seed %i: whoever asks before sending again has each once, in order',
        async (seed) => {
          serverOf(erp).faults = randomFaults(
            seededRandom(seed),
            0.4,
            EVERY_FAULT.filter((fault) => fault !== 'mute'),
          );
          const keys = Array.from({ length: 40 }, (_, place) => `S1/${seed}-${place}`);
          for (const key of keys) await untilPosted(connector, document(key), key);
          expect(erp.keys()).toEqual(keys);
        },
      );
    }
  });
}

/** A document of this kind with as little as it may say. */
export function madeDocument(kind: DocumentKind, key: string) {
  const { body, of } = MADE_BODIES[kind];
  const target =
    of === undefined
      ? null
      : {
          document: 1,
          key: 'S1/sale',
          kind: of,
          state: 'posted' as const,
          reference: null,
          mapping: null,
          isBegun: true,
          begunBy: [],
          body: MADE_BODIES[of].body,
        };
  const ends = { ...('to' in body && { to: 'S1' }), ...('from' in body && { from: 'S1' }) };
  const location = kind.startsWith('order') ? null : 'S1';
  return canonicalDocument({
    key,
    kind,
    location,
    at: 1_767_225_600_000,
    correlationId: key,
    body: { ...body, ...ends },
    target,
  });
}

function serverOf({ server }: ErpUnderTest): FaultyServer {
  if (server === undefined) throw new Error('this ERP has no server');
  return server;
}

async function failureOf(call: Promise<unknown>): Promise<ErpFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ErpFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

async function untilPosted(connector: ErpConnector, document: MappedDocument, key: string): Promise<Posted> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const there = attempt === 0 ? undefined : await connector.lookup(document, key);
      return there ?? (await connector.post(document, key));
    } catch (error) {
      if (!(error instanceof ErpFailure) || attempt > 100) throw error;
    }
  }
}
