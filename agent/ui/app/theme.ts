import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** Large enough to touch, quiet enough for a whole day; system fonts, since nothing comes from the network. */
export const theme = createTheme({
  primaryColor: 'indigo',
  // Buttons have white words in both schemes: on a brighter shade they are below a contrast of 4.5.
  primaryShade: 7,
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  components: {
    // In the colour of their tone these are too pale to read.
    Badge: { defaultProps: { variant: 'light' }, styles: { label: { color: 'var(--mantine-color-text)' } } },
    NavLink: { styles: { label: { color: 'var(--mantine-color-text)' } } },
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Button: { defaultProps: { size: 'md' } },
    TextInput: { defaultProps: { size: 'md' } },
    NumberInput: { defaultProps: { size: 'md' } },
    Select: { defaultProps: { size: 'md' } },
    ActionIcon: { defaultProps: { size: 'xl' } },
  },
});

/** Quiet text that can still be read: the kit's own is below a contrast of 4.5. */
export const quietColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
