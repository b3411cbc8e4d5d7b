import type { Options } from '../types.js';

/** The options the SDK was started with. */
export let settings: Options;

export const configure = (options: Options): void => {
  settings = options;
};
