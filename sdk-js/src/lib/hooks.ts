/** What the core does in a simple way until the rest has come and does it well. build.mjs gives these names one letter each. */
export const hooks = { _errors: [], _shown: () => location.href, _sign: Date.now, _url: '' } as unknown as {
  /** What nobody caught before the rest has come, bounded; then what takes such an event. */
  _errors: { [place: number]: unknown; push(event: Event): unknown };
  /** The address shown, as events name it. */
  _shown(): string;
  /** The page in view, as events name it; empty before the first. */
  _url: string;
  /** Records a view when the page has changed since the last. */
  _look(): void;
  /** What the visitor gave the page in view since the last measure: engaged milliseconds, and per cent of its height
   *  where that is known. */
  _measure(): number[];
  /** The sign of life in front of a stored queue: epoch milliseconds, or 0 of a page that goes. */
  _sign(): number;
  /** Sends a request. Answers the milliseconds until it is to be sent again; 0 when it was taken, or never will be. */
  _deliver(endpoint: string, body: string): Promise<number>;
};
