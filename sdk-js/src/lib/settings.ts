import type { Options } from '../types.js';

/** The options the SDK was started with. */
export const settings = {} as Options;
