import type { JournalLog } from '#agent/store/journal-log.ts';
import type { Link } from '#agent/sync/link.ts';
import type { Mutant } from './settings.ts';

export interface KnownMutant extends Mutant {
  /** What is broken. */
  readonly breaks: string;
  /** The rules of which at least one must be reported. */
  readonly found: RegExp;
}

/** Rules broken on purpose: each must be found, or the simulation is blind for it. */
export const MUTANTS: Readonly<Record<string, KnownMutant>> = {
  'append-before-sync': {
    breaks: 'append returns before its facts are on the disk',
    found: /^F2$/,
    agent: { log: withLog((log) => ({ appendGroup: (facts) => void log.appendGroup(facts).catch(() => undefined) })) },
  },
  'holes-stay': {
    breaks: 'holes of the journal are not looked for at start',
    found: /^F3$/,
    agent: {
      log: withLog((log) => ({
        async tailOf(epoch, afterSeq) {
          const { lastSeq } = await log.tailOf(epoch, afterSeq);
          return { lastSeq, count: Math.max(0, lastSeq - afterSeq) };
        },
      })),
    },
  },
  'clock-forgets': {
    breaks: 'the clock does not begin at the journal’s last instant after a restart',
    found: /^S5$/,
    agent: { log: withLog(() => ({ lastAt: () => 0 })) },
  },
  'checkpoint-on-send': {
    breaks: 'the checkpoint moves when a frame is sent',
    found: /^S1$/,
    agent: { link: believingLink },
  },
  'answer-before-commit': {
    breaks: 'the hub answers before its transaction has committed',
    found: /^S1$/,
    database: { answersBeforeCommit: true },
  },
  'gaps-taken': {
    breaks: 'the hub takes frames beyond a gap',
    found: /^S1$/,
    database: { gapsTaken: true },
  },
  'duplicates-merged': {
    breaks: 'what comes twice is merged twice',
    found: /^M1$/,
    database: { duplicatesMerged: true },
  },
  'reused-keys-merged': {
    breaks: 'other content under a known key is merged',
    found: /^(M1|F4)$/,
    database: { reusedKeysMerged: true },
  },
  'order-of-coming': {
    breaks: 'positions depend on the order in which facts come',
    found: /^M1$/,
    database: { orderOfComing: true },
  },
  'facts-ahead-merged': {
    breaks: 'a count or an addition of a clock far ahead is merged',
    found: /^S5$/,
    database: { factsAheadMerged: true },
  },
  'earlier-epochs-stay': {
    breaks: 'a restored hub is not asked what it has of earlier epochs',
    found: /^(S2|F2)$/,
    agent: {
      journal: (journal) => Object.assign(Object.create(journal), { earlierEpochs: () => Promise.resolve([]) }),
    },
  },
  'epoch-stays': {
    breaks: 'a restored journal goes on under its old epoch',
    found: /^(S1|S2|F2|F3)$/,
    agent: { journal: (journal) => Object.assign(Object.create(journal), { beginEpoch: () => Promise.resolve() }) },
  },
};

type Loose<T> = {
  [Name in keyof T]?: T[Name] extends (...a: infer A) => Promise<infer R> ? (...a: A) => R | Promise<R> : T[Name];
};

/** A log with some of its methods replaced. */
function withLog(replaced: (log: JournalLog) => Loose<JournalLog>): (log: JournalLog) => JournalLog {
  return (log) => {
    const others = replaced(log);
    return {
      findByKeys: (keys) => log.findByKeys(keys),
      appendGroup: async (facts) => (others.appendGroup ?? log.appendGroup.bind(log))(facts),
      moveGroup: (facts) => log.moveGroup(facts),
      read: (epoch, fromSeq, limit) => log.read(epoch, fromSeq, limit),
      tailOf: async (epoch, afterSeq) => (others.tailOf ?? log.tailOf.bind(log))(epoch, afterSeq),
      epochBefore: (epoch) => log.epochBefore(epoch),
      lastAt: async () => (others.lastAt ?? log.lastAt.bind(log))(),
    };
  };
}

/** A link that takes what is sent for received. */
function believingLink(link: Link): Link {
  return {
    open(events) {
      const connection = link.open(events);
      return {
        ...connection,
        push(message) {
          void connection.push(message);
          const ackedSeq = message.fromSeq + message.count - 1;
          return Promise.resolve({
            ok: true,
            value: { ackedSeq, duplicates: 0, quarantined: [], credit: 4, backOffMs: 0 },
          });
        },
      };
    },
  };
}
