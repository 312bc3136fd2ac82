import { SegmentedControl, Stack } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import type { SoldReceipt } from '#shared/agent-api/answers.ts';
import { usePerson } from '../../app/person.ts';
import { PageTitle } from '../../parts/shown.tsx';
import { SlipList } from '../../parts/slip-list.tsx';
import { SlipView } from '../../parts/slip.tsx';
import { useWords } from '../../words/words.tsx';
import { ByReceipt } from './by-receipt.tsx';
import { LostReceipt } from './lost-receipt.tsx';
import { TakeBack } from './take-back.tsx';
import { WithoutReceipt } from './without-receipt.tsx';

type Way = 'receipt' | 'lost' | 'without';

/** Goods that a customer brings back: the sale is found, its units chosen, and a slip printed. */
export function ReturnPage() {
  const { pages, returns } = useWords();
  const { role } = usePerson();
  const { receipt } = useLocation().search as { readonly receipt?: string | number };
  const [way, setWay] = useState<Way>('receipt');
  const [asked, setAsked] = useState(receipt === undefined ? undefined : String(receipt));
  const [sale, setSale] = useState<SoldReceipt | undefined>();
  const choose = (chosen: SoldReceipt): void => {
    setAsked(undefined);
    setSale(chosen);
  };
  const [slip, setSlip] = useState<string | undefined>();
  const done = (key: string): void => {
    setSale(undefined);
    setSlip(key);
  };
  const ways = [
    { value: 'receipt', label: returns.byReceipt },
    { value: 'lost', label: returns.lost },
    ...(role === 'manager' ? [{ value: 'without', label: returns.without }] : []),
  ];
  return (
    <>
      <div className={slip === undefined ? '' : 'no-print'}>
        <PageTitle>{pages.return}</PageTitle>
      </div>
      {slip !== undefined ? (
        <SlipView slipKey={slip} back={() => setSlip(undefined)} backLabel={returns.next} />
      ) : sale !== undefined ? (
        <TakeBack key={sale.key} sale={sale} back={() => setSale(undefined)} done={done} />
      ) : (
        <Stack maw={860}>
          <SegmentedControl
            aria-label={returns.how}
            value={way}
            onChange={(next) => setWay(next as Way)}
            data={ways}
            transitionDuration={0}
            size="md"
          />
          {way === 'receipt' ? (
            <ByReceipt asked={asked} choose={choose} />
          ) : way === 'lost' ? (
            <LostReceipt choose={setSale} />
          ) : (
            <WithoutReceipt done={done} />
          )}
          <SlipList kinds={['return']} title={returns.recent} open={setSlip} />
        </Stack>
      )}
    </>
  );
}
