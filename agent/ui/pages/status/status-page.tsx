import { Badge, Progress, SimpleGrid, Table, Text } from '@mantine/core';
import type { AgentStatus, DiskReport } from '#shared/agent-api/answers.ts';
import { useSessions, useStatus } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { DoctorPart } from './doctor-part.tsx';
import { NetworkPart } from './network-part.tsx';
import { Part, Said } from './part.tsx';
import { SignedInPart } from './signed-in-part.tsx';

export function StatusPage() {
  const { pages } = useWords();
  const { data, error, refetch } = useStatus();
  // Who is signed in stands between the other parts: all are shown at once.
  const { isPending } = useSessions();
  return (
    <>
      <PageTitle>{pages.status}</PageTitle>
      {error !== null && data === undefined ? (
        <Failed error={error} again={() => void refetch()} />
      ) : data === undefined || isPending ? (
        <Loading />
      ) : (
        <Parts status={data} />
      )}
    </>
  );
}

function Parts({ status }: { status: AgentStatus }) {
  const { status: words } = useWords();
  const format = useFormat();
  const { sync, journal } = status;
  const instant = (at: number | null) => (at === null ? words.never : format.instant(at));
  const offset = Math.abs(sync.clockOffsetMs) / 1_000;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <DoctorPart status={status} />
      <Part title={words.connection}>
        <Said label={words.store}>{status.store === null ? '–' : `${status.store.name} (${status.store.code})`}</Said>
        <Said label={words.state}>
          <Badge color={sync.phase === 'online' ? 'teal' : 'orange'} variant="light">
            {words.phases[sync.phase] ?? sync.phase}
          </Badge>
        </Said>
        <Said label={words.hub}>{status.hubUrl ?? '–'}</Said>
        <Said label={words.device}>{status.device ?? '–'}</Said>
        <Said label={words.lastAck}>{instant(sync.lastAckAt)}</Said>
        <Said label={words.clock}>{offset < 1 ? words.clockFine : words.seconds(offset)}</Said>
        <Said label={words.version}>{status.version}</Said>
        <Said label={words.running}>{instant(status.startedAt)}</Said>
      </Part>
      <Part title={words.journal}>
        <Said label={words.written}>{format.number(journal.lastSeq)}</Said>
        <Said label={words.acknowledged}>{format.number(sync.ackedSeq)}</Said>
        <Said label={words.backlog}>{format.number(sync.backlog)}</Said>
        <Said label={words.oldest}>{sync.oldestUnsentAt === null ? '–' : instant(sync.oldestUnsentAt)}</Said>
      </Part>
      {status.disk === null ? null : <DiskPart disk={status.disk} />}
      <Part title={words.sources}>
        <Table.Tr>
          <Table.Td />
          <Table.Th className="num">{words.taken}</Table.Th>
          <Table.Th className="num" visibleFrom="sm">
            {words.twice}
          </Table.Th>
          <Table.Th className="num">{words.refused}</Table.Th>
        </Table.Tr>
        {status.sources.map((source) => (
          <Table.Tr key={source.name}>
            <Table.Th scope="row">
              {source.name}{' '}
              <Text span size="sm" c="dimmed">
                {words.states[source.state] ?? source.state}
              </Text>
            </Table.Th>
            <Table.Td className="num">{format.number(source.appended)}</Table.Td>
            <Table.Td className="num" visibleFrom="sm">
              {format.number(source.duplicates)}
            </Table.Td>
            <Table.Td className="num">{format.number(source.refused)}</Table.Td>
          </Table.Tr>
        ))}
      </Part>
      <SignedInPart />
      <NetworkPart network={status.network} />
    </SimpleGrid>
  );
}

function DiskPart({ disk }: { disk: DiskReport }) {
  const words = useWords().status.disk;
  const { bytes } = useFormat();
  const { freeBytes, totalBytes, dataBytes } = disk;
  return (
    <Part title={words.title}>
      <Said label={words.free}>{words.of(bytes(freeBytes), bytes(totalBytes))}</Said>
      <Table.Tr>
        <Table.Td colSpan={2}>
          <Progress value={100 * (1 - freeBytes / totalBytes)} aria-label={words.taken} />
        </Table.Td>
      </Table.Tr>
      <Said label={words.own}>{bytes(dataBytes)}</Said>
    </Part>
  );
}
