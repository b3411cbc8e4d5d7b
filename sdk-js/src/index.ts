export { init } from './init.js';
export { event } from './event.js';
export { identify } from './identify.js';
export { reset } from './reset.js';
export { consent } from './consent.js';
export { page } from './page.js';
export type { ConsentState, Options, Orma, PageView, Props, Revenue } from './types.js';
