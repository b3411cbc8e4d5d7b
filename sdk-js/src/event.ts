import { dispatch } from './lib/dispatch.js';
import type { Props } from './types.js';

/**
 * Records an event. A name that is one of the collector's kinds (`order`, `search`, `signup`, …) is
 * sent as that kind with its own fields lifted out of `props`; any other is a custom event.
 */
export const event = (name: string, props?: Props): void => dispatch('event', name, props);
