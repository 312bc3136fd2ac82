import { describe, expect, it } from 'vitest';
import { readIdempotencyKey } from './idempotency-key.ts';

describe('the header Idempotency-Key', () => {
  it.each(['a', 'order 7/line-2', '~'.repeat(120)])('is taken as it is: %s', (header) => {
    expect(readIdempotencyKey(header)).toBe(header);
  });

  it('may be absent', () => {
    expect(readIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each(['', 'x'.repeat(121), 'a\tb', 'a\u0000', 'sch\u00f6n', 'a\u007f'])(
    'X2 is refused when it is none: %j',
    (header) => {
      expect(() => readIdempotencyKey(header)).toThrow(
        expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining('1 to 120 printable') }),
      );
    },
  );
});
