import { Button, Card, Group, SegmentedControl, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { Failed } from '../../parts/shown.tsx';
import { SCANNED } from '../../parts/stray-scans.ts';
import { useWords } from '../../words/words.tsx';
import { useBegin } from './use-begin.ts';

type Kind = 'delivery' | 'transfer';

/** Goods that nobody expects here: a supplier's delivery, or a transfer that the hub has not told of. */
export function BeginArrival({ open }: { open: (draft: ArrivalDraft) => void }) {
  const { receive } = useWords();
  const [kind, setKind] = useState<Kind>('delivery');
  const [number, setNumber] = useState('');
  const [partner, setPartner] = useState('');
  const begin = useBegin(open);
  const isDelivery = kind === 'delivery';
  const [reference, other] = [number.trim(), partner.trim()];
  const isStore = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(other);
  const isFull = reference !== '' && (isDelivery || isStore);
  return (
    <Card withBorder component="section" aria-label={receive.begin}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isDelivery) begin.mutate({ kind, reference, ...(other === '' ? {} : { supplier: other }) });
          else begin.mutate({ kind, transfer: reference, from: other });
        }}
      >
        <Stack>
          <Title order={2} size="h4">
            {receive.begin}
          </Title>
          <SegmentedControl
            aria-label={receive.kind}
            value={kind}
            onChange={(next) => setKind(next)}
            transitionDuration={0}
            size="md"
            data={[
              { value: 'delivery', label: receive.delivery },
              { value: 'transfer', label: receive.transfer },
            ]}
          />
          <Group align="start" grow preventGrowOverflow={false}>
            <TextInput
              {...SCANNED}
              label={isDelivery ? receive.note : receive.transferNo}
              value={number}
              maxLength={256}
              required
              onChange={(event) => setNumber(event.currentTarget.value)}
            />
            <TextInput
              label={isDelivery ? receive.supplier : receive.from}
              value={partner}
              maxLength={isDelivery ? 256 : 32}
              required={!isDelivery}
              error={!isDelivery && other !== '' && !isStore ? receive.fromWrong : undefined}
              onChange={(event) => setPartner(event.currentTarget.value)}
            />
          </Group>
          {begin.error === null ? null : <Failed error={begin.error} />}
          <Group>
            <Button type="submit" variant="default" loading={begin.isPending} disabled={!isFull}>
              {receive.start}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
