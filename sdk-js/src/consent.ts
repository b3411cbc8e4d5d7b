import { dispatch } from './lib/dispatch.js';
import type { ConsentState } from './types.js';

/** Records the visitor's choice. `denied` removes what is stored; from then on it is cookieless. */
export const consent = (state: ConsentState): void => dispatch('consent', state);
