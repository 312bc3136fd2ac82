import { Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import type { SoldReceipt } from '#shared/agent-api/answers.ts';
import { useSales } from '../../api/queries.ts';
import { ProductField, type Chosen } from '../../parts/product-field.tsx';
import { Failed, Loading } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { FoundReceipts } from './found-receipts.tsx';

/** As `<input type="date">` writes it. */
const today = (): string => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

/** The instant of a time of a day, here. */
const instantOf = (day: string, time: string): number => new Date(`${day}T${time}`).getTime();

/** Without the receipt: the day, and whatever else is remembered. */
export function LostReceipt({ choose }: { choose: (sale: SoldReceipt) => void }) {
  const { returns, adjust } = useWords();
  const [day, setDay] = useState(today);
  const [since, setSince] = useState('00:00');
  const [until, setUntil] = useState('23:59');
  const [till, setTill] = useState('');
  const [product, setProduct] = useState<Chosen>({ typed: '', item: undefined });
  const [asked, setAsked] = useState<Readonly<Record<string, string>> | undefined>();
  const { data, error, isFetching, refetch } = useSales(asked);
  const from = instantOf(day, since);
  // With the whole of the last minute.
  const to = instantOf(day, until) + 60_000;
  const isPossible = to > from;
  return (
    <Card withBorder>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked({
            from: String(from),
            to: String(to),
            ...(till.trim() === '' ? {} : { till: till.trim() }),
            ...(product.typed.trim() === '' ? {} : { sku: product.item?.sku ?? product.typed.trim() }),
          });
        }}
      >
        <Stack>
          <Group grow preventGrowOverflow={false} wrap="wrap">
            <TextInput
              type="date"
              label={returns.day}
              value={day}
              max={today()}
              required
              onChange={(e) => setDay(e.currentTarget.value)}
            />
            <TextInput
              type="time"
              label={returns.since}
              value={since}
              required
              onChange={(e) => setSince(e.currentTarget.value)}
            />
            <TextInput
              type="time"
              label={returns.until}
              value={until}
              required
              onChange={(e) => setUntil(e.currentTarget.value)}
            />
            <TextInput
              label={returns.till}
              value={till}
              maxLength={256}
              onChange={(e) => setTill(e.currentTarget.value)}
            />
          </Group>
          <ProductField chosen={product} choose={setProduct} isOptional label={adjust.product} />
          <Group>
            <Button type="submit" leftSection={<Search size={18} aria-hidden />} disabled={!isPossible}>
              {returns.search}
            </Button>
          </Group>
        </Stack>
      </form>
      <Stack mt="md" aria-live="polite">
        {error !== null ? <Failed error={error} again={() => void refetch()} /> : null}
        {isFetching ? <Loading /> : null}
        {data === undefined || isFetching ? null : data.length === 0 ? (
          <Text>{returns.noneThen}</Text>
        ) : (
          <FoundReceipts receipts={data} choose={choose} />
        )}
      </Stack>
    </Card>
  );
}
