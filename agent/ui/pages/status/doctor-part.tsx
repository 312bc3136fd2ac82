import { Badge, Code, Table, Text } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { Fragment } from 'react';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { useWords } from '../../words/words.tsx';
import { CHECKS, checksOf } from './checks.ts';
import { Part, Said } from './part.tsx';

/** One line for each thing that may be wrong, and below it what to do about what is. */
export function DoctorPart({ status }: { status: AgentStatus }) {
  const words = useWords().status.doctor;
  const found = checksOf(status);
  return (
    <Part title={words.title}>
      {CHECKS.map((check) => (
        <Fragment key={check}>
          <Said label={words.checks[check]}>
            <Verdict isWell={found[check].length === 0} />
          </Said>
          {found[check].map(({ code, detail, remedy }) => (
            <Table.Tr key={`${code} ${detail}`}>
              <Table.Td colSpan={2}>
                <Text size="sm">
                  <Code>{code}</Code> {detail} {remedy}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Fragment>
      ))}
    </Part>
  );
}

function Verdict({ isWell }: { isWell: boolean }) {
  const words = useWords().status.doctor;
  const Icon = isWell ? CircleCheck : TriangleAlert;
  return (
    <Badge
      miw="max-content"
      color={isWell ? 'teal' : 'orange'}
      variant="light"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {isWell ? words.well : words.look}
    </Badge>
  );
}
