/** An answer with the tag by which the server knows it. */
interface Answer {
  readonly tag: string;
  readonly data: unknown;
}

/** A page asks a dozen questions; those of the pages before are worth keeping for the way back. */
const answers_max = 60;

/** The last answers by their address, so that what has not changed is not sent again. The oldest go first. */
export class Answers {
  readonly #answers = new Map<string, Answer>();

  tagOf(address: string): string | undefined {
    return this.#answers.get(address)?.tag;
  }

  keep(address: string, tag: string | null, data: unknown): void {
    this.#answers.delete(address);
    if (tag === null) return;
    this.#answers.set(address, { tag, data });
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > answers_max && !oldest.done) this.#answers.delete(oldest.value);
  }

  /** The very object that was kept: who compares sees at once that nothing changed. */
  get(address: string): unknown {
    return this.#answers.get(address)?.data;
  }

  clear(): void {
    this.#answers.clear();
  }
}
