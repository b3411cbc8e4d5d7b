import { attempt } from './guard.js';
import { choice, unstoredUser } from './identity.js';
import { nextSession } from './nextSession.js';
import { hooks } from './hooks.js';
import { settings } from './settings.js';
import { read, write } from './storage.js';
import { timestamp } from './timestamp.js';
import { enqueue } from './transport.js';
import { uuidv7 } from './uuidv7.js';

declare const SDK: string;

/**
 * Records an event on the page in view, and answers it as it is queued. `passive`: it is no sign that the
 * visitor is active.
 */
export const track = (event: Record<string, unknown>, passive?: boolean): string => {
  // Whatever comes first, the page view comes before it: a session's source is its first event's.
  if (!hooks._url || !passive) hooks._look();
  const header = JSON.stringify({
    site: settings.site,
    // An id that cannot be kept would make a new visitor of each page: then rather none.
    visitor: write('visitor', read('visitor') || uuidv7()),
    session: write('session', nextSession(read('session'), passive))?.split(' ')[0],
    user: read('user') || unstoredUser,
    context: {
      language: navigator.language,
      timezone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
      screen: { width: screen.width, height: screen.height },
      viewport: { width: innerWidth, height: innerHeight },
      touch_points: navigator.maxTouchPoints,
      hints: read('hints'),
      consent: choice,
      sdk: SDK,
    },
  });
  const item = header + '\t' + JSON.stringify({ id: uuidv7(), ts: timestamp(), url: hooks._url, ...event });
  enqueue(item);
  return item;
};
