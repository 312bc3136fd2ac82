import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { useArrivals } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { SlipList } from '../../parts/slip-list.tsx';
import { SlipView } from '../../parts/slip.tsx';
import { useWords } from '../../words/words.tsx';
import { ArrivalEditor } from './arrival-editor.tsx';
import { BeginArrival } from './begin-arrival.tsx';
import { OnTheWay } from './on-the-way.tsx';

/** What arrives: transfers against what was sent, deliveries as they come. Half typed receipts wait here until somebody goes on. */
export function ReceivePage() {
  const { pages, receive } = useWords();
  const { data, error, refetch } = useArrivals();
  const [draft, setDraft] = useState<ArrivalDraft | undefined>();
  const [slip, setSlip] = useState<string | undefined>();
  if (slip !== undefined) {
    return <SlipView slipKey={slip} back={() => setSlip(undefined)} backLabel={receive.back} />;
  }
  return (
    <>
      <PageTitle>{pages.receive}</PageTitle>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Failed error={error} again={() => void refetch()} />
        )
      ) : draft !== undefined ? (
        <ArrivalEditor
          key={draft.id}
          draft={draft}
          arrivals={data}
          back={() => {
            setDraft(undefined);
            void refetch();
          }}
          done={(key) => {
            setDraft(undefined);
            setSlip(key);
          }}
        />
      ) : (
        <Stack maw={860}>
          <Freshness asOf={data.asOf} isOffline={data.problem !== null} />
          <OnTheWay arrivals={data} open={setDraft} />
          <BeginArrival open={setDraft} />
          <SlipList kinds={['receipt', 'transferIn']} title={receive.recent} open={setSlip} />
        </Stack>
      )}
    </>
  );
}

function Freshness({ asOf, isOffline }: { asOf: number | null; isOffline: boolean }) {
  const { receive } = useWords();
  const format = useFormat();
  return (
    <Text size="sm" c="dimmed" mih={22}>
      {asOf === null
        ? receive.neverAsked
        : isOffline
          ? receive.asOfOffline(format.instant(asOf))
          : receive.asOf(format.instant(asOf))}
    </Text>
  );
}
