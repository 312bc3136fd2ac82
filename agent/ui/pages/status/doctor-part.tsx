import { Badge, Code, Stack, Text } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { useWords } from '../../words/words.tsx';
import { CHECKS, checksOf } from './checks.ts';
import { Part, Said } from './part.tsx';

/** One line for each thing that may be wrong, and what to do about what is. */
export function DoctorPart({ status }: { status: AgentStatus }) {
  const words = useWords().status.doctor;
  const found = checksOf(status);
  return (
    <Part title={words.title}>
      {CHECKS.map((check) => (
        <Said key={check} label={words.checks[check]}>
          {found[check].length === 0 ? (
            <Badge color="teal" variant="light" leftSection={<CircleCheck size={14} aria-hidden />}>
              {words.well}
            </Badge>
          ) : (
            <Stack gap={4} align="end">
              <Badge color="orange" variant="light" leftSection={<TriangleAlert size={14} aria-hidden />}>
                {words.look}
              </Badge>
              {found[check].map(({ code, detail, remedy }) => (
                <Text key={`${code} ${detail}`} size="sm" ta="end">
                  <Code>{code}</Code> {detail} {remedy}
                </Text>
              ))}
            </Stack>
          )}
        </Said>
      ))}
    </Part>
  );
}
