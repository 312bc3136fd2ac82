const en = {
  open: 'Open Shelfwire',
  start: 'Start the agent',
  autoStart: 'Start with this computer',
  quit: 'Quit (the agent goes on)',
  online: 'Connected',
  offline: 'Offline: facts are kept here',
  offlineSince: (when: string) => `Offline since ${when}: facts are kept here`,
  notEnrolled: 'Not connected to a hub yet',
  trouble: (codes: number) => (codes === 1 ? 'Something needs attention' : `${codes} things need attention`),
  absent: 'The agent on this machine does not answer',
};

const de: typeof en = {
  open: 'Shelfwire öffnen',
  start: 'Agent starten',
  autoStart: 'Mit diesem Rechner starten',
  quit: 'Beenden (der Agent läuft weiter)',
  online: 'Verbunden',
  offline: 'Offline: alles bleibt hier gespeichert',
  offlineSince: (when) => `Offline seit ${when}: alles bleibt hier gespeichert`,
  notEnrolled: 'Noch mit keiner Zentrale verbunden',
  trouble: (codes) => (codes === 1 ? 'Etwas braucht Aufmerksamkeit' : `${codes} Dinge brauchen Aufmerksamkeit`),
  absent: 'Der Agent auf diesem Rechner antwortet nicht',
};

export type ShellWords = typeof en;

/** What tray and notices say, by the locale of the system. */
export const wordsOf = (locale: string): ShellWords => (locale.toLowerCase().split('-')[0] === 'de' ? de : en);
