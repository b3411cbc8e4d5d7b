/** What the core does in a simple way until the rest has come and does it well. */
export const hooks = {} as {
  /** The address shown, as events name it. */
  shown(): string;
  /** Records a view when the page has changed since the last. */
  look(): void;
  /** What the visitor gave the page in view since the last measure: engaged milliseconds, and per cent of its height
   *  where that is known. */
  measure(): number[];
  /** The sign of life in front of a stored queue: epoch milliseconds, or 0 of a page that goes. */
  sign(): number;
  /** Sends a request. Answers the milliseconds until it is to be sent again; 0 when it was taken, or never will be. */
  deliver(endpoint: string, body: string): Promise<number>;
};
