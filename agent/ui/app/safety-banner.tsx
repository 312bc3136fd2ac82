import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import { CloudCheck, CloudOff, CloudUpload, PlugZap, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { isAbsent } from '../api/client.ts';
import { useStatus } from '../api/queries.ts';
import { useFormat } from '../parts/format.ts';
import { StartAgent } from '../parts/start-agent.tsx';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/words.tsx';
import classes from './safety-banner.module.css';
import { troublesOf } from './troubles.ts';

interface Shown {
  readonly tone: 'teal' | 'indigo' | 'orange' | 'red';
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
}

/** More facts than wait in any store. */
const MANY = 888_888;

/**
 * Whether the store is safe: since when it is offline, how much waits, what works and what does not. Always as high as what
 * takes most room, so that the page below stays where it is when the line goes; on a phone there is no such room.
 */
export function SafetyBanner() {
  const words = useWords();
  const format = useFormat();
  // While it is asked again and again there is no error yet, but a reason.
  const { data, failureReason } = useStatus();
  const shown = isAbsent(failureReason)
    ? { tone: 'red' as const, icon: PlugZap, title: words.safety.absent, text: words.safety.absentHint }
    : data === undefined
      ? { tone: 'indigo' as const, icon: CloudUpload, title: words.loading, text: '' }
      : shownOf(data, words.safety, format.instant);
  const { tone, icon: Icon, title, text } = shown;
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
        <Stack gap={0} flex={1} miw={0}>
          <Text fw={600}>{title}</Text>
          <Text size="sm" className={classes['text']} data-longest={longestOf(words.safety)}>
            <span>{text}</span>
          </Text>
          {isAbsent(failureReason) ? <StartAgent /> : null}
        </Stack>
        <div className={classes['troubles']}>
          {troubles > 0 ? (
            <Anchor
              href="#/problems"
              size="sm"
              style={{ minHeight: 44, display: 'flex', alignItems: 'center' }}
              c="var(--mantine-color-text)"
              underline="always"
            >
              <Group gap={4} wrap="nowrap">
                <TriangleAlert aria-hidden size={16} />
                {words.problems.inBanner(troubles)}
              </Group>
            </Anchor>
          ) : null}
        </div>
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
      text: `${safety.waiting(sync.backlog)} ${safety.works}`,
    };
  }
  if (sync.phase === 'online') {
    return sync.backlog === 0
      ? { tone: 'teal', icon: CloudCheck, title: safety.online, text: safety.allSafe }
      : { tone: 'teal', icon: CloudUpload, title: safety.online, text: safety.sending(sync.backlog) };
  }
  const title = sync.since === null ? safety.offlineUnknown : safety.offline(instant(sync.since));
  return {
    tone: 'orange',
    icon: CloudOff,
    title,
    text: offlineText(sync.backlog, safety),
  };
}

const offlineText = (backlog: number, safety: Words['safety']): string =>
  `${safety.waiting(backlog)} ${safety.works} ${safety.worksNot}`;

/** What takes most room of all that may be said. */
const longestOf = (safety: Words['safety']): string =>
  [offlineText(MANY, safety), safety.absentHint].reduce((long, one) => (one.length > long.length ? one : long));
