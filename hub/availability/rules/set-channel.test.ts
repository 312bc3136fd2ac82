import { describe, expect, it } from 'vitest';
import { checkRules } from './check-rules.ts';
import { setChannel } from './set-channel.ts';

const web = { code: 'web', name: 'Web', locations: ['S1', 'S2'] };

describe('setChannel', () => {
  it('changes only what it is told to, comments and JSON alike', () => {
    const yaml = `# Rules\nrules: 1\nchannels:\n  # The shop\n  - code: web\n    name: Old # since May\n    groups: [north]\n    epsilon: 0.05\n  - {code: amz, name: A}\ngroups:\n  - {code: north, locations: [S1]}\n`;
    const changed = setChannel(yaml, web);
    for (const kept of ['# Rules', '# The shop', 'epsilon: 0.05', 'code: amz']) expect(changed).toContain(kept);
    expect(checkRules(changed).document!.channels).toMatchObject([
      { ...web, groups: [], epsilon: 0.05 },
      { code: 'amz' },
    ]);
    const json = '{"rules": 1, "channels": [{"code": "amz", "name": "A"}]}';
    expect((JSON.parse(setChannel(json, web)) as { channels: unknown[] }).channels).toEqual([
      { code: 'amz', name: 'A' },
      web,
    ]);
  });

  it.each([
    ['no document', undefined],
    ['no list', 'rules: 1\n'],
    ['an empty list', 'rules: 1\nchannels:\n'],
    ['braces that are no JSON', '{rules: 1, channels: []}'],
    ['an empty flow list', 'rules: 1\nchannels: []\n'],
  ])('begins with %s', (_, text) => {
    expect(checkRules(setChannel(text, web)).document!.channels).toMatchObject([web]);
  });

  it('finds a code that is written as a number, and writes one so that it is read as it is', () => {
    const text = setChannel('rules: 1\nchannels:\n  - {code: 007, name: Bond}\n', {
      code: '007',
      name: '42',
      locations: [],
    });
    expect(checkRules(text).document!.channels).toMatchObject([{ code: '007', name: '42' }]);
    expect(checkRules(setChannel(text, { ...web, code: '7' })).document!.channels.map(({ code }) => code)).toEqual([
      '007',
      '7',
    ]);
  });

  it.each([
    'null',
    '~',
    'true',
    '1e3',
    '# x',
    'a: b',
    '- a',
    '"',
    "it's",
    '*a',
    '&a',
    '!x',
    'Größe  2',
    ' ',
    '{',
    '%',
    '@',
  ])('a name is read as it was given: %s', (name) => {
    const text =
      'rules: 1\ntransitHours: 1e1\nchannels:\n  - {code: 1e3, name: null-and-void, cap: 0x10, epsilon: .05}\n';
    const codes = { code: 'null', name, locations: ['true', 'null', '1e3'] };
    const { document } = checkRules(setChannel(text, codes));
    expect(document!.channels).toMatchObject([{ code: '1e3', cap: 16, epsilon: 0.05 }, codes]);
    expect(document!.transitHours).toBe(10);
  });
});
