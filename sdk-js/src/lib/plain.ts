import { attempt } from './guard.js';
import { byteLength } from './queue.js';

/** The fields of an event, or of its properties. */
export type Fields = Record<string, unknown>;

/** Bytes of one property as JSON. The collector refuses a whole event for one that is longer. */
const PROP_BYTES_MAX = 8192;

/**
 * A copy that JSON can carry, made property by property: a BigInt becomes text, and what cannot be read, has
 * no end or is too long costs itself and nothing else.
 */
export const plain = (props?: object): Fields => {
  const copy: Fields = {};
  for (const key in props)
    attempt(() => {
      const text = JSON.stringify(props[key as never], (_, value) =>
        typeof value == 'bigint' ? value + '' : value,
      );
      if (byteLength(text) < PROP_BYTES_MAX) copy[key] = JSON.parse(text);
    });
  return copy;
};
