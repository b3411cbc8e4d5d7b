import { dispatch } from './lib/dispatch.js';

/** Forgets the user and starts a new visitor and session, as after a logout on a shared computer. */
export const reset = (): void => dispatch('reset');
