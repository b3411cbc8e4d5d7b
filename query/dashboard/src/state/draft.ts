/** Text that is being typed, and the place that learns of it after a pause (the address). */
export class Draft {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What is to be written when the pause is over. */
  private waiting = '';
  /** What was written and has not come back yet, oldest first. */
  private underWay: string[] = [];

  constructor(
    private settled: string,
    private readonly pause_ms: number,
    private readonly write: (text: string) => void,
  ) {}

  type(text: string): void {
    clearTimeout(this.timer);
    this.waiting = text;
    this.timer = setTimeout(() => this.settle(), this.pause_ms);
  }

  /** Writes at once what waits for the end of the pause. */
  settle(): void {
    if (this.timer === undefined) return;
    this.stop();
    const text = this.waiting;
    if (text === (this.underWay.at(-1) ?? this.settled)) return;
    this.underWay.push(text);
    this.write(text);
  }

  /** True if `value` comes from elsewhere (the way back, a link) and replaces what is typed; an echo of what was written does not. */
  replacedBy(value: string): boolean {
    if (value === this.settled) return false;
    this.settled = value;
    const echo = this.underWay.indexOf(value);
    if (echo >= 0) {
      this.underWay.splice(0, echo + 1);
      return false;
    }
    this.underWay = [];
    this.stop();
    return true;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
