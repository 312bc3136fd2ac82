import { countedIn } from '../counted.ts';

const count = countedIn('en');

/** What the frame around the pages says: sign in, navigation, the safety banner. */
export const frameEn = {
  language: 'English',
  pages: {
    today: 'Today',
    stock: 'Stock',
    return: 'Return',
    receive: 'Receive',
    pickups: 'Pickups',
    count: 'Count',
    adjust: 'Adjust',
    problems: 'Problems',
    sources: 'Sources',
    status: 'Status',
  },
  skip: 'Skip to the content',
  navigation: 'Pages',
  light: 'Light',
  dark: 'Dark',
  colours: 'Light or dark',
  changeLanguage: 'Language',
  signIn: {
    title: 'Who is there?',
    pin: 'Your PIN',
    hint: '6 to 12 digits',
    enter: 'Sign in',
    back: 'Delete the last digit',
    clear: 'Clear',
    digits: 'Digits',
    wait: (seconds: number) => `Too many wrong PINs. Try again in ${count(seconds, 'second', 'seconds')}.`,
    first: 'Nobody can sign in yet. On the machine of the agent, run:',
    firstThen: 'It prints a PIN. Enter it here.',
    out: 'Sign out',
    roles: { clerk: 'Clerk', manager: 'Manager' },
  },
  safety: {
    label: 'Is the store safe?',
    online: 'Connected',
    allSafe: 'Everything is at the hub.',
    sending: (facts: number) => `${count(facts, 'record is', 'records are')} on the way to the hub.`,
    offline: (since: string) => `Offline since ${since}`,
    offlineUnknown: 'Offline',
    connecting: 'Connecting',
    notEnrolled: 'Not connected to a hub yet',
    waiting: (facts: number) =>
      facts === 0
        ? 'Nothing waits to be sent.'
        : `${count(facts, 'record waits', 'records wait')} here, safe on this disk.`,
    works: 'Selling, returns, counts, receipts and pickups go on as usual.',
    worksNot: 'Stock of other stores and new pickups come when the connection is back.',
    absent: 'The agent of the store does not answer',
    absentHint: 'What was taken is safe on disk. This page goes on by itself when the agent is back.',
    absentAct: 'Whether this was taken is not known. Do it again when the agent is back: it is taken once.',
  },
  startAgent: {
    start: 'Start the agent',
    starting: 'It is being started.',
  },
  failure: {
    title: 'That did not work',
    again: 'Try again',
    code: 'Code',
  },
  close: 'Close',
  loading: 'Loading',
};
