import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PackageOpen, Trash2, Truck } from 'lucide-react';
import type { ArrivalsView } from '#shared/agent-api/answers.ts';
import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { call } from '../../api/client.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { useBegin } from './use-begin.ts';

/** What is expected, what is due first first; and what somebody has begun to receive: it is asked for anew, this list may be older. */
export function OnTheWay({ arrivals, open }: { arrivals: ArrivalsView; open: (draft: ArrivalDraft) => void }) {
  const { receive, slip } = useWords();
  const format = useFormat();
  const begin = useBegin(open);
  const draftOf = (from: string, transfer: string) =>
    arrivals.drafts.find(
      ({ origin }) => origin.kind === 'transfer' && origin.from === from && origin.transfer === transfer,
    );
  const isListed = (draft: ArrivalDraft) =>
    arrivals.transfers.some(({ from, transfer }) => draftOf(from, transfer)?.id === draft.id);
  const others = arrivals.drafts.filter((draft) => !isListed(draft));
  return (
    <>
      {begin.error === null ? null : <Failed error={begin.error} />}
      {others.length === 0 ? null : <Begun drafts={others} goOn={({ origin }) => begin.mutate(origin)} />}
      <Card withBorder component="section" aria-label={receive.onTheWay}>
        <Title order={2} size="h4">
          {receive.onTheWay}
        </Title>
        {arrivals.transfers.length === 0 ? (
          <Empty icon={PackageOpen} title={receive.none}>
            {receive.noneHint}
          </Empty>
        ) : (
          <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {arrivals.transfers.map(({ from, fromName, transfer, expectedAt, lines }) => {
              const draft = draftOf(from, transfer);
              const units = lines.reduce((sum, { coming }) => sum + coming, 0);
              return (
                <Group key={`${from} ${transfer}`} component="li" justify="space-between" py="sm" className="listed">
                  <Group wrap="nowrap" gap="sm" miw={0} flex="1 1 220px">
                    <Truck size={22} aria-hidden style={{ flexShrink: 0 }} />
                    <div style={{ minWidth: 0 }}>
                      <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                        {transfer} · {fromName ?? from}
                      </Text>
                      <Text size="sm" c="dimmed">
                        {slip.pieces(units)}
                        {expectedAt === null ? '' : ` · ${receive.due(format.instant(expectedAt))}`}
                      </Text>
                    </div>
                  </Group>
                  <Group gap="sm">
                    {draft === undefined ? null : <Badge color="orange">{receive.begun}</Badge>}
                    <Button
                      loading={begin.isPending}
                      onClick={() => begin.mutate(draft?.origin ?? { kind: 'transfer', from, transfer })}
                    >
                      {draft === undefined ? receive.receive : receive.goOn}
                    </Button>
                  </Group>
                </Group>
              );
            })}
          </Stack>
        )}
        {arrivals.more > 0 ? <Text size="sm">{receive.more(arrivals.more)}</Text> : null}
      </Card>
    </>
  );
}

/** Receipts that were begun for what is not expected: a delivery, or a transfer that nobody has heard of. */
function Begun({ drafts, goOn }: { drafts: readonly ArrivalDraft[]; goOn: (draft: ArrivalDraft) => void }) {
  const { receive } = useWords();
  const format = useFormat();
  const queries = useQueryClient();
  const discard = useMutation({
    mutationFn: (id: string) => call('DELETE', `/v1/arrivals/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['arrivals'] }),
  });
  return (
    <Card withBorder component="section" aria-label={receive.unfinished}>
      <Title order={2} size="h4">
        {receive.unfinished}
      </Title>
      <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {drafts.map((draft) => {
          const name = draft.origin.kind === 'delivery' ? draft.origin.reference : draft.origin.transfer;
          return (
            <Group key={draft.id} component="li" justify="space-between" py="sm" className="listed">
              <div style={{ flex: '1 1 200px', minWidth: 0 }}>
                <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Text>
                <Text size="sm" c="dimmed">
                  {draft.by} · {format.instant(draft.changedAt)}
                </Text>
              </div>
              <Group gap="sm">
                <Button
                  variant="default"
                  px="sm"
                  aria-label={receive.discardOf(name)}
                  disabled={draft.lines.length > 0}
                  title={draft.lines.length > 0 ? receive.discardHint : undefined}
                  onClick={() => discard.mutate(draft.id)}
                >
                  <Trash2 size={18} aria-hidden />
                </Button>
                <Button onClick={() => goOn(draft)}>{receive.goOn}</Button>
              </Group>
            </Group>
          );
        })}
      </Stack>
    </Card>
  );
}
