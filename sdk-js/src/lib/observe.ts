import type { Options, PageView } from '../types.js';
import { adoptQueues } from './adoptQueues.js';
import type { Queue } from './adoptQueues.js';
import { deliverer } from './deliver.js';
import type { hooks as Hooks } from './hooks.js';
import { observeEngagement } from './observeEngagement.js';
import { observeErrors } from './observeErrors.js';
import { observeForms } from './observeForms.js';
import { observeHints } from './observeHints.js';
import { observeLinks } from './observeLinks.js';
import { observePages } from './observePages.js';

export { route } from './route.js';

/** Records an event. `passive`: it is no sign that the visitor is active. */
export type Track = (event: Record<string, unknown>, passive?: boolean) => unknown;

const OFF = /off|false/;

/** All that a page can do without until it is idle. What it needs of the core comes as arguments. */
export const observe = (
  options: Options,
  hooks: typeof Hooks,
  track: Track,
  view: (next?: PageView) => string,
  applyConsent: () => void,
  wait: (ms: number) => void,
  ...queue: Queue
): void => {
  hooks.deliver = deliverer();
  // What the core gave up.
  queue[3]();
  observeEngagement(hooks);
  observePages(hooks, view, wait, queue);
  adoptQueues(options.site, wait, ...queue);
  // A choice made in another tab holds for this one.
  addEventListener('storage', (event) => {
    if (event.key == 'orma.consent') applyConsent();
  });
  if (!OFF.test(options.auto as string)) {
    observeErrors(track);
    observeLinks(track);
    observeForms(track);
  }
  if (!OFF.test(options.vitals as string)) {
    observeHints();
    import('./observeVitals.js').then(
      ({ observeVitals }) => observeVitals((vital) => track({ kind: 'vital', ...vital }, true)),
      () => {}, // a file that cannot be loaded costs the vitals, nothing else
    );
  }
};
