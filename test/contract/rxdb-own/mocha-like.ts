/** As much of mocha's interface as RxDB's tests use: one process, one test after the other, each told by its full title. */
export interface Outcome {
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  error?: string;
}

type Body = (this: TestContext, done?: (error?: unknown) => void) => unknown;
type HookName = 'before' | 'after' | 'beforeEach' | 'afterEach';

interface Suite {
  titles: string[];
  parent: Suite | undefined;
  hooks: Record<HookName, Body[]>;
  children: (Suite | { title: string; body: Body | undefined })[];
}

/** What `this` is in a test. */
class TestContext {
  timeoutMs: number;
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }
  timeout(ms: number): void {
    this.timeoutMs = Math.max(ms, this.timeoutMs);
  }
  skip(): never {
    throw SKIP;
  }
}

const SKIP = new Error('skipped');

export class MochaLike {
  readonly #onOutcome: (outcome: Outcome) => void;
  readonly #timeoutMs: number;
  readonly #root: Suite = newSuite([], undefined);
  #current = this.#root;

  constructor(timeoutMs: number, onOutcome: (outcome: Outcome) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onOutcome = onOutcome;
  }

  /** The functions that tests find as globals. */
  globals(): Record<string, unknown> {
    const describe = (title: string, body: (this: TestContext) => void) => {
      const suite = newSuite([...this.#current.titles, title], this.#current);
      this.#current.children.push(suite);
      this.#current = suite;
      body.call(new TestContext(this.#timeoutMs));
      this.#current = suite.parent ?? this.#root;
    };
    const it = (title: string, body?: Body) => void this.#current.children.push({ title, body });
    const hook = (name: HookName) => (first: Body | string, second?: Body) =>
      void this.#current.hooks[name].push(typeof first === 'string' ? (second ?? (() => {})) : first);
    const skipped = (title: string) => it(title);
    const hooks = { before: hook('before'), after: hook('after') };
    const each = { beforeEach: hook('beforeEach'), afterEach: hook('afterEach') };
    return {
      describe: Object.assign(describe, { skip: () => {}, only: describe }),
      it: Object.assign(it, { skip: skipped, only: it }),
      xit: skipped,
      ...hooks,
      ...each,
    };
  }

  async run(): Promise<void> {
    await this.#runSuite(this.#root);
  }

  async #runSuite(suite: Suite): Promise<void> {
    for (const before of suite.hooks.before) await this.#call(before);
    for (const child of suite.children) {
      if ('children' in child) await this.#runSuite(child);
      else await this.#runTest(suite, child.title, child.body);
    }
    for (const after of suite.hooks.after) await this.#call(after);
  }

  async #runTest(suite: Suite, ownTitle: string, body: Body | undefined): Promise<void> {
    const title = [...suite.titles, ownTitle].join(' > ');
    if (body === undefined) {
      this.#onOutcome({ title, state: 'skipped' });
      return;
    }
    try {
      for (const hook of around(suite, 'beforeEach').toReversed()) await this.#call(hook);
      await this.#call(body);
      this.#onOutcome({ title, state: 'passed' });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#onOutcome(error === SKIP ? { title, state: 'skipped' } : { title, state: 'failed', error: text });
    } finally {
      for (const hook of around(suite, 'afterEach')) await this.#call(hook).catch(() => {});
    }
  }

  async #call(body: Body): Promise<void> {
    const context = new TestContext(this.#timeoutMs);
    const work =
      body.length > 0
        ? new Promise<void>((resolve, reject) => {
            body.call(context, (error) => {
              if (error) reject(error instanceof Error ? error : new Error('The test called done with an error.'));
              else resolve();
            });
          })
        : (async () => body.call(context))();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const check = (waitedMs: number) => {
        timer = setTimeout(() => {
          if (context.timeoutMs > waitedMs) check(context.timeoutMs);
          else reject(new Error(`Timeout of ${context.timeoutMs} ms.`));
        }, context.timeoutMs);
      };
      check(context.timeoutMs);
    });
    await Promise.race([work, late]).finally(() => clearTimeout(timer));
  }
}

function newSuite(titles: string[], parent: Suite | undefined): Suite {
  return { titles, parent, hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, children: [] };
}

/** The hooks of a suite and those around it, from the inside out. */
function around(suite: Suite, name: 'beforeEach' | 'afterEach'): Body[] {
  const hooks = suite.hooks[name].toReversed();
  return suite.parent === undefined ? hooks : [...hooks, ...around(suite.parent, name)];
}
