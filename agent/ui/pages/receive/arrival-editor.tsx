import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { ArrowLeft, Check, ListChecks, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ArrivalsView } from '#shared/agent-api/answers.ts';
import type { ArrivalDraft, ArrivalLine } from '#shared/agent-api/arrivals.ts';
import { useFormat } from '../../parts/format.ts';
import { ScanField } from '../../parts/scan-field.tsx';
import { Failed } from '../../parts/shown.tsx';
import { skuOf } from '../../parts/sku-of.ts';
import { useWords } from '../../words/words.tsx';
import { arrivalRows } from './arrival-rows.ts';
import { ArrivalRowView } from './arrival-row.tsx';
import { ConfirmArrival } from './confirm-arrival.tsx';
import { isKnown } from './is-known.ts';
import { useDraft } from './use-draft.ts';

/** What has come, against what should: scanned or typed, and kept with each change. */
export function ArrivalEditor(parts: {
  draft: ArrivalDraft;
  arrivals: ArrivalsView;
  back: () => void;
  done: (key: string) => void;
}) {
  const { draft, arrivals, back, done } = parts;
  const { origin } = draft;
  const { receive, slip, units: words } = useWords();
  const format = useFormat();
  const handle = useDraft(draft);
  const [unknown, setUnknown] = useState<string | undefined>();
  const [last, setLast] = useState<string | undefined>();
  const [isConfirming, setConfirming] = useState(false);
  const transfer =
    origin.kind === 'transfer'
      ? arrivals.transfers.find((one) => one.from === origin.from && one.transfer === origin.transfer)
      : undefined;
  // Who goes on at once finds all of it; what cannot be saved is kept in this window.
  const leave = (): void => void handle.saved().then(back, back);
  const rows = arrivalRows(transfer?.lines ?? [], handle.lines);
  const put = (line: ArrivalLine): void => handle.change((lines) => new Map(lines).set(line.sku, line));
  const addOne = (sku: string): void =>
    handle.change((lines) => {
      const { units = 0, damaged = 0 } = lines.get(sku) ?? {};
      return new Map(lines).set(sku, { sku, units: units + 1, damaged });
    });
  const read = async (code: string): Promise<string | undefined> => {
    setUnknown(undefined);
    const isListed = rows.some(({ sku }) => sku === code);
    const sku = isListed || (await isKnown(code)) ? code : await skuOf(code);
    setLast(sku);
    if (sku === undefined) setUnknown(code);
    else addOne(sku);
    return undefined;
  };
  // Its row may be far down.
  const scanned = rows.find(({ sku }) => sku === last);
  const called = arrivals.names[last ?? ''] ?? last ?? '';
  const heard =
    scanned === undefined
      ? ''
      : scanned.expected === null
        ? words.scanned(called, format.number(scanned.units))
        : words.scannedOf(called, format.number(scanned.units), format.number(scanned.expected));
  const title =
    origin.kind === 'delivery'
      ? [slip.titles.receipt, origin.reference, origin.supplier]
      : [receive.transfer, origin.transfer, transfer?.fromName ?? origin.from];
  const units = rows.reduce((sum, row) => sum + row.units, 0);
  return (
    <Card withBorder maw={860} style={{ overflow: 'visible' }}>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
            {title.filter(Boolean).join(' · ')}
          </Title>
          <Button variant="default" leftSection={<ArrowLeft size={18} aria-hidden />} onClick={leave}>
            {receive.later}
          </Button>
        </Group>
        <ScanField label={receive.scan} read={read} heard={heard} autoFocus />
        {unknown === undefined ? null : (
          <Alert color="orange" role="alert" title={receive.unknown(unknown)}>
            <Button
              variant="default"
              leftSection={<Plus size={18} aria-hidden />}
              disabled={unknown.length > 64}
              onClick={() => {
                addOne(unknown);
                setUnknown(undefined);
              }}
            >
              {receive.addUnknown}
            </Button>
          </Alert>
        )}
        {rows.length === 0 ? (
          <Text c="dimmed">{receive.nothingYet}</Text>
        ) : (
          <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {rows.map((row) => (
              <ArrivalRowView
                key={row.sku}
                row={row}
                name={arrivals.names[row.sku]}
                hasExpectation={transfer !== undefined}
                change={put}
                remove={() =>
                  handle.change((lines) => {
                    const next = new Map(lines);
                    next.delete(row.sku);
                    return next;
                  })
                }
              />
            ))}
          </Stack>
        )}
        {handle.error === undefined ? null : <Failed error={handle.error} again={back} />}
        <Group justify="space-between" className="at-hand">
          <Text size="sm" c="dimmed" aria-live="polite">
            {receive.counted(units)}
          </Text>
          <Group>
            {transfer === undefined ? null : (
              <Button
                variant="default"
                leftSection={<ListChecks size={18} aria-hidden />}
                onClick={() => handle.change((lines) => allAsExpected(lines, rows))}
              >
                {receive.all}
              </Button>
            )}
            <Button
              leftSection={<Check size={18} aria-hidden />}
              disabled={units === 0 && transfer === undefined}
              onClick={() => setConfirming(true)}
            >
              {receive.finish}
            </Button>
          </Group>
        </Group>
      </Stack>
      <ConfirmArrival
        isOpen={isConfirming}
        draft={draft}
        rows={rows}
        names={arrivals.names}
        hasExpectation={transfer !== undefined}
        saved={() => handle.saved()}
        close={() => setConfirming(false)}
        done={done}
      />
    </Card>
  );
}

function allAsExpected(
  lines: ReadonlyMap<string, ArrivalLine>,
  rows: readonly { sku: string; expected: number | null }[],
) {
  const next = new Map(lines);
  for (const { sku, expected } of rows) {
    if (expected === null) continue;
    next.set(sku, { sku, units: expected, damaged: Math.min(expected, lines.get(sku)?.damaged ?? 0) });
  }
  return next;
}
