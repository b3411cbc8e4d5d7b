import { dispatch } from './lib/dispatch.js';
import type { PageView } from './types.js';

/** Records a page view by hand, for views that do not change the address. */
export const page = (view?: PageView): void => dispatch('page', view);
