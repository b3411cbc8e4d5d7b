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
import type { Track } from './recording.js';

export { route } from './route.js';

/** By then the first view has been recorded, and with it the visitor's id where there may be one. */
const FIRST_VIEW_MS = 300;
const OFF = /off|false/;

/** All that a page can do without until it has loaded. What it needs of the core comes as arguments. */
export const observe = (
  options: Options,
  hooks: typeof Hooks,
  track: Track,
  view: (next?: PageView) => string,
  applyConsent: () => void,
  wait: (ms: number) => void,
  ...queue: Queue
): void => {
  hooks._deliver = deliverer();
  observeEngagement(hooks);
  observePages(hooks, view, wait, queue);
  adoptQueues(options.site, hooks, wait, ...queue);
  // A choice made in another tab holds for this one.
  addEventListener('storage', (event) => {
    if (event.key == 'orma.consent') applyConsent();
  });
  if (!OFF.test(options.auto as string)) {
    observeErrors(hooks, track);
    observeLinks(track);
    observeForms(track);
  }
  if (!OFF.test(options.vitals as string)) {
    setTimeout(observeHints, FIRST_VIEW_MS);
    (self.requestIdleCallback || setTimeout)(() => {
      import('./observeVitals.js').then(
        ({ observeVitals }) => observeVitals((vital) => track({ kind: 'vital', ...vital }, true)),
        () => {}, // a file that cannot be loaded costs the vitals, nothing else
      );
    });
  }
};
