import { Alert, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, Check, FileDown, Printer, ScanBarcode, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { CountHeader, CountReview } from '#shared/agent-api/counts.ts';
import { call, newKey } from '../../api/client.ts';
import { useStatus } from '../../api/queries.ts';
import { saveText } from '../../parts/csv.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { Confirm } from './confirm.tsx';
import { countCsv } from './count-csv.ts';
import { closeCount, openCount } from './place.ts';
import { useDecide, useReview } from './queries.ts';
import { Conflicts } from './review-conflicts.tsx';
import { Figures } from './review-figures.tsx';
import { ReviewLines } from './review-lines.tsx';
import { Missing } from './review-missing.tsx';
import { UnknownCodes } from './unknown-codes.tsx';

/** What was counted against the books: what is open is settled here, then a manager approves. */
export function Review({ id }: { id: string }) {
  const { data, error, refetch } = useReview(id);
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  return <ReviewOf review={data} />;
}

function ReviewOf({ review }: { review: CountReview }) {
  const { count: words } = useWords();
  const { id, state, conflicts, unknown, recount, lines, lost } = review;
  const decide = useDecide(id);
  const [isPrinting, setPrinting] = useState(false);
  const isOpen = state === 'open';
  const open = conflicts + unknown.length + recount.length;
  const printAll = () => {
    // All lines are on the page before the browser looks at it.
    flushSync(() => setPrinting(true));
    print();
    setPrinting(false);
  };
  return (
    <>
      <PageTitle right={<Tools review={review} printAll={printAll} />}>{review.name}</PageTitle>
      <Stack>
        <Head review={review} />
        {lost === 0 ? null : (
          <Alert color="red" icon={<TriangleAlert aria-hidden />}>
            {words.lost(lost)}
          </Alert>
        )}
        {decide.error === null ? null : <Failed error={decide.error} />}
        {isOpen ? (
          <>
            <Conflicts
              lines={lines}
              resolve={(sku, zone, choice) => decide.mutate([{ key: newKey(), do: 'resolve', sku, zone, choice }])}
              recount={(sku) => decide.mutate([{ key: newKey(), do: 'recount', skus: [sku] }])}
            />
            <UnknownCodes
              unknown={unknown}
              setOpened={() => undefined}
              identify={(code, sku) => decide.mutate([{ key: newKey(), do: 'identify', code, sku }])}
            />
            {recount.length === 0 ? null : (
              <Alert color="orange" title={words.toRecount}>
                {recount.map(({ sku, name }) => name ?? sku).join(', ')}
              </Alert>
            )}
          </>
        ) : null}
        <ReviewLines
          lines={lines}
          isOpen={isOpen}
          isWhole={isPrinting}
          recount={(skus) => decide.mutate([{ key: newKey(), do: 'recount', skus }])}
        />
        {isOpen ? (
          <Missing
            missing={review.missing}
            items={review.missingItems}
            zero={(skus) => decide.mutate([{ key: newKey(), do: 'zero', skus }])}
          />
        ) : null}
        <Decision review={review} isUnsettled={open > 0 || lines.length === 0} />
      </Stack>
    </>
  );
}

function Tools({ review, printAll }: { review: CountReview; printAll: () => void }) {
  const { count: words } = useWords();
  const { id, state, name, openedAt } = review;
  const file = `count-${new Date(openedAt).toISOString().slice(0, 10)}-${name.replaceAll(/[^\p{L}\p{N}]+/gu, '_').slice(0, 60)}.csv`;
  return (
    <Group gap="sm" className="no-print">
      <Button variant="default" mih={44} leftSection={<ArrowLeft size={18} aria-hidden />} onClick={closeCount}>
        {words.back}
      </Button>
      {state === 'open' ? (
        <Button
          variant="default"
          mih={44}
          leftSection={<ScanBarcode size={18} aria-hidden />}
          onClick={() => openCount(id, 'counting')}
        >
          {words.go}
        </Button>
      ) : null}
      <Button variant="default" mih={44} leftSection={<Printer size={18} aria-hidden />} onClick={printAll}>
        {words.print}
      </Button>
      <Button
        variant="default"
        mih={44}
        leftSection={<FileDown size={18} aria-hidden />}
        onClick={() => saveText(file, 'text/csv', countCsv(review))}
      >
        {words.csv}
      </Button>
    </Group>
  );
}

function Head({ review }: { review: CountReview }) {
  const { count: words } = useWords();
  const format = useFormat();
  const { data: status } = useStatus();
  const { state, openedBy, openedAt, endedBy, endedAt, reason, counters, lines } = review;
  const ended = state === 'approved' ? words.approvedBy : words.cancelledBy;
  return (
    <Stack gap="sm">
      <Text c="dimmed">
        {status?.store === null || status === undefined ? '' : `${status.store.name} (${status.store.code}) · `}
        {review.zone} · {words.byWhom(openedBy, format.full(openedAt))}
        {counters.length === 0 ? '' : ` · ${words.counters} ${counters.join(', ')}`}
      </Text>
      {endedAt === null ? null : (
        <Alert color={state === 'approved' ? 'teal' : 'gray'} title={ended(endedBy ?? '', format.full(endedAt))}>
          {reason}
        </Alert>
      )}
      <Figures lines={lines} />
      <Text size="sm" c="dimmed" maw={820}>
        {words.asOf}
      </Text>
    </Stack>
  );
}

function Decision({ review, isUnsettled }: { review: CountReview; isUnsettled: boolean }) {
  const { count: words } = useWords();
  const queries = useQueryClient();
  const { id, state, version, lines } = review;
  const [asked, setAsked] = useState<'approve' | 'cancel' | undefined>();
  const end = useMutation({
    mutationFn: (given: { path: 'approve' | 'cancel'; body: unknown }) =>
      call<CountHeader>('POST', `/v1/counts/${id}/${given.path}`, given.body),
    onSettled: () => queries.invalidateQueries(),
  });
  if (state !== 'open' && state !== 'approving') return null;
  const approve = () => end.mutate({ path: 'approve', body: { version } });
  return (
    <Card withBorder className="no-print">
      <Stack>
        {end.error === null ? null : <Failed error={end.error} />}
        {state === 'approving' ? (
          <>
            <Text>{words.finishHint}</Text>
            <Group>
              <Button mih={48} loading={end.isPending} onClick={approve}>
                {words.finish}
              </Button>
            </Group>
          </>
        ) : (
          <>
            <Group>
              <Button
                mih={48}
                color="teal.9"
                leftSection={<Check size={20} aria-hidden />}
                loading={end.isPending}
                disabled={isUnsettled}
                onClick={() => setAsked('approve')}
              >
                {words.approve}
              </Button>
              <Button mih={48} variant="default" onClick={() => setAsked('cancel')}>
                {words.cancel}
              </Button>
            </Group>
            {isUnsettled ? <Text c="dimmed">{lines.length === 0 ? words.nothing : words.unsettled}</Text> : null}
          </>
        )}
      </Stack>
      <Confirm
        isOpen={asked === 'approve'}
        title={words.approveTitle(lines.length)}
        hint={words.approveHint}
        yes={words.approve}
        close={() => setAsked(undefined)}
        confirm={approve}
      />
      <Confirm
        isOpen={asked === 'cancel'}
        title={words.cancelTitle}
        hint={words.cancelHint}
        yes={words.cancel}
        isReasoned
        close={() => setAsked(undefined)}
        confirm={(reason) => end.mutate({ path: 'cancel', body: { reason } })}
      />
    </Card>
  );
}
