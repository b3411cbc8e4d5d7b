/** Text that is being typed, and the place that learns of it after a pause (the address). */
export class Draft {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was written and has not come back yet, oldest first. */
  private underWay: string[] = [];

  constructor(
    private settled: string,
    private readonly pause_ms: number,
    private readonly write: (text: string) => void,
  ) {}

  type(text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (text === (this.underWay.at(-1) ?? this.settled)) return;
      this.underWay.push(text);
      this.write(text);
    }, this.pause_ms);
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
