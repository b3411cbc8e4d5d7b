import { dispatch, serve } from './lib/dispatch.js';
import { start } from './lib/start.js';
import type { Options } from './types.js';

let started = false;

// On a server nothing will ever start: calls must not pile up there.
if (typeof document === 'undefined') serve({});

/**
 * Starts the SDK; calls made before are kept and replayed. Does nothing outside a browser and when
 * called again.
 */
export const init = (options: Options): void => {
  if (typeof document === 'undefined' || started) return;
  const missing = (['site', 'host'] as const).find((field) => !options?.[field]);
  if (missing) {
    console.warn(`orma: init() needs "${missing}"`);
    return;
  }
  started = true;
  const loadVitals = () => {
    import('./lib/observeVitals.js').then(
      ({ observeVitals }) => observeVitals((vital) => dispatch('vital', vital)),
      () => {}, // a chunk that cannot be loaded costs the vitals, nothing else
    );
    import('./lib/observeHints.js').then(({ observeHints }) => observeHints(), () => {});
  };
  start(options, loadVitals);
};
