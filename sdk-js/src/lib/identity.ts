import type { ConsentState } from '../types.js';
import { settings } from './settings.js';
import { allowStorage, read, write } from './storage.js';

/** What the visitor chose, if anything. */
export let choice: string | undefined;
/** For visitors who cannot or may not be remembered; the stored one, which tabs share, comes first. */
export let unstoredUser: string | undefined;

/** Remembers who the user is. */
export const setUser = (user: string): unknown =>
  (unstoredUser = write('user', user) ? '' : user);

/** Forgets visitor, session and user. */
export const forget = (): void => {
  for (const key of ['visitor', 'session', 'user', 'hints']) unstoredUser = write(key);
};

/**
 * Takes the visitor's choice, or without one that of an earlier page. A refusal leaves nothing in
 * storage where consent is waited for, and elsewhere only the refusal itself, without which the next
 * page would start afresh.
 */
export const settleConsent = (state?: ConsentState): void => {
  const waits = settings.consent == 'wait';
  // As an attribute it may be empty; only its absence and "false" say no.
  const mayStore = /undefined|false/.test(settings.cookieless as string);
  if (state == 'denied') forget();
  allowStorage(mayStore);
  if (state) write('consent', waits && state == 'denied' ? '' : state);
  choice = state || read('consent');
  allowStorage(mayStore && (choice ? choice == 'granted' : !waits));
};
