import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ContactLog } from './contact-log.ts';

it('says once that the hub is lost, refuses or is found, however often it is tried', () => {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const log = new ContactLog(pino({ level: 'info' }, stream), 'http://hub');
  const lost = { phase: 'backingOff', attempt: 1, problem: { code: 'HUB_UNREACHABLE', detail: 'gone' } } as const;
  const refused = { phase: 'refused', attempt: 1, problem: { code: 'DEVICE_REVOKED', detail: 'no' } } as const;
  const found = () => log.found({ store: 'S1', watermark: 3, backlog: 2 });
  for (const state of [lost, { ...lost, phase: 'connecting' }, lost] as const) log.phase(state);
  found();
  for (const state of [lost, refused, lost, refused]) log.phase(state);
  found();
  const said = lines.map(({ level, hub, code, watermark }) => [level, hub, code ?? watermark]);
  const expected = ['HUB_UNREACHABLE', 3, 'HUB_UNREACHABLE', 'DEVICE_REVOKED', 3];
  expect(said).toEqual(expected.map((what) => [30, 'http://hub', what]));
  expect(lines[0]).toMatchObject({ detail: 'gone' });
  expect(lines[1]).toMatchObject({ store: 'S1', backlog: 2 });
});
