import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** The least height of what is touched, px. */
const TOUCH_PX = 44;
const touched = { input: { minHeight: TOUCH_PX } };

/** Large enough to touch, quiet enough for a whole day; system fonts, since nothing comes from the network. */
export const theme = createTheme({
  primaryColor: 'indigo',
  // White on anything lighter is too pale to read, also in the dark.
  primaryShade: 7,
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  components: {
    Modal: { styles: { title: { fontSize: '1.125rem', fontWeight: 600 } } },
    // In the colour of their tone these are too pale to read.
    Badge: {
      // Capitals shout, and make long words longer.
      defaultProps: { variant: 'light', tt: 'none', size: 'lg', fw: 600 },
      styles: { label: { color: 'var(--mantine-color-text)' } },
    },
    NavLink: {
      styles: {
        root: { minHeight: TOUCH_PX, borderRadius: 'var(--mantine-radius-md)' },
        label: { color: 'var(--mantine-color-text)' },
      },
    },
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Button: {
      defaultProps: { size: 'md' },
      // Long words take a second line rather than lose their end.
      styles: { root: { minHeight: TOUCH_PX }, label: { whiteSpace: 'normal', lineHeight: 1.2 } },
    },
    TextInput: { defaultProps: { size: 'md' }, styles: touched },
    // Its arrows are too small to touch: numbers are typed, or scanned.
    NumberInput: { defaultProps: { size: 'md', hideControls: true }, styles: touched },
    Select: { defaultProps: { size: 'md' }, styles: touched },
    NativeSelect: { styles: touched },
    Autocomplete: { defaultProps: { size: 'md' }, styles: touched },
    SegmentedControl: { styles: { label: { minHeight: TOUCH_PX, alignContent: 'center' } } },
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
    // On a card it would not be seen that there is a button.
    '--mantine-color-disabled': 'var(--mantine-color-dark-5)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
