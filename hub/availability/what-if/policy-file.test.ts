import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readPolicyFile } from './policy-file.ts';

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-policy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'policy.json');
  await writeFile(path, text);
  return path;
}

it('reads one policy or a list', async () => {
  const one = { name: 'ours', rule: 'lagBuffer', epsilon: 0.02, channels: { amazon: { epsilon: 0.005 } } };
  expect(await readPolicyFile(await file(JSON.stringify(one)))).toEqual([one]);
  const list = await readPolicyFile(await file(JSON.stringify([one, { name: 'oracle', rule: 'meanDay' }])));
  expect(list[1]).toEqual({ name: 'oracle', rule: 'meanDay', factor: 1, rounding: 'up', channels: {} });
});

it.for([
  ['{"name": "x", "rule": "lagBuffer", "epsilon": 2}', /policy\.json: epsilon: /],
  ['[{"name": "a", "rule": "none"}, {"name": "b", "rule": "fixed", "units": -1}]', /policy\.json: policy 1: units: /],
  ['{"name": "x", "rule": "lagBuffer", "epsilon": 0.01, "channels": {"ebay": {"risk": 1}}}', /channels\.ebay: .*risk/],
  ['{"name": "x", "rule": "magic"}', /policy\.json: rule: /],
  ['[]', /a list holds 1 to 50/],
  ['{"name"', /policy\.json is not JSON/],
] as const)('%s: says where it is wrong', async ([text, message]) => {
  await expect(readPolicyFile(await file(text))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(message),
  });
});

it('names a file that is not there', async () => {
  await expect(readPolicyFile('/nowhere/policy.json')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
