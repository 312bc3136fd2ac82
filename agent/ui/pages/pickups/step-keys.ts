/**
 * Keys of what is said of a task. The same said again before there was an answer has the key of before: it may have been taken.
 * Something else has another, whatever became of the one before: what is left of the task is checked where it is taken.
 */
export class StepKeys {
  readonly #newKey: () => string;
  #open: { readonly said: string; readonly key: string } | undefined;

  constructor(newKey: () => string) {
    this.#newKey = newKey;
  }

  of(said: object): string {
    const text = JSON.stringify(said);
    if (this.#open?.said !== text) this.#open = { said: text, key: this.#newKey() };
    return this.#open.key;
  }

  /** It was taken: the same again is another act. */
  answered(): void {
    this.#open = undefined;
  }
}
