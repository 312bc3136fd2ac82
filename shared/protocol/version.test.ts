import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BODIES, envelope } from './fact.ts';
import { enrolAnswer, enrolRequest } from './messages/enrol.ts';
import { challenge, hello, welcome } from './messages/hello.ts';
import { pull, pullAnswer } from './messages/pull.ts';
import { push, pushAnswer } from './messages/push.ts';
import { coming, comingAsked, otherStock, otherStockAsked } from './messages/questions.ts';
import { statusReport } from './messages/status.ts';
import { view, viewWanted } from './messages/view.ts';
import { ENCODINGS, PROTOCOL } from './version.ts';

/**
 * The hash of every schema on the wire, by protocol version. When this test fails, the wire has changed: a change
 * that an older agent or hub would notice needs a new version (see version.ts); then add its line here. Only what is not
 * released yet may change under its own number: nobody out there speaks it.
 */
const WIRE_HASHES: Readonly<Record<number, string>> = {
  2: 'ae7fe9f6982c501d',
};

function wireHash(): string {
  const schemas = {
    ...BODIES,
    envelope,
    challenge,
    hello,
    welcome,
    push,
    pushAnswer,
    pull,
    pullAnswer,
    statusReport,
    view,
    viewWanted,
    otherStockAsked,
    otherStock,
    comingAsked,
    coming,
  };
  const described = Object.entries({ ...schemas, enrolRequest, enrolAnswer }).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { unrepresentable: 'any' }),
  ]);
  return hash('sha256', JSON.stringify([described, ENCODINGS]), 'hex').slice(0, 16);
}

describe('the wire', () => {
  it('S6 does not change without a new protocol version', () => {
    expect(wireHash()).toBe(WIRE_HASHES[PROTOCOL.current]);
  });

  it('S6 serves the current version and the one before it', () => {
    expect(PROTOCOL.oldest).toBe(PROTOCOL.current - 1);
    expect(Object.keys(ENCODINGS).map(Number)).toEqual([PROTOCOL.oldest, PROTOCOL.current]);
  });
});
