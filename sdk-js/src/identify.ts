import { dispatch } from './lib/dispatch.js';
import type { Props } from './types.js';

/** Says who the visitor is. Every event from now on carries `user`, until `reset`. */
export const identify = (user: string, traits?: Props): void => dispatch('identify', user, traits);
