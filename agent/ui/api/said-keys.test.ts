import { expect, it } from 'vitest';
import { SaidKeys } from './said-keys.ts';

const PICK = { step: 'pick', body: { lines: [{ line: 'a', quantity: 1 }] } };

it('F4 what is said again without an answer has its key, what follows it has not, and so is not taken for it', () => {
  let made = 0;
  const keys = new SaidKeys({ newKey: () => `key ${(made += 1)}`, now: () => 0 });
  expect([keys.of(PICK), keys.of(structuredClone(PICK))]).toEqual(['key 1', 'key 1']);
  // Its answer was lost, though it was taken: under its key the hand-over would be refused until the page is opened anew.
  expect(keys.of({ step: 'hand-over', body: {} })).toBe('key 2');
  keys.answered();
  expect(keys.of({ step: 'hand-over', body: {} })).toBe('key 3');
});

it('F4 it also has its key in a page that was opened anew, and not for ever', () => {
  let made = 0;
  let now = 0;
  const texts = new Map<string, string>();
  const storage = {
    getItem: (name: string) => texts.get(name) ?? null,
    setItem: (name: string, text: string) => void texts.set(name, text),
    removeItem: (name: string) => void texts.delete(name),
  };
  const opened = (name: string) =>
    new SaidKeys({ newKey: () => `key ${(made += 1)}`, now: () => now, kept: { storage, name } });
  expect(opened('Ada').of(PICK)).toBe('key 1');
  now += 14 * 60_000;
  expect([opened('Ada').of(PICK), opened('Ben').of(PICK)]).toEqual(['key 1', 'key 2']);
  // Another one like it, an hour later, is none of the first.
  now += 60 * 60_000;
  const last = opened('Ada');
  expect(last.of(PICK)).toBe('key 3');
  last.answered();
  expect(opened('Ada').of(PICK)).toBe('key 4');
  texts.set('Ada', 'not ours');
  expect(opened('Ada').of(PICK)).toBe('key 5');
});
