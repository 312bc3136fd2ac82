import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { CloudCheck, CloudOff, CloudUpload, PlugZap, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { isAbsent } from '../api/client.ts';
import { useStatus } from '../api/queries.ts';
import { useFormat } from '../parts/format.ts';
import { StartAgent } from '../parts/start-agent.tsx';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/words.tsx';
import { troublesOf } from './troubles.ts';

interface Shown {
  readonly tone: 'teal' | 'indigo' | 'orange' | 'red';
  readonly icon: LucideIcon;
  readonly title: string;
  readonly lines: readonly string[];
}

/** Whether the store is safe: since when it is offline, how much waits, what works and what does not. Of one height always. */
export function SafetyBanner() {
  const words = useWords();
  const format = useFormat();
  const { pathname } = useLocation();
  // While it is asked again and again there is no error yet, but a reason.
  const { data, failureReason } = useStatus();
  const shown = isAbsent(failureReason)
    ? { tone: 'red' as const, icon: PlugZap, title: words.safety.absent, lines: [words.safety.absentHint] }
    : data === undefined
      ? { tone: 'indigo' as const, icon: CloudUpload, title: words.loading, lines: [''] }
      : shownOf(data, words.safety, format.instant);
  const { tone, icon: Icon, title, lines } = shown;
  const troubles = isAbsent(failureReason) ? 0 : troublesOf(data);
  return (
    <Paper
      component="section"
      aria-label={words.safety.label}
      aria-live="polite"
      data-tone={tone}
      withBorder
      mb="md"
      p="sm"
      mih={62}
      // Loud is what needs somebody; that all is well is only said.
      {...(tone === 'teal' ? {} : { bg: `var(--mantine-color-${tone}-light)` })}
      className="no-print"
    >
      <Group wrap="nowrap" align="start">
        <Icon aria-hidden size={26} style={{ flexShrink: 0 }} color={`var(--mantine-color-${tone}-light-color)`} />
        <Stack gap={0}>
          <Text fw={600}>{title}</Text>
          {lines.map((line, place) => (
            // A narrow window has no room to say it all above each page.
            <Text key={line} size="sm" {...(place === 0 || pathname === '/' ? {} : { visibleFrom: 'sm' })}>
              {line}
            </Text>
          ))}
          {isAbsent(failureReason) ? <StartAgent /> : null}
        </Stack>
        {troubles > 0 ? (
          <Anchor
            href="#/problems"
            // Of narrow windows the navigation says it.
            visibleFrom="sm"
            ml="auto"
            size="sm"
            style={{ flexShrink: 0, minHeight: 44, alignContent: 'center' }}
            c="var(--mantine-color-text)"
            underline="always"
          >
            <Group gap={4} wrap="nowrap">
              <TriangleAlert aria-hidden size={16} />
              {words.problems.inBanner(troubles)}
            </Group>
          </Anchor>
        ) : null}
      </Group>
    </Paper>
  );
}

function shownOf({ sync, store }: AgentStatus, safety: Words['safety'], instant: (at: number) => string): Shown {
  if (store === null) {
    return {
      tone: 'orange',
      icon: CloudOff,
      title: safety.notEnrolled,
      lines: [`${safety.waiting(sync.backlog)} ${safety.works}`],
    };
  }
  if (sync.phase === 'online') {
    return sync.backlog === 0
      ? { tone: 'teal', icon: CloudCheck, title: safety.online, lines: [safety.allSafe] }
      : { tone: 'teal', icon: CloudUpload, title: safety.online, lines: [safety.sending(sync.backlog)] };
  }
  const since = sync.since ?? sync.lastAckAt;
  const title = since === null ? safety.offlineUnknown : safety.offline(instant(since));
  return {
    tone: 'orange',
    icon: CloudOff,
    title,
    lines: [safety.waiting(sync.backlog), safety.works, safety.worksNot],
  };
}
