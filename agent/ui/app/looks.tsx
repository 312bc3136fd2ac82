import { ActionIcon, Group, NativeSelect, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Moon, Sun } from 'lucide-react';
import { LANGUAGES, useSpeech, type Language } from '../words/words.tsx';

/** Light or dark, and the language. */
export function Looks() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const { words, language, speak } = useSpeech();
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionIcon
        variant="default"
        aria-label={`${words.colours}: ${isDark ? words.light : words.dark}`}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        {isDark ? <Sun size={20} aria-hidden /> : <Moon size={20} aria-hidden />}
      </ActionIcon>
      <NativeSelect
        aria-label={words.changeLanguage}
        value={language}
        size="md"
        w={120}
        onChange={(event) => speak(event.currentTarget.value as Language)}
        data={Object.entries(LANGUAGES).map(([value, { language: label }]) => ({ value, label }))}
      />
    </Group>
  );
}
