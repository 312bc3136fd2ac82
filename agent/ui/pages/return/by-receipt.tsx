import { Card, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { SoldReceipt } from '#shared/agent-api/answers.ts';
import { call } from '../../api/client.ts';
import { ScanField } from '../../parts/scan-field.tsx';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { FoundReceipts } from './found-receipts.tsx';

/** The receipt's number, scanned or typed. The only one with it is opened at once. */
export function ByReceipt(parts: {
  /** What another page has asked for: looked up at once. */
  asked: string | undefined;
  choose: (sale: SoldReceipt) => void;
}) {
  const { asked: wanted, choose } = parts;
  const { returns } = useWords();
  const [found, setFound] = useState<readonly SoldReceipt[]>([]);
  const [error, setError] = useState<unknown>();
  const read = async (receiptNo: string): Promise<string | undefined> => {
    setFound([]);
    setError(undefined);
    try {
      const asked = new URLSearchParams({ receiptNo });
      const { items } = await call<{ items: SoldReceipt[] }>('GET', `/v1/sales?${asked}`);
      const [only] = items;
      if (items.length === 1 && only !== undefined && !only.isVoided) choose(only);
      else setFound(items);
      return items.length === 0 ? returns.notFound(receiptNo) : undefined;
    } catch (failure) {
      setError(failure);
      return undefined;
    }
  };
  return (
    <Card withBorder>
      <Stack>
        <ScanField label={returns.scan} read={read} first={wanted} autoFocus />
        <Text size="sm" c="dimmed">
          {returns.ownOnly}
        </Text>
        {error === undefined ? null : <Failed error={error} />}
        {found.length === 0 ? null : <FoundReceipts receipts={found} choose={choose} />}
      </Stack>
    </Card>
  );
}
