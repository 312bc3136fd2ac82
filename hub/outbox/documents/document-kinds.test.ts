import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { documentKey } from './document-kinds.ts';

const digest = (text: string) => hash('sha256', text, 'hex');

it('O2 a key is the same for ever, of two facts never the same, and fits fields of 140 characters', () => {
  expect(documentKey('S1', 'till-1:7', digest)).toBe('S1/till-1:7');
  const long = 'k'.repeat(128);
  const keys = [long, `${long.slice(0, 127)}x`].map((key) => documentKey('S'.repeat(32), key, digest));
  expect(keys[0]).not.toBe(keys[1]);
  expect(keys.every((key) => key.length <= 140)).toBe(true);
});
