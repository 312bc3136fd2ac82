import { describe, expect, it } from 'vitest';
import { ShelfwireError } from './errors.ts';
import { problem, problemAnswer, problemOf, toCodedError } from './problem.ts';

describe('problem', () => {
  it('says code, remedy and story, and of the context only what is meant for the caller', () => {
    const context = { key: null, quarantined: true, path: '/secret' };
    const found = problemOf(new ShelfwireError('FACT_INVALID', 'body: missing', { context }), 'story-1');
    expect(problem.strict().parse(found)).toEqual({
      type: 'urn:shelfwire:error:FACT_INVALID',
      title: 'Fact invalid',
      status: 422,
      detail: 'body: missing',
      code: 'FACT_INVALID',
      remedy: 'Correct the named field and send the fact again with the same key.',
      correlationId: 'story-1',
      key: null,
      quarantined: true,
    });
  });

  it('gives the remedy of the place where it happened before the general one', () => {
    const general = new ShelfwireError('NOT_FOUND', 'There is no x.');
    const special = new ShelfwireError('NOT_FOUND', 'There is no x.', { remedy: 'Make an x.' });
    expect([general, special].map((error) => problemOf(error, 'x').remedy)).toEqual([
      'Check the name, address or id.',
      'Make an x.',
    ]);
  });

  it('cuts a long detail, not through a character', () => {
    const { detail } = problemOf(new ShelfwireError('CONFLICT', `${'a'.repeat(499)}😀${'b'.repeat(50)}`), 'x');
    expect(detail.length).toBeLessThan(510);
    expect(detail.isWellFormed()).toBe(true);
  });

  it.each([
    ['UNAUTHORIZED', {}, { 'WWW-Authenticate': 'Bearer' }],
    ['RATE_LIMITED', { retryAfterMs: 1_001 }, { 'Retry-After': '2' }],
    ['NOT_FOUND', {}, {}],
  ] as const)('%s is answered with its headers', (code, context, headers) => {
    const answer = problemAnswer(problemOf(new ShelfwireError(code, 'so', { context }), 'x'));
    expect(answer.headers).toEqual({ 'Content-Type': 'application/problem+json', ...headers });
    expect(JSON.parse(answer.body)).toMatchObject({ code, status: answer.status });
  });

  it("X2 a broken address is the caller's mistake; a bug says nothing of itself and stays the cause", () => {
    expect(toCodedError(new URIError('%E0')).code).toBe('REQUEST_INVALID');
    const bug = new TypeError('password is hunter2');
    expect(toCodedError(bug)).toMatchObject({ code: 'INTERNAL', cause: bug });
    expect(JSON.stringify(problemOf(toCodedError(bug), 'x'))).not.toContain('hunter2');
  });
});
