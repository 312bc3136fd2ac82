import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import type { SoldReceipt } from '#shared/agent-api/answers.ts';
import { paidMinor } from '#shared/stock/refund.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';
import { leftOf } from './return-body.ts';

/** Sales among which the customer's is chosen. */
export function FoundReceipts({
  receipts,
  choose,
}: {
  receipts: readonly SoldReceipt[];
  choose: (sale: SoldReceipt) => void;
}) {
  const { returns, stock, today } = useWords();
  const format = useFormat();
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {receipts.map((sale) => {
        const paid = sale.lines.reduce((sum, line) => sum + paidMinor(line), 0);
        const names = sale.lines.slice(0, 3).map(({ name, sku }) => name ?? sku);
        const left = sale.lines.reduce((sum, line) => sum + leftOf(line), 0);
        return (
          <Group
            key={sale.key}
            component="li"
            justify="space-between"
            wrap="nowrap"
            style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
            pb="xs"
          >
            <div style={{ minWidth: 0 }}>
              <Text fw={500}>
                {[format.instant(sale.at), sale.till, sale.receiptNo].filter(Boolean).join(' · ')}{' '}
                {sale.isVoided ? <Badge color="gray">{today.voided}</Badge> : null}
                {left === 0 && !sale.isVoided ? <Badge color="gray">{returns.allBack}</Badge> : null}
              </Text>
              <Text size="sm" c="dimmed" truncate>
                {names.join(', ') || stock.unnamed}
                {sale.lines.length > names.length ? ` +${sale.lines.length - names.length}` : ''}
              </Text>
            </div>
            <Group wrap="nowrap" style={{ flexShrink: 0 }}>
              <Text className="num">{format.money(paid, sale.currency)}</Text>
              <Button variant="default" disabled={sale.isVoided || left === 0} onClick={() => choose(sale)}>
                {returns.choose}
              </Button>
            </Group>
          </Group>
        );
      })}
    </Stack>
  );
}
