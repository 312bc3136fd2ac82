import { Text } from '@mantine/core';
import { useWords } from '../../words/words.tsx';

/** What the agent itself says, in English: exact, and the same wherever somebody is asked for help. */
export function OwnWords({ children }: { children: string }) {
  const { problems } = useWords();
  return (
    <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {problems.inEnglish}: <span lang="en">{children}</span>
    </Text>
  );
}
