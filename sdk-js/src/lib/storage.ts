import { attempt } from './guard.js';

const PREFIX = 'orma.';

let store: Storage | undefined;

/** Allows or forbids storage altogether; what is stored stays as it is. */
export const allowStorage = (allow: boolean): void => {
  // A page may be denied the mere look at it.
  store = attempt(() => (allow ? localStorage : undefined));
};

/** Reads a stored value; nothing when there is none, or when consent or the browser forbids it. */
export const read = (key: string): string | undefined => store?.[PREFIX + key];

/** Stores a value, or removes it when it is empty. Answers it unless consent or the browser forbids. */
export const write = (key: string, value?: string): string | undefined =>
  attempt(() => {
    if (value) store![PREFIX + key] = value;
    else delete store![PREFIX + key];
    return value;
  });
