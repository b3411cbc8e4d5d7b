import type { ConsentState, PageView } from '../types.js';
import { forget, setUser, settleConsent } from './identity.js';
import { toEvent } from './kinds.js';
import { view } from './pages.js';
import { plain } from './plain.js';
import { track } from './track.js';
import { load, save } from './transport.js';

/** Takes a choice, or that of another tab; the queue follows to where it may now live. */
export const applyConsent = (state?: ConsentState): void => {
  const items = load();
  save([]);
  settleConsent(state);
  save(items);
};

/** What `window.orma(name, …)` and the npm functions do. */
export const commands = {
  event(name: string, props?: object) {
    track(toEvent(name, props));
  },
  identify(user: string, traits?: object) {
    if (!user) return;
    setUser(user + '');
    track({ kind: 'identify', traits: plain(traits) });
  },
  reset() {
    track({ kind: 'reset' });
    forget();
  },
  consent(state: ConsentState) {
    if (state != 'granted' && state != 'denied') return;
    applyConsent(state);
    track({ kind: 'consent' });
  },
  page(next?: PageView) {
    view(plain(next));
  },
};
