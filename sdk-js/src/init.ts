import { serve } from './lib/dispatch.js';
import { settings } from './lib/settings.js';
import { sites } from './lib/sites.js';
import { start } from './lib/start.js';
import type { Options } from './types.js';

let started = false;

// On a server nothing will ever start: calls must not pile up there.
if (typeof document === 'undefined') serve(() => {});

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
  Object.assign(settings, options);
  const twin = sites[options.site];
  // The snippet, or this module loaded twice: what is called here goes to the copy that counts.
  if (twin) serve((call) => twin(...call));
  else start(() => import('./lib/observe.js'));
};
