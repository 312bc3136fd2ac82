import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { madeDocument } from '#test/contract/erp-connector/erp-contract.ts';
import { FileErp } from '#test/support/file-erp.ts';
import { functionalOf, readX12 } from '#test/support/x12-reader.ts';
import type { AcknowledgementFile } from '../connector.ts';
import { render } from '../mapping/render.ts';
import { readFunctional } from './acknowledgement.ts';
import { segmentsOf } from './transaction-sets.ts';
import { x12 } from './x12.ts';

let erp: FileErp;
beforeEach(() => {
  erp = new FileErp(x12, { sender: 'SHELFWIRE', receiver: 'PARTNER' });
});
afterEach(() => erp.remove());

const document = (kind: Parameters<typeof madeDocument>[0], key: string) =>
  render(madeDocument(kind, key), x12.example);

it('what happened is an 852, what is there an 846, each in envelopes of its own number', async () => {
  const connector = erp.connect();
  await connector.post(document('sale', 'S1/a'), 'S1/a');
  await connector.post(document('count', 'S1/b'), 'S1/b');
  await connector.post(document('void', 'S1/c'), 'S1/c');
  const read = erp.contents.map(readX12);
  expect(read.map(({ number, set }) => [number, set])).toEqual([
    [1, '852'],
    [2, '846'],
    [3, '852'],
  ]);
  expect(read[0]?.segments.slice(2)).toEqual([
    ['N1', 'RL', '', '92', '0001'],
    ['LIN', '1', 'SK', 'SKU-1'],
    ['ZA', 'QS', '1', 'EA'],
    ['CTT', '1'],
  ]);
  expect(read[1]?.segments.slice(-2)[0]).toEqual(['QTY', '17', '1', 'EA']);
  expect(read[2]?.segments.slice(-2)[0]).toEqual(['ZA', 'QS', '-1', 'EA']);
});

it('O1 a document that is sent again has the number that it had', async () => {
  await erp.connect().post(document('sale', 'S1/a'), 'S1/a');
  await erp.connect().post(document('sale', 'S1/b'), 'S1/b');
  await erp.connect().post(document('sale', 'S1/a'), 'S1/a');
  expect(erp.contents.map((text) => readX12(text).number)).toEqual([1, 2]);
});

it.for([
  [{ date: '20260101', lines: [] }, 'location'],
  [{ location: '01', date: '2026-01-01', lines: [{ sku: 'A', activity: 'QS', quantity: 1 }] }, 'date'],
  [{ location: '01', date: '20260101', lines: [{ sku: 'A', activity: 'sold', quantity: 1 }] }, 'activity'],
] as const)('X2 %j is refused for its %s', ([payload, says]) => {
  expect(() => segmentsOf('852', payload, 'k')).toThrow(says);
});

it('reads acknowledgements once: what was not taken, with the codes of the partner; the file is set aside', async () => {
  const connector = erp.connect();
  for (const key of ['S1/a', 'S1/b', 'S1/c']) await connector.post(document('sale', key), key);
  const [a = '', b = '', c = ''] = erp.contents;
  const inbox = join(erp.out, 'in');
  writeFileSync(join(inbox, '1.997'), functionalOf(a, 'A'));
  writeFileSync(join(inbox, '2.997'), functionalOf(b, 'R', ['AK3*LIN*4**8', 'AK4*3*234*7*SKU-1']));
  writeFileSync(join(inbox, '3.997'), functionalOf(c, 'E'));
  const kept: AcknowledgementFile[] = [];
  const read = () => connector.readAcknowledgements?.(async (file) => void kept.push(file));
  await read();
  await read();
  expect(kept.flatMap(({ acknowledgements }) => acknowledgements)).toEqual([
    { controlNumber: 1, state: 'accepted', detail: '' },
    { controlNumber: 2, state: 'rejected', detail: 'AK3*LIN*4**8; AK4*3*234*7*SKU-1; R 5' },
    { controlNumber: 3, state: 'acceptedWithErrors', detail: 'E 5' },
  ]);
  expect([readdirSync(inbox), readdirSync(join(erp.out, '.read')).length]).toEqual([[], 3]);
});

it('F5 a file that is still written is left; one that stays broken is kept as it came, with why', async () => {
  const connector = erp.connect();
  mkdirSync(join(erp.out, 'in'), { recursive: true });
  const path = join(erp.out, 'in', 'a.997');
  const kept: AcknowledgementFile[] = [];
  const read = () => connector.readAcknowledgements?.(async (file) => void kept.push(file));
  writeFileSync(path, 'ISA*00');
  await read();
  writeFileSync(path, `ISA*00${'*'.repeat(200)}`);
  await read();
  expect(kept).toEqual([]);
  await read();
  expect(kept).toMatchObject([
    { name: 'a.997', problem: 'It does not end as an interchange does.', acknowledgements: [] },
  ]);
  // Nor do a folder and a file without end hold up what is behind them.
  mkdirSync(join(erp.out, 'in', 'a-folder'));
  writeFileSync(join(erp.out, 'in', 'a-big'), 'x'.repeat(4 * 1024 * 1024 + 1));
  await read();
  await read();
  expect(kept.splice(1)).toMatchObject([{ name: 'a-big', content: '"in/a-big" is larger than 4194304 bytes.' }]);
  // What fails while it is kept is read again.
  writeFileSync(path, functionalOf(await posted('S1/z'), 'A'));
  await expect(connector.readAcknowledgements?.(() => Promise.reject(new Error('no database')))).rejects.toThrow();
  await read();
  expect(kept).toHaveLength(2);
});

async function posted(key: string): Promise<string> {
  await erp.connect().post(document('sale', key), key);
  return erp.contents.at(-1) ?? '';
}

it('reads whatever separates, and says what is no acknowledgement', async () => {
  const other = functionalOf(await posted('S1/a'), 'A');
  expect(readFunctional(other.replaceAll('*', '|').replaceAll('~\n', "'")).acknowledgements).toHaveLength(1);
  expect(readFunctional('hello').problem).toBe('It is no X12 interchange.');
});
