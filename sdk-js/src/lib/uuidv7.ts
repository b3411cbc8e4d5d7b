import { now } from './timestamp.js';

let last = 0;

/**
 * A UUID version 7 (RFC 9562, section 5.7): Unix milliseconds, then random bits. Ids made on one page
 * sort in the order in which they were made: one that would share its millisecond with the last, or
 * lie before it because the clock was set back, takes the next free millisecond.
 *
 * Math.random suffices: these ids name things and open nothing, browsers seed it for each page from
 * the system's entropy, and unlike `crypto.randomUUID` it is there on plain-http pages too.
 */
export const uuidv7 = (): string => {
  last = Math.max(now(), last + 1);
  // Eleven hexadecimal digits of milliseconds last until the year 2527; the format has twelve.
  return `0${last.toString(16)}-7xxx-8xxx-xxxxxxxxxxxx`
    .replace(/.{8}/, '$&-')
    .replace(/x/g, () => ((Math.random() * 16) | 0).toString(16));
};
