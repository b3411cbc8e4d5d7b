/** The collector takes times before 2100. */
const CLOCK_MS_END = 4.1e12;
/** A clock before this, in November 2004, is wrong; and ids need eleven hexadecimal digits of milliseconds. */
const CLOCK_MS_MIN = 1.1e12;

/**
 * Epoch milliseconds by the device's clock, which may be anywhere: a clock of 1970 or 2107 is moved into
 * 2030–2099, by the same distance for every event and for `sent_at`. Their difference tells the collector all
 * it needs, while a time outside its years would tell it nothing.
 */
export const now = (): number => {
  const ms = Date.now() % CLOCK_MS_END;
  return ms < CLOCK_MS_MIN ? ms + 3e12 : ms;
};

/** The time now, as RFC 3339 in UTC. */
export const timestamp = (): string => new Date(now()).toISOString();
