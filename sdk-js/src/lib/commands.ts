import type { ConsentState, Props, Vital } from '../types.js';
import { forget, setUser, settleConsent } from './identity.js';
import { toEvent } from './kinds.js';
import { view } from './pages.js';
import { track } from './track.js';
import { load, save } from './transport.js';

/** What `window.orma(name, …)` and the npm functions do. */
export const commands = {
  event(name: string, props?: Props) {
    track(toEvent(name, props));
  },
  identify(user: string, traits?: Props) {
    if (!user) return;
    setUser(`${user}`);
    track({ kind: 'identify', traits });
  },
  reset() {
    track({ kind: 'reset' });
    forget();
  },
  consent(state: ConsentState) {
    if (state != 'granted' && state != 'denied') return;
    // The queue follows to where it may now live.
    const items = load();
    save([]);
    settleConsent(state);
    save(items);
    track({ kind: 'consent' });
  },
  page: view,
  vital(vital: Vital) {
    track({ kind: 'vital', ...vital }, true);
  },
};
